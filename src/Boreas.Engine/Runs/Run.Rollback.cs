using Boreas.Engine.Graphs;

namespace Boreas.Engine.Runs;

/// <remarks>
/// Roll-back is tasks like everything else: for each task that had an effect and has an undo, one task is appended, in
/// reverse order of completion, each waiting for the one before it. A failed task that ever started counts as having
/// had an effect: undos restore what was there and do nothing where nothing was changed. A run that is cancelled after
/// it had an effect takes it back too: nobody wants a part of a roll-out.
/// </remarks>
public sealed partial class Run
{
    private static bool IsUndoable(RunTask task) =>
        task.Spec.Undo is not null && task.Undoes is null
        && (task.Status == RunTaskStatus.Success || (task.Status is RunTaskStatus.Failed or RunTaskStatus.Cancelled or RunTaskStatus.WaitingConfirm && task.Attempt > 0));

    /// <summary>The last to end comes first. Tasks that were carried over ended together, before this run: among them the graph decides.</summary>
    private List<RunTask> Undoable()
    {
        var depth = Graph.Depths();
        return [.. _tasks.Where(IsUndoable).OrderByDescending(t => t.AttemptEndedAfter).ThenByDescending(t => depth[t.Index]).ThenByDescending(t => t.Index)];
    }

    private void StartRollback(string? by, string reason, DateTimeOffset now, List<RunEvent> events)
    {
        var undone = Undoable();
        if (undone.Count == 0)
        {
            Happen(new RunStatusChanged(now, RunStatus.RolledBack, reason, by), events);
            return;
        }

        var undo = new List<TaskSpec>(undone.Count);
        foreach (var task in undone)
        {
            var what = task.Spec.Undo!;
            undo.Add(new TaskSpec(FreeUndoId(task.Spec.Id), task.Spec.AppId, what.Name, RunTaskType.Custom, what.Executor, undo.Count == 0 ? [] : [undo[^1].Id],
                Order: task.Spec.Order, Payload: what.Payload, Labels: task.Spec.Labels, TimeoutSeconds: what.TimeoutSeconds));
        }

        Happen(new RollbackStarted(now, by, reason, undo, [.. undone.Select(t => t.Spec.Id)]), events);
    }

    private void SettleRollback(DateTimeOffset now, List<RunEvent> events)
    {
        if (Count(RunTaskStatus.Running) > 0) return;
        if (!UndoFailed && !_tasks[^1].HasEnded) return;
        Happen(new RollbackEnded(now, !UndoFailed), events);
        if (!UndoFailed)
        {
            Happen(new RunStatusChanged(now, CancelWasRequested && Status != RunStatus.Failed ? RunStatus.Cancelled : RunStatus.RolledBack), events);
        }
        else if (Status != RunStatus.Failed)
        {
            To(RunStatus.Running, now, events);
            To(RunStatus.Failed, now, events);
        }
    }

    private string FreeUndoId(string id)
    {
        var free = id + "-undo";
        for (var n = 2; TryFind(free) is not null; n++) free = $"{id}-undo-{n}";
        return free;
    }
}
