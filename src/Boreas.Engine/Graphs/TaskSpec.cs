using Boreas.Engine.Runs;

namespace Boreas.Engine.Graphs;

/// <summary>One node of a run's graph, as planned. It never changes after the run was created, except by an edit of the whole node.</summary>
/// <param name="Id">Unique in its run.</param>
/// <param name="Executor">Which executor of a runner does it.</param>
/// <param name="BlockBy">Ids of the tasks that must have succeeded before.</param>
/// <param name="Payload">JSON for whoever composes the job; opaque here.</param>
/// <param name="Labels">What a runner must have to be offered it.</param>
/// <param name="TimeoutSeconds">How long one attempt may run.</param>
/// <param name="MaxAttempts">How many failures that may pass are tried before the task has failed for good.</param>
/// <param name="DelaySeconds">How long it waits after its dependencies are done.</param>
/// <param name="Undo">What takes its effect back; null when it has none that outlives the run.</param>
/// <param name="AutoRollback">Whether its failure takes back what had succeeded; null: as the run says.</param>
/// <param name="RefusedBeforehand">With <c>RequireConfirm</c>: somebody has refused it already, so it fails as soon as it waits.</param>
public sealed record TaskSpec(
    string Id,
    string? AppId,
    string Name,
    RunTaskType Type,
    string Executor,
    IReadOnlyList<string> BlockBy,
    int Order = 0,
    string? Payload = null,
    IReadOnlyList<string>? Labels = null,
    int TimeoutSeconds = 1800,
    int MaxAttempts = 3,
    bool RequireConfirm = false,
    int DelaySeconds = 0,
    UndoSpec? Undo = null,
    bool? AutoRollback = null,
    bool RefusedBeforehand = false)
{
    /// <summary>Whether it says the same as <paramref name="other"/>; the order of what it waits for says nothing.</summary>
    public bool Says(TaskSpec other) =>
        this with { BlockBy = other.BlockBy, Labels = other.Labels } == other
        && BlockBy.ToHashSet(StringComparer.Ordinal).SetEquals(other.BlockBy)
        && (Labels ?? []).SequenceEqual(other.Labels ?? [], StringComparer.Ordinal);
}

/// <summary>What takes a task's effect back, run as a task of its own when the run is rolled back.</summary>
public sealed record UndoSpec(string Name, string Executor, string? Payload = null, int TimeoutSeconds = 600);
