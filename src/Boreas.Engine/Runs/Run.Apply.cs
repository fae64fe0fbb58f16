using Boreas.Engine.Graphs;

namespace Boreas.Engine.Runs;

public sealed partial class Run
{
    /// <summary>Brings an event into the state. Events of a run are applied once each, in their order.</summary>
    public void Apply(RunEvent happened)
    {
        switch (happened)
        {
            case RunStatusChanged e: Apply(e); break;
            case TaskClaimed e: Apply(e); break;
            case TaskHeld e: Apply(e); break;
            case TaskSucceeded e: Apply(e); break;
            case TaskQuestioned e: Apply(e); break;
            case TaskAttemptFailed e: Apply(e); break;
            case TaskApproved e: Apply(e); break;
            case TaskConfirmed e: Apply(e); break;
            case CancelRequested e: Apply(e); break;
            case TaskCancelled e: Apply(e); break;
            case RollbackStarted e: Apply(e); break;
            case RollbackEnded e: Apply(e); break;
            case GraphEdited e: Apply(e); break;
            default: throw new RunInvariantException($"run {Header.Id}: the event {happened.GetType().Name} cannot be applied to a run that exists");
        }

        Version++;
        UpdatedAt = happened.At;
    }

    private void Apply(RunStatusChanged e)
    {
        if (!IsTransition(Status, e.To)) throw new RunInvariantException($"run {Header.Id} cannot go from {Status} to {e.To}");
        Status = e.To;
        switch (e.To)
        {
            case RunStatus.Running when StartedAt is null:
                StartedAt = e.At;
                foreach (var task in _tasks)
                {
                    if (task.Status is not (RunTaskStatus.Pending or RunTaskStatus.WaitingConfirm)) continue;
                    task.ReadyAt = e.At;
                    if (task.Spec.DelaySeconds > 0) task.NotBefore = e.At.AddSeconds(task.Spec.DelaySeconds);
                    Touch(task.Index);
                    Schedule(task);
                }

                break;
            case RunStatus.Failed or RunStatus.Cancelled or RunStatus.RolledBack:
                ErrorMessage ??= e.Reason;
                CompletedAt = e.At;
                CancelWhatHasNotStarted(e.At);
                break;
            case RunStatus.Success:
                CompletedAt = e.At;
                break;
        }
    }

    private void Apply(TaskClaimed e)
    {
        var task = Find(e.Task);
        Expect(task, RunTaskStatus.Pending);
        if (e.Epoch <= task.Epoch) throw new RunInvariantException($"task {Header.Id}/{e.Task}: epoch {e.Epoch} does not follow {task.Epoch}");
        SetStatus(task, RunTaskStatus.Running);
        (task.Attempt, task.Epoch, task.Runner, task.Deadline, task.Lease) = (e.Attempt, e.Epoch, e.Runner, e.Deadline, e.Lease);
        (task.UpdatedAt, task.NotBefore, task.Hold, task.CompletedAt, task.Failure) = (e.At, null, null, null, null);
        task.StartedAt ??= e.At;
        Schedule(task);
    }

    private void Apply(TaskSucceeded e)
    {
        var task = Find(e.Task);
        Expect(task, RunTaskStatus.Running);
        EndAttempt(task, RunTaskStatus.Success, e.At);
        task.Result = e.Result;
        task.ReportedEpoch = task.Epoch;
        if (task.Undoes is { } undone)
        {
            UndoneCount++;
            SetStatus(_tasks[undone], RunTaskStatus.RolledBack);
            _tasks[undone].UpdatedAt = e.At;
        }

        Release(task, e.At);
    }

    private void Apply(TaskQuestioned e)
    {
        var task = Find(e.Task);
        Expect(task, RunTaskStatus.Running);
        task.AttemptEndedAfter = Version;
        SetStatus(task, RunTaskStatus.WaitingConfirm);
        (task.Question, task.Result, task.ReportedEpoch) = (e.Question, e.Result, task.Epoch);
        // Whoever let it begin has not seen how it went.
        task.Approvals = [];
        (task.ReadyAt, task.UpdatedAt, task.Deadline, task.CancelRequested) = (e.At, e.At, null, false);
        Schedule(task);
    }

    private void Apply(TaskAttemptFailed e)
    {
        var task = Find(e.Task);
        if (task.HasEnded || task.Status == RunTaskStatus.Blocked) throw new RunInvariantException($"task {Header.Id}/{e.Task} is {task.Status} and cannot fail");
        if (e.Failure.Code == RunnerLost) task.Losses++;
        else task.Failures++;
        task.Failure = e.Failure;
        if (!e.Fenced) task.ReportedEpoch = task.Epoch;
        if (task.Status == RunTaskStatus.Running) task.AttemptEndedAfter = Version;
        if (e.RetryAt is { } retryAt)
        {
            SetStatus(task, RunTaskStatus.Pending);
            (task.ReadyAt, task.NotBefore, task.UpdatedAt, task.Deadline, task.Runner) = (e.At, retryAt, e.At, null, null);
            Schedule(task);
            return;
        }

        End(task, RunTaskStatus.Failed, e.At);
        task.Question = null;
        UndoFailed |= task.Undoes is not null;
        RollBackWanted |= e.RollBack;
        ErrorMessage ??= $"{task.Spec.Name}: {e.Failure.Message}";
    }

    private void Apply(TaskConfirmed e)
    {
        var task = Find(e.Task);
        Expect(task, RunTaskStatus.WaitingConfirm);
        Approve(task, e.By, e.At, e.Reason);
        (task.ConfirmedBy, task.ConfirmedAt, task.ReadyAt) = (e.By, e.At, e.At);
        if (task.Question is not null)
        {
            task.Question = null;
            EndAttempt(task, RunTaskStatus.Success, e.At);
            Release(task, e.At);
            return;
        }

        SetStatus(task, RunTaskStatus.Pending);
        Schedule(task);
    }

    private void Apply(CancelRequested e)
    {
        CancelWasRequested = true;
        ErrorMessage ??= $"Cancelled by {e.By}" + (e.Reason is { Length: > 0 } reason ? $": {reason}" : "");
        CancelWhatHasNotStarted(e.At);
        foreach (var task in _tasks)
        {
            if (task.Status != RunTaskStatus.Running) continue;
            task.CancelRequested = true;
            Touch(task.Index);
        }
    }

    private void Apply(TaskCancelled e)
    {
        var task = Find(e.Task);
        Expect(task, RunTaskStatus.Running);
        EndAttempt(task, RunTaskStatus.Cancelled, e.At);
        if (!e.Fenced) task.ReportedEpoch = task.Epoch;
    }

    private void Apply(RollbackStarted e)
    {
        RollingBack = true;
        UndoFailed = false;
        ErrorMessage ??= e.Reason;
        CancelWhatHasNotStarted(e.At);
        var first = _tasks.Count;
        Graph.Append(e.Undo);
        for (var i = 0; i < e.Undo.Count; i++)
        {
            var task = new RunTask(first + i, e.Undo[i], e.At)
            {
                Unmet = Graph.DependencyCount(first + i),
                Undoes = Find(e.Undone[i]).Index,
            };
            _tasks.Add(task);
            _count[(int)RunTaskStatus.Blocked]++;
            Touch(task.Index);
        }

        UndoCount += e.Undo.Count;
        foreach (var task in _tasks[first..])
        {
            if (task.Unmet == 0) MakeReady(task, e.At);
        }
    }

    private void Apply(RollbackEnded e)
    {
        CancelWhatHasNotStarted(e.At);
        RollingBack = false;
        CompletedAt = e.At;
    }

    private void Release(RunTask done, DateTimeOffset at)
    {
        foreach (var index in Graph.Dependents(done.Index))
        {
            var dependent = _tasks[index];
            if (--dependent.Unmet == 0 && dependent.Status == RunTaskStatus.Blocked) MakeReady(dependent, at);
        }
    }

    private void MakeReady(RunTask task, DateTimeOffset at)
    {
        task.ReadyAt = task.UpdatedAt = at;
        if (task.Spec.DelaySeconds > 0) task.NotBefore = at.AddSeconds(task.Spec.DelaySeconds);
        SetStatus(task, task.Spec.RequireConfirm && task.ConfirmedBy is null ? RunTaskStatus.WaitingConfirm : RunTaskStatus.Pending);
        if (task.Spec.RefusedBeforehand) _refused.Enqueue(task.Index);
        Schedule(task);
    }

    private void End(RunTask task, RunTaskStatus status, DateTimeOffset at)
    {
        SetStatus(task, status);
        (task.CompletedAt, task.UpdatedAt, task.Deadline, task.NotBefore, task.Hold, task.CancelRequested) = (at, at, null, null, null, false);
    }

    private void EndAttempt(RunTask task, RunTaskStatus status, DateTimeOffset at)
    {
        task.AttemptEndedAfter = Version;
        End(task, status, at);
    }

    private void CancelWhatHasNotStarted(DateTimeOffset at)
    {
        foreach (var task in _tasks)
        {
            if (task.Status is RunTaskStatus.Blocked or RunTaskStatus.Pending or RunTaskStatus.WaitingConfirm) End(task, RunTaskStatus.Cancelled, at);
        }
    }

    private void Schedule(RunTask task)
    {
        if (DueOf(task) is { } due) _due.Enqueue(task.Index, due);
    }

    private void Expect(RunTask task, RunTaskStatus status)
    {
        if (task.Status != status) throw new RunInvariantException($"task {Header.Id}/{task.Spec.Id} is {task.Status} where {status} was expected");
    }

    private static bool IsTransition(RunStatus from, RunStatus to) => (from, to) switch
    {
        (RunStatus.Pending, RunStatus.Running or RunStatus.Cancelled) => true,
        (RunStatus.Running, RunStatus.WaitingConfirm or RunStatus.Success or RunStatus.Failed or RunStatus.Cancelled) => true,
        (RunStatus.WaitingConfirm, RunStatus.Running or RunStatus.RolledBack or RunStatus.Cancelled) => true,
        (RunStatus.Failed, RunStatus.RolledBack) => true,
        _ => false,
    };
}
