using Boreas.Contracts.Jobs;

namespace Boreas.Agent.Instances;

/// <summary>An instance could not be prepared, started or watched; what is said to the runner.</summary>
internal sealed class InstanceProblem(JobFailure failure, Exception? cause = null) : Exception(failure.Message, cause)
{
    public JobFailure Failure { get; } = failure;

    public static InstanceProblem Failed(string code, string message, string? advice = null) => new(new JobFailure(FailureKind.Failed, code, message, advice));

    public static InstanceProblem Errored(string code, string message, string? advice = null) => new(new JobFailure(FailureKind.Errored, code, message, advice));
}
