using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Boreas.Contracts.Environments;
using Boreas.Contracts.Templates;
using Boreas.Engine.Planning;
using Boreas.Engine.Runs;

namespace Boreas.Contracts.Deployments;

/// <summary>A page of a list. <c>Next</c> is the cursor for <c>?cursor=</c>, null on the last page.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>One execution of a graph of tasks that brings a version into an environment. <c>Duration</c> in seconds.</summary>
/// <param name="GraphVersion">Grows with every edit of the graph: confirmations of an earlier version do not count.</param>
/// <param name="Confirm">The environment's rule as it was when the deployment was made.</param>
/// <param name="Kind"><c>deployment</c>; <c>move</c>: instances of the version that serves go from one node to another.</param>
/// <param name="BreakGlass">Why it went ahead though the environment might be frozen.</param>
/// <param name="QueuedBehind">Ids of the deployments whose end it waits for before it starts by itself; null when it waits for none.</param>
/// <param name="WarmUntil">Until then going back starts nothing, because what it replaced still runs; null when that is gone.</param>
/// <param name="GroupMembers">While it is active: who is now in each of the groups that <c>Confirm</c> names, has the role that it takes, and is not disabled.</param>
public sealed record Deployment(
    string Id,
    string VersionId,
    string Version,
    string EnvironmentId,
    string Environment,
    IReadOnlyList<string> ApplicationIds,
    IReadOnlyList<string> Applications,
    IReadOnlyList<string> MustInOrder,
    IReadOnlyList<DeployStep> Strategy,
    bool ManualApproval,
    RunStatus Status,
    int Progress,
    bool RequireConfirm,
    bool GrayscaleEnabled,
    double GrayscaleRatio,
    string? Reason,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    double? Duration,
    string? ErrorMessage,
    string? WaitingFor,
    IReadOnlyList<DeploymentTask> Tasks,
    IReadOnlyList<string>? Urls = null,
    int GraphVersion = 1,
    ConfirmRule? Confirm = null,
    UsedTemplate? Template = null,
    string Kind = "deployment",
    string? BreakGlass = null,
    IReadOnlyList<string>? QueuedBehind = null,
    DateTimeOffset? WarmUntil = null,
    IReadOnlyDictionary<string, IReadOnlyList<string>>? GroupMembers = null);

/// <summary>One node of the graph. <c>WaitingFor</c> says in a sentence why it is not running; null when it is or has ended.</summary>
/// <param name="WaitingUntil">When that ends by itself: a freeze, an interval, the pause before the next attempt; for what waits for a person, when it expires.</param>
public sealed record DeploymentTask(
    string Id,
    string DeploymentId,
    string? AppId,
    string Name,
    RunTaskType Type,
    RunTaskStatus Status,
    string BlockBy,
    int Order,
    JsonElement? Payload,
    JsonElement? Result,
    TaskFailure? Failure,
    int Attempt,
    int MaxAttempts,
    int TimeoutSeconds,
    bool RequireConfirm,
    string? ConfirmedBy,
    DateTimeOffset? ConfirmedAt,
    string? Runner,
    double? Duration,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    string? WaitingFor,
    IReadOnlyList<TaskApproval>? Approvals = null,
    DateTimeOffset? WaitingUntil = null);

/// <summary>A person confirmed a task. It counts while <c>GraphVersion</c> is the deployment's.</summary>
public sealed record TaskApproval(string By, DateTimeOffset At, string? Reason, int GraphVersion);

public sealed record TaskFailure(string Code, string Message, string? Advice);

/// <summary>
/// <c>POST /api/v1/deployments</c>. What is rolled out is a <c>Version</c> (id or name), or the apps in
/// <c>ApplicationIds</c>, for which a version is made from their present sources (or <c>Ref</c>).
/// </summary>
/// <param name="Environment">Id or name; default: the project's default environment.</param>
/// <param name="Environments">Several environments in one request: one deployment each.</param>
/// <param name="Tasks">An explicit graph instead of the one planned from the apps.</param>
/// <param name="KeepWarmSeconds">How long what was replaced stays, so that traffic can go back to it at once; 0–86400; as the server says (60) when it is not given.</param>
/// <param name="Template">A template's name or id, of which the graph is the newest version, or that after an <c>@</c>: <c>release@3</c>. Without apps and a version, its tasks name the apps.</param>
/// <param name="Parameters">What the template's parameters are.</param>
/// <param name="OnConflict">
/// When a deployment of the same app and environment is active: <c>reject</c> (default) refuses this one; <c>queue</c> lets it wait its turn;
/// <c>supersede</c> cancels what waits for its turn, its start or a person, and waits for what runs.
/// </param>
/// <param name="BreakGlass">Why it must go ahead though the environment is frozen; needs the role approver, and is recorded.</param>
public sealed record CreateDeployment(
    string? Version = null,
    string? Environment = null,
    IReadOnlyList<string>? Environments = null,
    IReadOnlyList<string>? ApplicationIds = null,
    string? Ref = null,
    IReadOnlyList<string>? MustInOrder = null,
    IReadOnlyList<DeployStep>? Strategy = null,
    bool ManualApproval = false,
    IReadOnlyList<TaskInput>? Tasks = null,
    bool AutoStart = true,
    int? KeepWarmSeconds = null,
    [property: AllowedValues("reject", "queue", "supersede")] string? OnConflict = null,
    string? Reason = null,
    string? Template = null,
    IReadOnlyDictionary<string, string>? Parameters = null,
    string? BreakGlass = null);

/// <summary>A task as a user writes it. <c>BlockBy</c>: task ids or <c>{appId}-{type}</c>, separated by commas.</summary>
public record TaskInput(
    RunTaskType Type,
    string? AppId = null,
    string? Id = null,
    string? Name = null,
    string? BlockBy = null,
    int? Order = null,
    JsonElement? Payload = null,
    bool? RequireConfirm = null,
    int? TimeoutSeconds = null,
    int? MaxAttempts = null);

/// <summary><c>{id}</c> for one environment; all of them in <c>Deployments</c>.</summary>
public sealed record DeploymentsCreated(string Id, IReadOnlyList<Deployment> Deployments);

/// <summary>Body of confirm, reject, cancel, rollback and resume; all optional.</summary>
/// <param name="GraphVersion">For confirm and reject: the version of the graph that was shown; when it was edited since, the answer is 412.</param>
public sealed record ActionRequest(string? Reason = null, int? GraphVersion = null);

/// <summary>One recorded event of a run, as it happened. <c>Sequence</c> is global and gap-free.</summary>
public sealed record DeploymentEvent(long Sequence, int Version, string Name, DateTimeOffset At, string Actor, JsonElement Data);

/// <summary><c>GET …/tasks/{taskId}/logs</c>. With <c>follow=true</c> the answer is a stream of JSON lines of <see cref="TaskLogLine"/>.</summary>
public sealed record TaskLogs(string TaskId, IReadOnlyList<TaskLogLine> Logs);

/// <param name="Sequence">Grows by one with every line of the task, over all attempts; the value for <c>?after=</c>.</param>
public sealed record TaskLogLine(long Sequence, int Attempt, DateTimeOffset Timestamp, Jobs.LogLevel Level, string Message);
