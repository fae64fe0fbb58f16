using Boreas.Engine.Runs;

namespace Boreas.Engine.Planning;

/// <summary>What is to be rolled out.</summary>
/// <param name="MustInOrder">Apps whose deploys wait for each other, in this order; their builds do not.</param>
/// <param name="Strategy">The steps of every app's roll-out; none: all at once.</param>
/// <param name="ManualApproval">Whether each step that is not approved waits for a person.</param>
/// <param name="Tasks">The tasks as a user wrote them; null: planned from the apps.</param>
public sealed record PlanInput(
    IReadOnlyList<PlannedApp> Apps,
    IReadOnlyList<string> MustInOrder,
    bool ManualApproval = false,
    IReadOnlyList<PlannedTask>? Tasks = null,
    IReadOnlyList<DeployStep>? Strategy = null);

/// <param name="Labels">What a runner needs for the app's tasks.</param>
/// <param name="Replicas">Instances that run in the end.</param>
public sealed record PlannedApp(string AppId, RevisionKind Revision, IReadOnlyList<string>? Labels = null, int Replicas = 1);

/// <summary>How much of the way is behind an app's revision.</summary>
public enum RevisionKind
{
    /// <summary>A repository and a ref: checked out, built, tested.</summary>
    Source,

    /// <summary>An image that exists: its digest is looked up.</summary>
    Image,

    /// <summary>Built before; nothing is done again.</summary>
    Built,
}

/// <summary>A task as a user wrote it. <c>BlockBy</c> holds ids or <c>{appId}-{type}</c>.</summary>
public sealed record PlannedTask(
    RunTaskType Type,
    string? AppId,
    string? Id,
    string? Name,
    IReadOnlyList<string> BlockBy,
    int Order = 0,
    string? Payload = null,
    bool RequireConfirm = false,
    int? TimeoutSeconds = null,
    int? MaxAttempts = null);
