namespace Boreas.Cli.Output;

/// <summary>How <c>boreas</c> ends. Scripts key on these numbers, so none of them ever changes its meaning.</summary>
internal enum ExitCode
{
    Ok = 0,

    /// <summary>It was done and the result is bad: the deployment failed, the server had an error.</summary>
    Failed = 1,

    /// <summary>The command line, or what was asked for, is not valid.</summary>
    Usage = 2,
    NotFound = 3,

    /// <summary>Not logged in, or not allowed.</summary>
    Refused = 4,

    /// <summary>The present state does not allow it: something is active, exists already, or was changed by somebody else.</summary>
    Conflict = 5,
    Unreachable = 6,
    Interrupted = 130,
}
