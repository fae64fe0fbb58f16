namespace Boreas.Engine.Runs;

/// <remarks>
/// A task that waits for people is confirmed by as many different ones as the run's <see cref="ApprovalRule"/> asks for;
/// until then each confirmation is an event of its own. One refusal is enough. What was confirmed is the graph as it was
/// shown: a confirmation of an earlier version of it does not count.
/// </remarks>
public sealed partial class Run
{
    private static readonly ApprovalRule AnyPerson = new();

    private ApprovalRule Rule => Header.Approval ?? AnyPerson;

    /// <summary>The confirmations that count towards the task's start.</summary>
    public IEnumerable<Approval> ApprovalsOf(RunTask task) => task.Approvals.Where(a => a.GraphVersion == GraphVersion);

    private Refusal? Decide(ConfirmTask c, DateTimeOffset now, List<RunEvent> events)
    {
        if (Waiting(c.Task, out var refusal) is not { } waiting) return refusal;
        if (c.By == Rule.Except) return new Refusal(Refusal.Forbidden, $"{c.By} made this deployment, and somebody else has to confirm it: {Rule.Who()}.", "Ask one of them.");
        if (MayNot(c.By, c.Roles, c.Groups, "confirm") is { } forbidden) return forbidden;
        foreach (var task in waiting)
        {
            if (ApprovalsOf(task).Any(a => a.By == c.By)) continue;
            var isLast = ApprovalsOf(task).Count() + 1 >= Rule.Approvals;
            Happen(isLast ? new TaskConfirmed(now, task.Spec.Id, c.By, c.Reason) : new TaskApproved(now, task.Spec.Id, c.By, c.Reason), events);
        }

        return null;
    }

    private Refusal? Decide(RejectTask c, DateTimeOffset now, List<RunEvent> events)
    {
        if (Waiting(c.Task, out var refusal) is not { } waiting) return refusal;
        if (c.By != Rule.Except && MayNot(c.By, c.Roles, c.Groups, "refuse") is { } forbidden) return forbidden;
        var because = c.Reason is { Length: > 0 } reason ? $": {reason}" : "";
        foreach (var task in waiting) Fail(task, new RunFailure(Refused, $"{c.By} refused '{task.Spec.Name}'{because}."), now, fenced: true, events);
        return null;
    }

    private void Expire(RunTask task, DateTimeOffset now, List<RunEvent> events)
    {
        var people = ApprovalsOf(task).Select(a => a.By).ToList();
        var who = people.Count == 0 ? "Nobody" : $"Only {Words.List(people)}";
        var asked = people.Count == 0 ? "" : $"; {Rule.Approvals} people have to";
        Fail(task, new RunFailure(Refused, $"{who} confirmed '{task.Spec.Name}' within {Words.Of(Header.ConfirmTimeoutSeconds)}{asked}.", "Start a new deployment when it is wanted."), now, fenced: true, events, Rule.RollBackOnExpiry);
    }

    private void Apply(TaskApproved e)
    {
        var task = Find(e.Task);
        Expect(task, RunTaskStatus.WaitingConfirm);
        Approve(task, e.By, e.At, e.Reason);
        Touch(task.Index);
    }

    private void Approve(RunTask task, string by, DateTimeOffset at, string? reason)
    {
        task.Approvals = [.. task.Approvals, new Approval(by, at, reason, GraphVersion)];
        task.UpdatedAt = at;
    }

    private Refusal? MayNot(string person, IReadOnlyList<string>? roles, IReadOnlyList<string>? groups, string act) =>
        Rule.Lets(person, roles ?? [], groups ?? []) ? null : new Refusal(Refusal.Forbidden, $"{person} may not {act} this; {Rule.Who()} may.", "Ask one of them.");

    private List<RunTask>? Waiting(string? id, out Refusal? refusal)
    {
        refusal = null;
        if (id is not null && TryFind(id) is null) refusal = Missing(id);
        else if (RollingBack || Status is not (RunStatus.Running or RunStatus.WaitingConfirm)) refusal = Conflict("confirmed or refused", RunStatus.Running, RunStatus.WaitingConfirm);
        if (refusal is not null) return null;
        var waiting = _tasks.FindAll(t => t.Status == RunTaskStatus.WaitingConfirm && (id is null || t.Spec.Id == id));
        if (waiting.Count > 0) return waiting;
        refusal = new Refusal(Refusal.StateConflict, id is null
            ? $"The deployment is {Present} and none of its tasks is {Words.Of(RunTaskStatus.WaitingConfirm)}."
            : $"Task '{id}' is {Words.Of(TryFind(id)!.Status)}; only a task that is {Words.Of(RunTaskStatus.WaitingConfirm)} can be confirmed or refused.");
        return null;
    }
}
