using Boreas.Engine.Graphs;

namespace Boreas.Engine.Runs;

public sealed partial class Run
{
    /// <summary>Code of a failure that is the runner's, not the task's.</summary>
    public const string RunnerLost = "runner_lost";

    private const string TimedOut = "timeout";
    private const string NoRunner = "no_runner";
    private const string Refused = "refused";

    /// <summary>
    /// Decides <paramref name="command"/> at <paramref name="now"/> and applies what follows from it. The events are to
    /// be recorded in their order; there are none when the command was done before. Nothing changed when a refusal is given.
    /// </summary>
    public IReadOnlyList<RunEvent> Handle(RunCommand command, DateTimeOffset now, out Refusal? refusal)
    {
        var events = new List<RunEvent>(1);
        refusal = command switch
        {
            StartRun c => Decide(c, now, events),
            ClaimTask c => Decide(c, now, events),
            ReportTask c => Decide(c, now, events),
            LoseTask c => Decide(c, now, events),
            HoldTask c => Decide(c, now, events),
            Tick => Decide(now, events),
            ConfirmTask c => Decide(c, now, events),
            RejectTask c => Decide(c, now, events),
            CancelRun c => Decide(c, now, events),
            RollBackRun c => Decide(c, now, events),
            EditGraph c => Decide(c, now, events),
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, null),
        };
        if (refusal is null && events.Count > 0) Settle(now, events);
        return events;
    }

    private void Happen(RunEvent happened, List<RunEvent> events)
    {
        Apply(happened);
        events.Add(happened);
    }

    private Refusal? Decide(StartRun c, DateTimeOffset now, List<RunEvent> events)
    {
        if (Status != RunStatus.Pending) return Conflict("started", RunStatus.Pending);
        Happen(new RunStatusChanged(now, RunStatus.Running, By: c.By), events);
        return null;
    }

    private Refusal? Decide(ClaimTask c, DateTimeOffset now, List<RunEvent> events)
    {
        if (TryFind(c.Task) is not { } task) return Missing(c.Task);
        if (!IsClaimable(task, now)) return new Refusal(Refusal.StateConflict, $"Task '{c.Task}' is {Words.Of(task.Status)} in a deployment that is {Present}, and cannot be claimed; that is possible while it is pending, its moment has come, and the deployment is running.");
        Happen(new TaskClaimed(now, c.Task, task.Attempt + 1, task.Epoch + 1, c.Runner, now.AddSeconds(task.Spec.TimeoutSeconds), c.Lease), events);
        return null;
    }

    private Refusal? Decide(ReportTask c, DateTimeOffset now, List<RunEvent> events)
    {
        if (TryFind(c.Task) is not { } task) return Missing(c.Task);
        if (c.Epoch == task.ReportedEpoch && c.Epoch > 0) return null;
        if (task.Status != RunTaskStatus.Running || c.Epoch != task.Epoch) return Stale(task);
        if (c is { Failure: null, Question: { } question } && !task.CancelRequested && task.Undoes is null) Happen(new TaskQuestioned(now, c.Task, question, c.Result), events);
        else if (c.Failure is null) Happen(new TaskSucceeded(now, c.Task, c.Result), events);
        else if (task.CancelRequested) Happen(new TaskCancelled(now, c.Task), events);
        else Fail(task, c.Failure, now, fenced: false, events);
        return null;
    }

    private Refusal? Decide(LoseTask c, DateTimeOffset now, List<RunEvent> events)
    {
        if (TryFind(c.Task) is not { } task) return Missing(c.Task);
        if (task.Status != RunTaskStatus.Running || c.Epoch != task.Epoch) return Stale(task);
        if (task.CancelRequested) Happen(new TaskCancelled(now, c.Task, Fenced: true), events);
        else Fail(task, new RunFailure(RunnerLost, $"Runner '{task.Runner}' was not heard of for its whole lease.", "Look whether the runner still runs: 'boreas runners'. Another one takes the task over.", Retry: true), now, fenced: true, events);
        return null;
    }

    private Refusal? Decide(DateTimeOffset now, List<RunEvent> events)
    {
        while (NextDue is { } due && due <= now)
        {
            var index = _due.Dequeue();
            if (index == WholeRun)
            {
                Happen(new CancelRequested(now, "the start time-out", $"nobody started it for {Words.Of(Header.StartTimeoutSeconds)}"), events);
                continue;
            }

            var task = _tasks[index];
            switch (task.Status)
            {
                case RunTaskStatus.Running when task.CancelRequested:
                    Happen(new TaskCancelled(now, task.Spec.Id, Fenced: true), events);
                    break;
                case RunTaskStatus.Running:
                    Fail(task, new RunFailure(TimedOut, $"'{task.Spec.Name}' did not end within {Words.Of(task.Spec.TimeoutSeconds)}.", "Read its log for what it waited for, or give it a longer timeoutSeconds.", Retry: true), now, fenced: true, events);
                    break;
                case RunTaskStatus.Pending:
                    Fail(task, new RunFailure(NoRunner, $"No runner{WithLabels(task.Spec)} took '{task.Spec.Name}' within {Words.Of(Header.PendingTimeoutSeconds)}.", "Start a runner that has these labels ('boreas runner --help'), then resume the deployment."), now, fenced: true, events);
                    break;
                case RunTaskStatus.WaitingConfirm:
                    Expire(task, now, events);
                    break;
            }
        }

        return null;
    }

    private Refusal? Decide(CancelRun c, DateTimeOffset now, List<RunEvent> events)
    {
        if (RollingBack || Status is not (RunStatus.Pending or RunStatus.Running or RunStatus.WaitingConfirm))
            return Conflict("cancelled", RunStatus.Pending, RunStatus.Running, RunStatus.WaitingConfirm);
        if (!CancelWasRequested) Happen(new CancelRequested(now, c.By, c.Reason), events);
        return null;
    }

    private Refusal? Decide(RollBackRun c, DateTimeOffset now, List<RunEvent> events)
    {
        var isBeingCancelled = CancelWasRequested && Status != RunStatus.Failed;
        if (RollingBack && !isBeingCancelled) return null;
        if (Status is not (RunStatus.WaitingConfirm or RunStatus.Failed) || isBeingCancelled) return Conflict("rolled back", RunStatus.WaitingConfirm, RunStatus.Failed);
        var because = c.Reason is { Length: > 0 } reason ? $": {reason}" : "";
        StartRollback(c.By, $"Rolled back by {c.By}{because}", now, events);
        return null;
    }

    /// <summary>Why another run cannot begin where this one ended; null: it can.</summary>
    /// <param name="task">The one that failed and is to be tried again; null: whichever did.</param>
    public Refusal? WhyNotResumed(string? task)
    {
        if (RollingBack || Status != RunStatus.Failed) return Conflict("resumed", RunStatus.Failed);
        if (task is null || TryFind(task) is { Status: RunTaskStatus.Failed }) return null;
        return TryFind(task) is { } other
            ? new Refusal(Refusal.StateConflict, $"Task '{task}' is {Words.Of(other.Status)}; only a task that is {Words.Of(RunTaskStatus.Failed)} can be tried again.", "See 'boreas status' for the one that failed.")
            : Missing(task);
    }

    private void Fail(RunTask task, RunFailure failure, DateTimeOffset now, bool fenced, List<RunEvent> events, bool rollBack = false)
    {
        var lost = failure.Code == RunnerLost;
        var isWanted = !CancelWasRequested || task.Undoes is not null;
        var retry = failure.Retry && isWanted && task.Status == RunTaskStatus.Running
            && (lost ? task.Losses + 1 < Backoff.MaxLosses : task.Failures + 1 < task.Spec.MaxAttempts);
        DateTimeOffset? retryAt = !retry ? null : lost ? now : now + Backoff.After(task.Failures + 1);
        Happen(new TaskAttemptFailed(now, task.Spec.Id, failure, retryAt, fenced, rollBack), events);
    }

    /// <summary>Brings the run to the status that its tasks ask for.</summary>
    private void Settle(DateTimeOffset now, List<RunEvent> events)
    {
        if (RollingBack) SettleRollback(now, events);
        else if (Status is RunStatus.Pending && CancelWasRequested) Happen(new RunStatusChanged(now, RunStatus.Cancelled), events);
        else if (Status is RunStatus.Running or RunStatus.WaitingConfirm) SettleForward(now, events);
        if (!RollingBack && Status is RunStatus.Running or RunStatus.WaitingConfirm && Count(RunTaskStatus.Running) + Count(RunTaskStatus.Pending) + Count(RunTaskStatus.WaitingConfirm) == 0)
            throw new RunInvariantException($"run {Header.Id} is {Status} and nothing in it can go on");
    }

    private void SettleForward(DateTimeOffset now, List<RunEvent> events)
    {
        while (_refused.TryDequeue(out var index))
        {
            if (_tasks[index] is { Status: RunTaskStatus.WaitingConfirm } task) Fail(task, new RunFailure(Refused, $"'{task.Spec.Name}' was refused when the deployment was made."), now, fenced: true, events);
        }

        var (running, ready, waiting) = (Count(RunTaskStatus.Running), Count(RunTaskStatus.Pending), Count(RunTaskStatus.WaitingConfirm));
        if (Count(RunTaskStatus.Success) + UndoCount == _tasks.Count)
        {
            To(RunStatus.Running, now, events);
            To(RunStatus.Success, now, events);
        }
        else if (CancelWasRequested)
        {
            if (running > 0) return;
            if (_tasks.Exists(IsUndoable)) StartRollback(null, ErrorMessage ?? "Cancelled", now, events);
            else To(RunStatus.Cancelled, now, events);
        }
        else if (Count(RunTaskStatus.Failed) > 0)
        {
            if (running > 0) return;
            To(RunStatus.Running, now, events);
            To(RunStatus.Failed, now, events);
            if ((RollBackWanted || TakesBack()) && _tasks.Exists(IsUndoable)) StartRollback(null, ErrorMessage ?? "A task failed", now, events);
        }
        else if (running + ready > 0)
        {
            To(RunStatus.Running, now, events);
        }
        else if (waiting > 0)
        {
            To(RunStatus.WaitingConfirm, now, events);
        }
    }

    /// <summary>Whether one of the failures asks for a roll-back.</summary>
    private bool TakesBack() => _tasks.Exists(t => t.Status == RunTaskStatus.Failed && (t.Spec.AutoRollback ?? Header.AutoRollback));

    private void To(RunStatus status, DateTimeOffset now, List<RunEvent> events)
    {
        if (Status != status) Happen(new RunStatusChanged(now, status, status == RunStatus.Failed ? ErrorMessage : null), events);
    }

    private string Present => RollingBack ? "being rolled back" : Words.Of(Status);

    private Refusal Conflict(string act, params RunStatus[] from) =>
        new(Refusal.StateConflict, $"The deployment is {Present} and cannot be {act}; that is possible while it is {string.Join(" or ", from.Select(Words.Of))}.", RollingBack ? "Wait until the roll-back has ended." : null);

    private static Refusal Missing(string task) => new(Refusal.NotFound, $"There is no task '{task}' in this deployment.");

    private static Refusal Stale(RunTask task) =>
        new(Refusal.StaleLease, $"The lease on task '{task.Spec.Id}' has ended; it is {Words.Of(task.Status)} in attempt {task.Attempt}, and only who holds it while it is running can end it.", "Stop the work and forget the job: nothing it did since is counted.");

    private static string WithLabels(TaskSpec spec) => spec.Labels is { Count: > 0 } labels ? $" with the labels {string.Join(", ", labels)}" : "";
}
