using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;

namespace Boreas.Runner.Jobs;

/// <summary>The work failed, and why is known: the code, what happened, and what to do about it.</summary>
internal sealed class JobFailedException(JobFailure failure, Exception? inner = null) : Exception(failure.Message, inner)
{
    public JobFailure Failure { get; } = failure;

    /// <summary>The user's fault: doing it again gives the same.</summary>
    public static JobFailedException Failed(string code, string message, string? advice = null, Exception? inner = null) =>
        new(new JobFailure(FailureKind.Failed, code, message, advice), inner);

    /// <summary>May pass: worth another attempt.</summary>
    public static JobFailedException Errored(string code, string message, string? advice = null, Exception? inner = null) =>
        new(new JobFailure(FailureKind.Errored, code, message, advice), inner);

    public static JobFailedException Invalid(string what, string? why) =>
        Failed(ProblemCodes.Invalid, $"{what} {why}");
}
