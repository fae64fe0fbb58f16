namespace Boreas.Engine.Runs;

/// <remarks>
/// A task that could be claimed may be held until a moment, with a reason that is shown: its environment is frozen, say.
/// Who asks for that knows why; here it is a moment before which the task does not begin, and from which on the patience
/// for a runner counts.
/// </remarks>
public sealed partial class Run
{
    private Refusal? Decide(HoldTask c, DateTimeOffset now, List<RunEvent> events)
    {
        if (TryFind(c.Task) is not { } task) return Missing(c.Task);
        var isHeld = task.Hold is not null;
        if (!CouldBeClaimed(task) || (!isHeld && (c.Until is null || !IsClaimable(task, now)))) return null;
        if (isHeld && (task.NotBefore, task.Hold) == (c.Until, c.Reason)) return null;
        Happen(new TaskHeld(now, c.Task, c.Until, c.Until is null ? null : c.Reason), events);
        return null;
    }

    private void Apply(TaskHeld e)
    {
        var task = Find(e.Task);
        Expect(task, RunTaskStatus.Pending);
        (task.Hold, task.NotBefore, task.UpdatedAt) = (e.Reason, e.Until, e.At);
        if (e.Until is null) task.ReadyAt = e.At;
        Touch(task.Index);
        Schedule(task);
    }
}
