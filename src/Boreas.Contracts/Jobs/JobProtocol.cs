using System.Text.Json;
using System.Text.Json.Serialization;

namespace Boreas.Contracts.Jobs;

/// <summary><c>POST /deploy/jobs/claim</c>: a runner asks for one job. <c>WaitSeconds</c> 0–30; 204 when there was none.</summary>
/// <param name="Runner">Name of the runner process, unique among those that use the same token.</param>
/// <param name="Labels">What the runner has (<c>linux</c>, <c>podman</c>, …): a job is offered when all its labels are among these.</param>
/// <param name="Capacity">How many jobs the runner does at a time; for display.</param>
public sealed record ClaimRequest(string Runner, IReadOnlyList<string> Labels, int WaitSeconds = 25, int Capacity = 1, string? Version = null);

/// <summary>
/// One attempt of a task, leased to one runner. Every later call about it carries <c>Lease</c> and <c>Epoch</c>; a stale
/// pair gets 409 <c>stale_lease</c> and changes nothing.
/// </summary>
/// <param name="Executor">Which executor does it: see <see cref="ExecutorNames"/>.</param>
/// <param name="Work">The executor's input, one of the <c>*Work</c> records.</param>
/// <param name="Secrets">Only what this job needs, by name; never logged, masked in everything the runner sends.</param>
public sealed record ClaimedJob(
    string JobId,
    string Lease,
    long Epoch,
    int LeaseSeconds,
    DateTimeOffset Deadline,
    string DeploymentId,
    string TaskId,
    string TaskName,
    int Attempt,
    string Executor,
    string? AppId,
    JsonElement Work,
    IReadOnlyDictionary<string, string> Secrets);

/// <summary><c>POST /deploy/jobs/{jobId}/heartbeat</c>: at least every third of the lease.</summary>
public sealed record HeartbeatRequest(string Lease, long Epoch);

/// <summary>Answer to a heartbeat. When <c>Cancel</c> is true the runner kills the work, cleans up and reports a failure of kind <c>terminal</c>.</summary>
public sealed record HeartbeatResponse(bool Cancel, string? Reason, int LeaseSeconds);

/// <summary><c>POST /deploy/jobs/{jobId}/logs</c>: lines <c>FirstSequence</c>, <c>FirstSequence + 1</c>, … of this attempt; sending some again changes nothing.</summary>
public sealed record LogsRequest(string Lease, long Epoch, long FirstSequence, IReadOnlyList<LogLine> Lines);

public sealed record LogLine(DateTimeOffset Timestamp, LogLevel Level, string Message);

public enum LogLevel
{
    Info,
    Warn,
    Error,
}

/// <summary>
/// <c>POST /deploy/jobs/{jobId}/report</c>: ends the job. The same report twice gets the same answer. With
/// <c>Next</c> the answer carries the runner's next job when one is ready (200 <see cref="ClaimedJob"/>), else 204. With
/// <c>Question</c> the work succeeded and a person decides, by confirming or refusing the task, if that is good enough.
/// </summary>
public sealed record ReportRequest(string Lease, long Epoch, JobOutcome Status, JsonElement? Result = null, JobFailure? Failure = null, ClaimRequest? Next = null, string? Question = null);

public enum JobOutcome
{
    [JsonStringEnumMemberName("SUCCEEDED")]
    Succeeded,

    [JsonStringEnumMemberName("FAILED")]
    Failed,
}

/// <summary>Why a job failed: <c>Code</c> is one of <see cref="Problems.ProblemCodes"/>, <c>Message</c> says what happened, <c>Advice</c> what to do.</summary>
public sealed record JobFailure(FailureKind Kind, string Code, string Message, string? Advice = null);

/// <summary>What the caller of a failed job does next.</summary>
public enum FailureKind
{
    /// <summary>The user's fault: doing it again gives the same. No retry.</summary>
    Failed,

    /// <summary>May pass: retried with backoff, at most three attempts.</summary>
    Errored,

    /// <summary>Must not be tried again, whatever the task allows (cancelled, refused).</summary>
    Terminal,
}

/// <summary>The executors that every runner has.</summary>
public static class ExecutorNames
{
    public const string Checkout = "checkout";
    public const string Build = "build";
    public const string Test = "test";
    public const string Deploy = "deploy";
    public const string HealthCheck = "health_check";
    public const string Watch = "watch";
    public const string Restore = "restore";
    public const string Move = "move";
    public const string TidyImages = "tidy_images";
    public const string Command = "command";

    /// <summary>Succeeds at once; for benchmarks and graphs without work.</summary>
    public const string Nothing = "nothing";
}
