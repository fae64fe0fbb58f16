using Boreas.Contracts.Problems;

namespace Boreas.Cli.Output;

/// <summary>Ends a command: what happened and why in the message, what to do next in <c>Advice</c>; never shown with a stack trace.</summary>
internal sealed class CommandFailure(ExitCode exit, string message, string? advice = null, Exception? cause = null) : Exception(message, cause)
{
    public ExitCode Exit => exit;

    public string? Advice => advice;

    /// <summary>Stable code of the server's problem; null when the server did not answer.</summary>
    public string? Code { get; init; }

    public IReadOnlyList<FieldProblem> Fields { get; init; } = [];

    /// <summary>The server's answer as it came, for <c>--output json</c>; null when there was none.</summary>
    public string? Json { get; init; }
}
