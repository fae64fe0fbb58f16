using Boreas.Engine.Graphs;

namespace Boreas.Engine.Runs;

/// <remarks>
/// A graph is edited as a whole, and only while nothing runs: before the start, or when all that is left waits for a
/// person or is held. So whatever is not over has not begun, and no runner holds a task that an edit could take away.
/// </remarks>
public sealed partial class Run
{
    /// <summary>Whether the graph may be edited now.</summary>
    public bool CanBeEdited => IsWaiting && !CancelWasRequested;

    /// <summary>Whether <paramref name="edited"/> lets something begin without a person that could not begin without one: who edits needs the right to confirm for that.</summary>
    public bool LiftsConfirmation(TaskGraph edited)
    {
        var waited = Graph.Behind(IsOpenGate);
        var waits = edited.Behind(IsOpenGate);
        foreach (var task in _tasks)
        {
            if (task.HasStarted) continue;
            if (!edited.TryIndexOf(task.Spec.Id, out var index))
            {
                if (task.Spec.RequireConfirm) return true;
            }
            else if ((waited[task.Index] && !waits[index]) || (task.Spec.RequireConfirm && !edited.Tasks[index].RequireConfirm))
            {
                return true;
            }
        }

        return false;

        bool IsOpenGate(TaskSpec spec) => TryFind(spec.Id) is { HasStarted: true } started ? started.Status == RunTaskStatus.WaitingConfirm : spec.RequireConfirm;
    }

    private Refusal? Decide(EditGraph c, DateTimeOffset now, List<RunEvent> events)
    {
        if (!CanBeEdited) return Conflict("edited", RunStatus.Pending, RunStatus.WaitingConfirm);
        if (TaskGraph.TryBuild(c.Tasks, out var problems) is not { } edited) return new Refusal(Refusal.Invalid, problems[0].Message, Problems: problems);
        foreach (var task in _tasks)
        {
            if (!task.HasStarted) continue;
            if (!edited.TryIndexOf(task.Spec.Id, out var index)) return Fixed(task, "deleted");
            if (!edited.Tasks[index].Says(task.Spec)) return Fixed(task, "changed");
        }

        if (!IsSame(c.Tasks)) Happen(new GraphEdited(now, c.By, c.Tasks), events);
        return null;
    }

    /// <summary>What an edit does not change keeps its state: who waits for a person waits since when it did. What was confirmed, and is held, was confirmed for another graph.</summary>
    private void Apply(GraphEdited e)
    {
        if (!CanBeEdited) throw new RunInvariantException($"run {Header.Id} is {Present} and its graph was edited");
        Graph = TaskGraph.TryBuild(e.Tasks, out var problems) ?? throw new RunInvariantException($"run {Header.Id} was edited to a graph that is refused: {problems[0].Message}");
        GraphVersion++;
        var before = _tasks.ToDictionary(t => t.Spec.Id, StringComparer.Ordinal);
        _tasks.Clear();
        foreach (var spec in Graph.Tasks)
        {
            if (before.Remove(spec.Id, out var task)) Place(task, spec, e.At);
            else task = new RunTask(_tasks.Count, spec, e.At);
            _tasks.Add(task);
        }

        // Whoever still knows a deleted task sees that nothing is to be done any more.
        foreach (var deleted in before.Values) deleted.Status = RunTaskStatus.Cancelled;
        Recount();
        foreach (var task in _tasks.Where(t => !t.HasEnded)) Reconnect(task, e.At);
    }

    private void Place(RunTask task, TaskSpec spec, DateTimeOffset at)
    {
        task.Index = _tasks.Count;
        task.IsTouched = false;
        if (task.HasStarted) return;
        if (!task.Spec.Says(spec) || task.ConfirmedBy is not null) (task.Status, task.UpdatedAt) = (RunTaskStatus.Blocked, at);
        (task.ConfirmedBy, task.ConfirmedAt) = (null, null);
        task.Spec = spec;
    }

    /// <summary>Indices have changed: whatever is kept by index is made anew, and everybody has to read every task again.</summary>
    private void Recount()
    {
        Array.Clear(_count);
        _touched.Clear();
        _due.Clear();
        _refused.Clear();
        _due.Enqueue(WholeRun, CreatedAt.AddSeconds(Header.StartTimeoutSeconds));
        foreach (var task in _tasks)
        {
            _count[(int)task.Status]++;
            Touch(task.Index);
            if (task is { Status: RunTaskStatus.WaitingConfirm, Spec.RefusedBeforehand: true }) _refused.Enqueue(task.Index);
        }
    }

    private void Reconnect(RunTask task, DateTimeOffset at)
    {
        task.Unmet = 0;
        foreach (var dependency in Graph.DependenciesOf(task.Index))
        {
            if (_tasks[dependency].Status != RunTaskStatus.Success) task.Unmet++;
        }

        if (task.Unmet == 0 && task.Status != RunTaskStatus.Blocked)
        {
            Schedule(task);
            return;
        }

        if (task.Status != RunTaskStatus.Blocked) task.UpdatedAt = at;
        (task.NotBefore, task.Hold) = (null, null);
        SetStatus(task, RunTaskStatus.Blocked);
        if (task.Unmet == 0) MakeReady(task, at);
    }

    private bool IsSame(IReadOnlyList<TaskSpec> tasks)
    {
        if (tasks.Count != _tasks.Count) return false;
        for (var i = 0; i < tasks.Count; i++)
        {
            if (!tasks[i].Says(_tasks[i].Spec)) return false;
        }

        return true;
    }

    private static Refusal Fixed(RunTask task, string act) =>
        new(Refusal.StateConflict, $"Task '{task.Spec.Id}' is {Words.Of(task.Status)} and cannot be {act}; that is possible until it has started.", "Read the graph again, and leave what has started as it is.");
}
