using System.Text.Json;

namespace Boreas.Simulation.Checking;

/// <summary>
/// Follows the events of one run by the rules of SPEC.md §2 and §9, and complains about each that breaks one. It knows
/// nothing of the engine but the names of its events.
/// </summary>
internal sealed class RunRecord
{
    private static readonly string[] Terminal = ["success", "failed", "rolled_back", "cancelled"];

    /// <summary>Attempts whose runner was lost are not the task's fault, up to so many.</summary>
    private const int MaxLosses = 10;

    private readonly Action<string> _complain;
    private bool _failed;
    private Happened? _rollbackStarted;

    public RunRecord(Happened created, Action<string> complain)
    {
        _complain = complain;
        Created = created;
        foreach (var spec in created.Data.GetProperty("tasks").EnumerateArray())
        {
            var task = new TaskRecord(spec, null);
            Tasks.Add(task.Id, task);
        }

        // What had succeeded in the run that this one resumes.
        if (created.Data.TryGetProperty("carried", out var carried) && carried.ValueKind == JsonValueKind.Array)
        {
            foreach (var task in carried.EnumerateArray().Select(c => Tasks[c.GetProperty("task").GetString()!])) task.Status = "success";
        }

        CreatedWith = [.. Tasks.Keys];

        Spans.Add((created.Sequence, long.MaxValue));
    }

    public Happened Created { get; }

    /// <summary>How many people have to confirm each task that asks for it.</summary>
    private int Approvals => Created.Data.GetProperty("header").TryGetProperty("approval", out var rule) ? rule.GetProperty("approvals").GetInt32() : 1;

    public string Id => Created.Stream;

    /// <summary>The tasks that it had at first.</summary>
    public IReadOnlyList<string> CreatedWith { get; }

    /// <summary>In the order of the graph, those of a roll-back after them.</summary>
    public Dictionary<string, TaskRecord> Tasks { get; } = new(StringComparer.Ordinal);

    public string Status { get; private set; } = "pending";

    public bool RollingBack { get; private set; }

    public bool IsOver => Terminal.Contains(Status) && !RollingBack;

    public Happened? CancelRequested { get; private set; }

    public Happened? Started { get; private set; }

    public Happened? Succeeded { get; private set; }

    public bool WasEdited { get; private set; }

    /// <summary>Roll-backs that succeeded: from which event to which.</summary>
    public List<(Happened Start, Happened End)> TakenBack { get; } = [];

    /// <summary>A roll-back ended and did not take everything back.</summary>
    public bool UndoFailed { get; private set; }

    /// <summary>From which event to which the run is active, and holds its apps.</summary>
    public List<(long From, long To)> Spans { get; } = [];

    /// <summary>Who is named as the cause of an event.</summary>
    public HashSet<string> Actors { get; } = new(StringComparer.Ordinal);

    public void Follow(Happened e)
    {
        if (e.Text("by") is { } by) Actors.Add(by);
        if (e.Name.StartsWith("task.", StringComparison.Ordinal) && IsOver) _complain($"{e}: the run had ended as {Status}");
        switch (e.Name)
        {
            case "run.status.1": Turn(e, Words(e.Text("to")!)); break;
            case "run.cancel_requested.1":
                if (e.Text("reason")?.StartsWith("superseded", StringComparison.Ordinal) == true && !OnlyWaits) _complain($"{e}: it was {Status} and not waiting");
                CancelRequested = e;
                CancelWhatWaits();
                break;
            case "run.rollback_started.1": StartRollback(e); break;
            case "run.rollback_ended.1": EndRollback(e); break;
            case "run.graph_edited.1": Edit(e); break;
            case "task.held.1": Tasks[e.Task].HeldUntil = e.Time("until"); break;
            case "task.claimed.1": Claim(e, Tasks[e.Task]); break;
            case "task.succeeded.1": Succeed(e, Tasks[e.Task]); break;
            case "task.attempt_failed.1": Fail(e, Tasks[e.Task]); break;
            case "task.cancelled.1": End(e, Tasks[e.Task]).Status = "cancelled"; break;
            case "task.approved.1": Approve(e, Tasks[e.Task]); break;
            case "task.confirmed.1": Confirm(e, Tasks[e.Task]); break;
            case "task.questioned.1": Question(e, Tasks[e.Task]); break;
            default: _complain($"{e} is unknown"); break;
        }
    }

    /// <summary>It does nothing at present: for want of its start, of a person, or of the end of a freeze.</summary>
    private bool OnlyWaits => Status is "pending" or "waiting_confirm"
        || (Status == "running" && Tasks.Values.All(t => t.Status != "running" && (t.Status != "pending" || t.HeldUntil is not null || !IsReady(t))));

    private bool IsReady(TaskRecord task) => task is { IsQuestioned: false } && (task.Confirmed || !task.NeedsConfirm) && task.BlockBy.All(b => Tasks[b].Status == "success");

    private static string Words(string status) => status switch
    {
        "WaitingConfirm" => "waiting_confirm",
        "RolledBack" => "rolled_back",
        _ => status.ToLowerInvariant(),
    };

    private void Turn(Happened e, string to)
    {
        var allowed = (Status, to) switch
        {
            ("pending", "running") or ("running", "waiting_confirm") or ("waiting_confirm", "running") or ("waiting_confirm", "rolled_back") => true,
            ("running", "success") => Tasks.Values.All(t => t.Status == "success" || t.Undoes is not null),
            ("running", "failed") => _failed,
            ("failed", "rolled_back") => true,
            ("pending" or "running" or "waiting_confirm", "cancelled") => CancelRequested is not null,
            _ => false,
        };
        if (!allowed) _complain($"{e}: a run goes from {Status} to {to}");
        if (to == "waiting_confirm" && Tasks.Values.Any(t => t.Status == "running")) _complain($"{e}: a task still runs");
        if (to == "running") Started ??= e;
        if (to == "success") Succeeded = e;
        Status = to;
        if (to is "cancelled") foreach (var task in Tasks.Values.Where(t => t is { HasUndo: true, Status: "success" })) _complain($"{e}: what {task.Id} did is not taken back");
        if (to == "running") foreach (var task in Tasks.Values.Where(t => t.Status == "pending")) task.ReadySince = e.Elapsed;
        if (!IsOver) return;
        CancelWhatWaits();
        foreach (var task in Tasks.Values.Where(t => t.Status == "running")) _complain($"{e}: task {task.Id} still runs");
        if (Spans[^1].To == long.MaxValue) Spans[^1] = (Spans[^1].From, e.Sequence);
    }

    private void StartRollback(Happened e)
    {
        if (Status is not ("failed" or "waiting_confirm") && (CancelRequested is null || Status != "running")) _complain($"{e}: a run that is {Status} is rolled back");
        if (Spans[^1].To == e.Sequence - 1) Spans[^1] = (Spans[^1].From, long.MaxValue);
        else if (Spans[^1].To != long.MaxValue) Spans.Add((e.Sequence, long.MaxValue));
        CancelWhatWaits();
        (RollingBack, _rollbackStarted) = (true, e);
        var undone = e.Data.GetProperty("undone").EnumerateArray().Select(u => u.GetString()!).ToList();
        foreach (var task in Tasks.Values.Where(t => t is { HasUndo: true, Status: "success" } && !undone.Contains(t.Id))) _complain($"{e}: what {task.Id} did is not taken back");
        foreach (var (spec, i) in e.Data.GetProperty("undo").EnumerateArray().Select((u, i) => (u, i)))
        {
            var task = new TaskRecord(spec, undone[i]) { ReadySince = e.Elapsed };
            Tasks.Add(task.Id, task);
            foreach (var earlier in undone.Take(i).Where(u => Tasks[u].Status == "success" && Tasks[undone[i]].Status == "success"))
            {
                if (Tasks[earlier].Holdings[^1].Ended!.Sequence < Tasks[undone[i]].Holdings[^1].Ended!.Sequence && Tasks[earlier].DoneAt < Tasks[undone[i]].DoneAt)
                    _complain($"{e}: {earlier} is taken back before {undone[i]}, which succeeded after it");
            }
        }
    }

    private void Edit(Happened e)
    {
        if (!OnlyWaits || RollingBack || CancelRequested is not null) _complain($"{e}: the graph of a run that is {Status} is edited");
        WasEdited = true;
        var before = new Dictionary<string, TaskRecord>(Tasks, StringComparer.Ordinal);
        Tasks.Clear();
        foreach (var spec in e.Data.GetProperty("tasks").EnumerateArray())
        {
            var task = new TaskRecord(spec, null) { ReadySince = e.Elapsed };
            if (before.Remove(task.Id, out var known) && known is { Confirmed: false } && known.Spec == task.Spec) task.HeldUntil = known.HeldUntil;
            if (known?.Holdings.Count > 0)
            {
                if (!known.Says(task)) _complain($"{e}: {task.Id} had started, and was changed");
                task = known;
            }

            Tasks.Add(task.Id, task);
        }

        foreach (var gone in before.Values.Where(t => t.Holdings.Count > 0)) _complain($"{e}: {gone.Id} had started, and was deleted");
    }

    private void EndRollback(Happened e)
    {
        RollingBack = false;
        var done = Tasks.Values.Where(t => t.Undoes is not null).GroupBy(t => t.Undoes).All(g => g.Last().Status == "success");
        UndoFailed |= !done;
        if (done) TakenBack.Add((_rollbackStarted!, e));
        if (e.Is("success") && !done) _complain($"{e}: the roll-back is not complete");
        CancelWhatWaits();
        Spans[^1] = (Spans[^1].From, e.Sequence);
    }

    private void Claim(Happened e, TaskRecord task)
    {
        if (task.Status != "pending") _complain($"{e}: it was {task.Status}");
        if (task.Holder is { } holder) _complain($"{e}: {holder.Runner} holds it with epoch {holder.Epoch}");
        var last = task.Holdings.Count > 0 ? task.Holdings[^1].Epoch : 0;
        if (e.Number("epoch") <= last) _complain($"{e}: its epoch is not above {last}");
        if (e.Number("attempt") != task.Holdings.Count + 1) _complain($"{e}: it is attempt {task.Holdings.Count + 1}");
        if (CancelRequested is not null && task.Undoes is null) _complain($"{e}: the run was cancelled before");
        if (task.Undoes is null && (_failed || Status != "running" || RollingBack)) _complain($"{e}: nothing is begun any more, the run is {Status}");
        if (task.Undoes is not null && !RollingBack) _complain($"{e}: nothing is being rolled back");
        foreach (var before in task.BlockBy.Where(b => Tasks[b].Status != "success")) _complain($"{e}: {before} has not succeeded");
        if (task.NeedsConfirm && task.Approvers.Count < Approvals) _complain($"{e}: {task.Approvers.Count} confirmed it, and {Approvals} have to");
        if (task.RetryAt > e.Said) _complain($"{e}: its pause lasts until {task.RetryAt:HH:mm:ss}");
        var ready = task.BlockBy.Count > 0 ? task.BlockBy.Max(b => Tasks[b].DoneAt) : DateTimeOffset.MinValue;
        if (task.Delay > TimeSpan.Zero && task.Holdings.Count == 0 && task.BlockBy.Count == 1 && e.Said < ready + task.Delay) _complain($"{e}: it had to wait {task.Delay.TotalSeconds} s");
        task.Holdings.Add(new Holding(e));
        (task.Status, task.RetryAt, task.HeldUntil) = ("running", null, null);
    }

    /// <summary>Who let it begin has not seen how it went: people are asked anew.</summary>
    private void Question(Happened e, TaskRecord task)
    {
        End(e, task);
        task.Approvers.Clear();
        (task.Status, task.IsQuestioned, task.Confirmed) = ("pending", true, false);
    }

    private void Confirm(Happened e, TaskRecord task)
    {
        Approve(e, task);
        (task.Confirmed, task.ReadySince) = (true, e.Elapsed);
        if (!task.IsQuestioned) return;
        if (task.Approvers.Count < Approvals) _complain($"{e}: {task.Approvers.Count} answered it, and {Approvals} have to");
        (task.Status, task.IsQuestioned, task.DoneAt) = ("success", false, e.Said);
        foreach (var dependent in Tasks.Values.Where(t => t.BlockBy.Contains(task.Id))) dependent.ReadySince = e.Elapsed;
    }

    private void Approve(Happened e, TaskRecord task)
    {
        if (task.Confirmed || !(task.NeedsConfirm || task.IsQuestioned)) _complain($"{e}: there was nothing to confirm");
        if (!task.Approvers.Add(e.Text("by")!)) _complain($"{e}: the same person confirmed it twice");
    }

    private void Succeed(Happened e, TaskRecord task)
    {
        var holder = task.Holder;
        End(e, task);
        (task.Status, task.DoneAt) = ("success", e.Said);
        if (e.Text("result") is not { } result || !result.Contains($":{holder?.Epoch}}}", StringComparison.Ordinal)) _complain($"{e}: its result is another attempt's");
        if (task.Undoes is { } undone) Tasks[undone].Status = "rolled_back";
        foreach (var dependent in Tasks.Values.Where(t => t.BlockBy.Contains(task.Id))) dependent.ReadySince = e.Elapsed;
    }

    private void Fail(Happened e, TaskRecord task)
    {
        var code = e.Data.GetProperty("failure").GetProperty("code").GetString();
        if (code == "refused") Actors.Add(e.Data.GetProperty("failure").GetProperty("message").GetString()!.Split(' ')[0]);
        if (task.Status == "running") End(e, task);
        else if (task.Status != "pending") _complain($"{e}: it was {task.Status}");
        var mayPass = e.Data.GetProperty("failure").TryGetProperty("retry", out var retry) && retry.GetBoolean() && (code == "runner_lost" ? ++task.Losses < MaxLosses : task.Failures + 1 < task.MaxAttempts);
        if (mayPass && e.Time("retryAt") is null && (CancelRequested is null || task.Undoes is not null)) _complain($"{e}: it may pass, and is not tried again");
        if (code != "runner_lost") task.Failures++;
        if (task.Failures > task.MaxAttempts) _complain($"{e}: it was tried more than {task.MaxAttempts} times");
        task.RetryAt = e.Time("retryAt");
        task.ReadySince = e.Elapsed;
        task.Status = task.RetryAt is null ? "failed" : "pending";
        _failed |= task.Status == "failed";
    }

    private TaskRecord End(Happened e, TaskRecord task)
    {
        if (task.Holder is { } holder) holder.Ended = e;
        else _complain($"{e}: nobody held it");
        return task;
    }

    private void CancelWhatWaits()
    {
        foreach (var task in Tasks.Values.Where(t => t.Status == "pending")) task.Status = "cancelled";
    }
}
