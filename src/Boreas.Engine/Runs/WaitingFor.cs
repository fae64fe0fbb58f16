namespace Boreas.Engine.Runs;

/// <summary>Answers 'why is this not running?', from the state, never stored.</summary>
public static class WaitingFor
{
    /// <summary>The reason in a sentence, or null when the task runs or has ended.</summary>
    /// <param name="runnerLabels">Labels of each runner that is online.</param>
    /// <param name="members">Who is now in each of the groups that the run's <see cref="ApprovalRule"/> names.</param>
    public static string? Explain(Run run, RunTask task, DateTimeOffset now, IReadOnlyCollection<IReadOnlyCollection<string>> runnerLabels, IReadOnlyDictionary<string, IReadOnlyList<string>>? members = null) => task.Status switch
    {
        RunTaskStatus.Blocked => Dependencies(run, task),
        RunTaskStatus.WaitingConfirm when run.Status == RunStatus.Pending => NotStarted,
        RunTaskStatus.WaitingConfirm => People(run, task, members),
        RunTaskStatus.Pending => Pending(run, task, now, runnerLabels),
        _ => null,
    };

    /// <summary>Why the run as a whole does not go on; null when something runs or it is over.</summary>
    public static string? Explain(Run run, DateTimeOffset now, IReadOnlyCollection<IReadOnlyCollection<string>> runnerLabels, IReadOnlyDictionary<string, IReadOnlyList<string>>? members = null)
    {
        if (run.IsOver || run.Count(RunTaskStatus.Running) > 0) return null;
        if (run.Status == RunStatus.Pending) return NotStarted;
        var first = run.Tasks.FirstOrDefault(t => t.Status is RunTaskStatus.Pending or RunTaskStatus.WaitingConfirm);
        return first is null ? null : $"'{first.Spec.Name}': {Explain(run, first, now, runnerLabels, members)}";
    }

    /// <summary>When the wait ends by itself: its hold, its interval, or the time that people have to confirm it. Null: nobody can say, or it does not wait.</summary>
    public static DateTimeOffset? Until(Run run, RunTask task, DateTimeOffset now) => task.Status switch
    {
        RunTaskStatus.WaitingConfirm => run.DueOf(task),
        RunTaskStatus.Pending when run.CouldBeClaimed(task) && task.NotBefore > now => task.NotBefore,
        _ => null,
    };

    private const string NotStarted = "The deployment has not been started.";

    private static string People(Run run, RunTask task, IReadOnlyDictionary<string, IReadOnlyList<string>>? members)
    {
        if (task.Question is { } question) return $"Waits for a person: {question}";
        var asked = run.Header.Approval?.Approvals ?? 1;
        var have = run.ApprovalsOf(task).Select(a => a.By).ToList();
        var who = run.Header.Approval is { NamesPeople: true } rule ? $": {rule.Who(members, have)}" : "";
        if (have.Count > 0) return $"Waits for {asked - have.Count} of {asked} people ({Words.List(have)} {(have.Count == 1 ? "has" : "have")} confirmed){who}.";
        var edited = task.Approvals.Count > 0 ? ", because the graph was edited after it had been confirmed" : "";
        return asked == 1 ? $"Waits for a person to confirm it{edited}{who}." : $"Waits for {asked} people to confirm it{edited}{who}.";
    }

    private static string Dependencies(Run run, RunTask task)
    {
        if (run.Status == RunStatus.Pending) return NotStarted;
        var open = run.Graph.DependenciesOf(task.Index).Select(i => run.Tasks[i]).Where(t => t.Status != RunTaskStatus.Success).ToList();
        var names = string.Join(", ", open.Take(3).Select(t => $"'{t.Spec.Name}' ({Words.Of(t.Status)})"));
        return $"Waits for {names}{(open.Count > 3 ? $" and {open.Count - 3} more" : "")}.";
    }

    private static string Pending(Run run, RunTask task, DateTimeOffset now, IReadOnlyCollection<IReadOnlyCollection<string>> runnerLabels)
    {
        if (run.Status == RunStatus.Pending) return NotStarted;
        if (!run.CouldBeClaimed(task)) return "Is not started any more, because another task failed.";
        if (task.Hold is { } hold && task.NotBefore > now) return hold;
        if (task.NotBefore is { } at && at > now)
            return task.Failure is { } failure
                ? $"Tries again at {at:HH:mm:ss} UTC after attempt {task.Attempt} failed: {failure.Message}"
                : $"Waits for its interval, until {at:HH:mm:ss} UTC.";
        var labels = task.Spec.Labels ?? [];
        if (runnerLabels.Count == 0) return "No runner is online; start one with 'boreas runner'.";
        if (!runnerLabels.Any(has => labels.All(has.Contains)))
            return $"No runner has the label{(labels.Count > 1 ? "s" : "")} {string.Join(", ", labels.Where(l => !runnerLabels.Any(has => has.Contains(l))).DefaultIfEmpty(string.Join(" and ", labels)))}.";
        return "Waits for a runner that is free.";
    }
}
