using Boreas.Contracts.Jobs;

namespace Boreas.Server.Deployments;

/// <summary>A claimed task cannot be handed out, for a reason that its user has to know; it is failed in the runner's place.</summary>
internal sealed class JobFailureException(FailureKind kind, string code, string message, string? advice = null) : Exception(message)
{
    public FailureKind Kind { get; } = kind;

    public string Code { get; } = code;

    public string? Advice { get; } = advice;
}
