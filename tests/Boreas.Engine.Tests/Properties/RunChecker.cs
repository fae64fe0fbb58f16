using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;
using Boreas.Engine.Tests.Runs;

namespace Boreas.Engine.Tests.Properties;

/// <summary>
/// The rules of a run, written from the specification and not from the engine. It keeps its own books from the events
/// alone: who holds what with which epoch, what has succeeded when, since when something waits. After each command it
/// compares them with what the run shows:
/// <list type="bullet">
/// <item>a task is claimed only when everything it waits for has succeeded, its moment has come, and, if people must confirm it, as many different ones did as the rule asks for, all of whom may;</item>
/// <item>after a failure for good, a cancellation or an end nothing is claimed but undo tasks;</item>
/// <item>epochs grow; only the holder ends an attempt; a failed attempt is tried again within its limits only;</item>
/// <item>a state that is an end never changes, except failed → rolled back (a run) and what a roll-back took back (a task);</item>
/// <item>the graph is edited only before the start and while all that is left waits for a person, and what has started stays in it as it was; every other edit is refused;</item>
/// <item>a refusal, and a report that was heard before, change nothing;</item>
/// <item>counters equal a recount, and the events alone give the same run;</item>
/// <item>no deadline passes unseen: the next due moment is never later than the first real deadline, and a tick leaves none behind.</item>
/// </list>
/// </summary>
internal sealed class RunChecker
{
    private readonly List<RunEvent> _events = [];
    private readonly Dictionary<string, Book> _books = [];
    private readonly RunHeader _header;
    private readonly List<string> _ended = [];
    private DateTimeOffset? _started;
    private bool _cancelled;
    private ConfirmTask? _confirms;
    private bool _rollingBack;
    private RunStatus _status = RunStatus.Pending;

    public RunChecker(RunCreated created)
    {
        _header = created.Header;
        Run = Run.Create(created, out var problems) ?? throw new InvalidOperationException(problems[0].Message);
        _events.Add(created);
        foreach (var spec in created.Tasks) _books.Add(spec.Id, new Book(spec));
        foreach (var carried in created.Carried ?? [])
        {
            (_books[carried.Task].Succeeded, _books[carried.Task].EndedAt) = (true, created.At);
            _ended.Add(carried.Task);
        }

        Compare(created.At);
    }

    public Run Run { get; }

    public IReadOnlyList<RunEvent> Events => _events;

    public void Do(RunCommand command, DateTimeOffset now)
    {
        var before = RunPicture.Of(Run, now);
        var statuses = Run.Tasks.ToDictionary(t => t.Spec.Id, t => t.Status);
        var allowed = command is EditGraph wanted && IsAllowed(wanted);
        var events = Run.Handle(command, now, out var refusal);
        if (refusal is not null) Assert.Empty(events);
        if (events.Count == 0) Assert.Equal(before, RunPicture.Of(Run, now));
        if (command is ReportTask report && events.Count > 0) Assert.Equal(_books[report.Task].HeldEpoch, report.Epoch);
        if (command is LoseTask lost && refusal is null) Assert.Equal(_books[lost.Task].HeldEpoch, lost.Epoch);

        _confirms = command as ConfirmTask;
        foreach (var happened in events) Enter(happened);
        _events.AddRange(events);
        if (command is EditGraph edit) AssertEdited(edit, allowed, refusal);
        foreach (var (task, status) in statuses.Where(s => _books.ContainsKey(s.Key))) AssertStep(task, status, Run.TryFind(task)!.Status);
        Compare(now);
        if (command is Tick) Assert.True(FirstDeadline() is not { } left || left > now, $"at {now:O} a tick left a deadline of {FirstDeadline():O} behind");
    }

    private void Enter(RunEvent happened)
    {
        switch (happened)
        {
            case RunStatusChanged e: Enter(e); break;
            case TaskClaimed e: Enter(e); break;
            case TaskSucceeded e:
                EndAttempt(e.Task, e.At).Succeeded = true;
                if (_books[e.Task].Undoes is { } undone) _books[undone].TakenBack = true;
                break;
            case TaskCancelled e:
                Assert.True(_cancelled, $"{e.Task} was cancelled and nobody had asked for it");
                EndAttempt(e.Task, e.At).Stopped = true;
                break;
            case TaskAttemptFailed e: Enter(e); break;
            case TaskQuestioned e:
                _books[e.Task].Approvers.Clear();
                Assert.False(_cancelled, $"somebody was asked about {e.Task} in a run that was cancelled");
                EndAttempt(e.Task, e.At).Asked = true;
                break;
            case TaskHeld e: Enter(e); break;
            case TaskApproved e: Approve(e.Task, e.By); break;
            case TaskConfirmed e when _books[e.Task].Asked:
                Approve(e.Task, e.By);
                (_books[e.Task].Asked, _books[e.Task].Succeeded) = (false, true);
                End(e.Task, e.At);
                break;
            case TaskConfirmed e:
                Approve(e.Task, e.By);
                (_books[e.Task].Confirmed, _books[e.Task].ReadyAgain) = (true, e.At);
                break;
            case CancelRequested: _cancelled = true; break;
            case RollbackStarted e: Enter(e); break;
            case GraphEdited e: Enter(e); break;
            case RollbackEnded:
                _rollingBack = false;
                foreach (var book in _books.Values.Where(b => b.Undoes is not null && !b.Over)) book.Stopped = true;
                break;
        }
    }

    private void Enter(RunStatusChanged e)
    {
        var allowed = (_status, e.To) switch
        {
            (RunStatus.Pending, RunStatus.Running or RunStatus.Cancelled) => true,
            (RunStatus.Running, RunStatus.WaitingConfirm or RunStatus.Success or RunStatus.Failed or RunStatus.Cancelled) => true,
            (RunStatus.WaitingConfirm, RunStatus.Running or RunStatus.RolledBack or RunStatus.Cancelled) => true,
            (RunStatus.Failed, RunStatus.RolledBack) => true,
            _ => false,
        };
        Assert.True(allowed, $"{_status} → {e.To}");
        _status = e.To;
        if (e.To == RunStatus.Running) _started ??= e.At;
        if (e.To == RunStatus.Success) Assert.All(_books.Values, b => Assert.True(b.Succeeded, $"the run succeeded without {b.Spec.Id}"));
    }

    private void Enter(TaskClaimed e)
    {
        var book = _books[e.Task];
        Assert.Null(book.HeldEpoch);
        Assert.False(book.Over, $"{e.Task} had ended and was claimed");
        Assert.True(e.Epoch > book.LastEpoch, $"{e.Task}: epoch {e.Epoch} after {book.LastEpoch}");
        Assert.All(book.Spec.BlockBy, b => Assert.True(_books[b].Succeeded, $"{e.Task} was claimed before {b} had succeeded"));
        Assert.True(!book.Spec.RequireConfirm || book.Confirmed, $"{e.Task} was claimed and nobody had confirmed it");
        Assert.True(!book.Spec.RequireConfirm || book.Approvers.Count == (_header.Approval?.Approvals ?? 1), $"{e.Task} was claimed and {book.Approvers.Count} had confirmed it");
        Assert.True(book.HeldUntil is not { } held || e.At >= held, $"{e.Task} was claimed while it was held");
        Assert.True(book.Attempted || book.MomentCame || book.Spec.DelaySeconds == 0 || e.At >= ReadyAt(book).AddSeconds(book.Spec.DelaySeconds), $"{e.Task} was claimed before its interval had passed");
        Assert.True(book.RetryAt is not { } retryAt || e.At >= retryAt, $"{e.Task} was claimed before its pause had passed");
        if (book.Undoes is null) Assert.True(_status == RunStatus.Running && !_cancelled && !_books.Values.Any(b => b.FailedForGood), $"{e.Task} was claimed though the run does not go on");
        else Assert.True(_rollingBack, $"{e.Task} was claimed and no roll-back was on its way");
        (book.HeldEpoch, book.LastEpoch, book.ClaimedAt, book.Attempted, book.HeldUntil) = (e.Epoch, e.Epoch, e.At, true, null);
    }

    private void Enter(TaskHeld e)
    {
        var book = _books[e.Task];
        Assert.True(book.HeldEpoch is null && !book.Over, $"{e.Task} is held, and not because it waits");
        (book.HeldUntil, book.RetryAt, book.MomentCame) = (e.Until, null, true);
        if (e.Until is null) book.ReadyAgain = e.At;
    }

    private void Approve(string task, string by)
    {
        Assert.True(_books[task].Approvers.Add(by), $"{by} confirmed {task} twice");
        if (_header.Approval is not { } rule) return;
        Assert.NotEqual(rule.Except, by);
        var anybodyMay = rule is { Users: null, Roles: null, Groups: null };
        Assert.True(anybodyMay || rule.Users?.Contains(by) == true || Shares(rule.Roles, _confirms!.Roles) || Shares(rule.Groups, _confirms!.Groups), $"{by} confirmed {task} and may not");

        static bool Shares(IReadOnlyList<string>? some, IReadOnlyList<string>? others) => some is not null && others is not null && some.Intersect(others).Any();
    }

    private void Enter(TaskAttemptFailed e)
    {
        var book = _books[e.Task];
        var wasHeld = book.HeldEpoch is not null;
        if (wasHeld) EndAttempt(e.Task, e.At);
        if (e.Failure.Code == Run.RunnerLost) book.Losses++;
        else book.Failures++;
        (book.RetryAt, book.ReadyAgain) = (e.RetryAt, e.At);
        if (e.RetryAt is { } retryAt)
        {
            Assert.True(wasHeld && e.Failure.Retry && book.Failures < book.Spec.MaxAttempts && book.Losses < 10 && (!_cancelled || book.Undoes is not null), $"{e.Task} is tried again beyond its limits");
            Assert.InRange((retryAt - e.At).TotalSeconds, 0, 60);
            return;
        }

        Assert.True(!wasHeld || !e.Failure.Retry || book.Failures >= book.Spec.MaxAttempts || book.Losses >= 10 || (_cancelled && book.Undoes is null), $"{e.Task} was given up too early");
        book.FailedForGood = true;
        book.EndedAt = e.At;
        if (!_ended.Contains(e.Task)) _ended.Add(e.Task);
    }

    private void Enter(RollbackStarted e)
    {
        _rollingBack = true;
        Assert.True(_cancelled || _status is RunStatus.Failed or RunStatus.WaitingConfirm, $"a roll-back while {_status}");
        string[] expected = [.. _books.Values.Where(b => b.Undoes is null && b.Spec.Undo is not null && !b.TakenBack && (b.Succeeded || b.Attempted)).Select(b => b.Spec.Id)];
        Assert.Equal(expected.Order(), e.Undone.Order());
        Assert.Equal(e.Undo.Count, e.Undone.Count);
        for (var i = 0; i < e.Undo.Count; i++)
        {
            Assert.Equal(i == 0 ? [] : [e.Undo[i - 1].Id], e.Undo[i].BlockBy);
            _books.Add(e.Undo[i].Id, new Book(e.Undo[i]) { Undoes = e.Undone[i], ReadyAgain = e.Undo[i].BlockBy.Count == 0 ? e.At : null });
            var before = Before(_books[e.Undone[i]]);
            Assert.All(e.Undone.Take(i), later => Assert.DoesNotContain(later, before));
        }

        int[] order = [.. e.Undone.Where(t => _books[t].LastEpoch > 0 && _ended.Contains(t)).Select(t => _ended.IndexOf(t))];
        Assert.Equal(order.OrderDescending(), order);
    }

    private void Enter(GraphEdited e)
    {
        var before = new Dictionary<string, Book>(_books);
        _books.Clear();
        foreach (var spec in e.Tasks)
        {
            if (before.TryGetValue(spec.Id, out var book) && spec.Says(book.Spec)) _books.Add(spec.Id, book);
            else _books.Add(spec.Id, new Book(spec));
        }

        foreach (var book in _books.Values.Where(b => !b.Confirmed)) book.Approvers.Clear();

        // What an edit made ready waits from then on; before the start everything waits for the start.
        if (_started is null) return;
        foreach (var book in _books.Values.Where(b => !before.ContainsValue(b) && b.Spec.BlockBy.All(id => _books[id].Succeeded))) book.ReadyBy = e.At;
    }

    /// <summary>Whether this graph may take the place of the present one.</summary>
    private bool IsAllowed(EditGraph edit)
    {
        if (_status is not (RunStatus.Pending or RunStatus.WaitingConfirm) || _rollingBack || _cancelled) return false;
        if (_books.Values.Any(b => (b.Over || b.Attempted) && !edit.Tasks.Any(t => t.Id == b.Spec.Id && t.Says(b.Spec)))) return false;
        var open = edit.Tasks.ToList();
        var done = new HashSet<string>();
        while (open.FindIndex(t => t.BlockBy.All(done.Contains)) is >= 0 and var next)
        {
            if (!done.Add(open[next].Id)) return false;
            open.RemoveAt(next);
        }

        return open.Count == 0;
    }

    private Book EndAttempt(string task, DateTimeOffset at)
    {
        var book = _books[task];
        Assert.NotNull(book.HeldEpoch);
        book.HeldEpoch = null;
        End(task, at);
        return book;
    }

    private void End(string task, DateTimeOffset at)
    {
        _books[task].EndedAt = at;
        _ended.Remove(task);
        _ended.Add(task);
    }

    private void AssertEdited(EditGraph edit, bool allowed, Refusal? refusal)
    {
        Assert.True(allowed == refusal is null, $"the edit is {(allowed ? "allowed" : "not allowed")}: {refusal?.Message}");
        if (allowed) Assert.Equal(edit.Tasks.Select(t => (t.Id, t.Name, string.Join(',', t.BlockBy))), Run.Tasks.Select(t => (t.Spec.Id, t.Spec.Name, string.Join(',', t.Spec.BlockBy))));
    }

    private static void AssertStep(string task, RunTaskStatus before, RunTaskStatus after)
    {
        if (before == after) return;
        var isEnd = before is RunTaskStatus.Success or RunTaskStatus.Failed or RunTaskStatus.Cancelled or RunTaskStatus.RolledBack;
        Assert.True(!isEnd || (before != RunTaskStatus.RolledBack && after == RunTaskStatus.RolledBack), $"{task}: {before} → {after}");
    }

    private void Compare(DateTimeOffset now)
    {
        Assert.Equal(_status, Run.Status);
        Assert.Equal(_events.Count, Run.Version);
        Assert.Equal(_books.Count, Run.Tasks.Count);
        foreach (var status in Enum.GetValues<RunTaskStatus>()) Assert.Equal(Run.Tasks.Count(t => t.Status == status), Run.Count(status));
        foreach (var task in Run.Tasks)
        {
            var book = _books[task.Spec.Id];
            Assert.Equal(book.HeldEpoch is not null, task.Status == RunTaskStatus.Running);
            Assert.Equal(book.Succeeded, task.Status is RunTaskStatus.Success || (task.Status is RunTaskStatus.RolledBack && !book.FailedForGood && book.Succeeded));
            if (book.TakenBack) Assert.Equal(RunTaskStatus.RolledBack, task.Status);
        }

        int[] done = [.. Run.Tasks.Where(t => t.Undoes is null).Select(t => t.Status == RunTaskStatus.Success ? 1 : 0)];
        Assert.Equal(100 * done.Sum() / done.Length, Run.Progress);
        Assert.Equal(RunPicture.Of(RunPicture.Replayed(_events), now), RunPicture.Of(Run, now));
        if (FirstDeadline() is { } deadline) Assert.True(Run.NextDue <= deadline, $"a deadline is {deadline:O} and the next due moment is {Run.NextDue:O}");
    }

    /// <summary>The first moment at which something would have waited for too long.</summary>
    private DateTimeOffset? FirstDeadline()
    {
        if (_status == RunStatus.Pending) return _events[0].At.AddSeconds(_header.StartTimeoutSeconds);
        var goesOn = !_cancelled && _status is RunStatus.Running or RunStatus.WaitingConfirm && !_books.Values.Any(b => b.FailedForGood && b.Undoes is null);
        var deadlines = new List<DateTimeOffset>();
        foreach (var book in _books.Values.Where(b => !b.Over))
        {
            if (book.HeldEpoch is not null) deadlines.Add(book.ClaimedAt.AddSeconds(book.Spec.TimeoutSeconds));
            else if (!book.Spec.BlockBy.All(b => _books[b].Succeeded)) continue;
            else if (book.Undoes is null ? !goesOn || _rollingBack : !_rollingBack) continue;
            else if (book.Asked) deadlines.Add(book.EndedAt.AddSeconds(_header.ConfirmTimeoutSeconds));
            else if (book.Spec.RequireConfirm && !book.Confirmed) deadlines.Add(ReadyAt(book).AddSeconds(_header.ConfirmTimeoutSeconds));
            else deadlines.Add(Latest(book.ReadyAgain ?? ReadyAt(book), book.RetryAt, book.HeldUntil, book.Attempted || book.MomentCame ? null : ReadyAt(book).AddSeconds(book.Spec.DelaySeconds)).AddSeconds(_header.PendingTimeoutSeconds));
        }

        return deadlines.Count == 0 ? null : deadlines.Min();
    }

    /// <summary>When the last thing that the task waits for was done.</summary>
    private DateTimeOffset ReadyAt(Book book)
    {
        if (book.ReadyBy is { } edited) return edited;
        if (book.Undoes is not null) return book.Spec.BlockBy.Count == 0 ? book.ReadyAgain!.Value : _books[book.Spec.BlockBy[0]].EndedAt;
        var last = book.Spec.BlockBy.Count == 0 ? _events[0].At : _books[book.Spec.BlockBy.MaxBy(b => _ended.IndexOf(b))!].EndedAt;
        return book.Spec.BlockBy.All(b => _books[b].LastEpoch == 0) ? _started!.Value : last;
    }

    private HashSet<string> Before(Book book)
    {
        var before = new HashSet<string>();
        var open = new Stack<string>(book.Spec.BlockBy);
        while (open.TryPop(out var task))
        {
            if (before.Add(task)) foreach (var next in _books[task].Spec.BlockBy) open.Push(next);
        }

        return before;
    }

    private static DateTimeOffset Latest(DateTimeOffset first, params DateTimeOffset?[] others) => others.Select(o => o ?? first).Append(first).Max();

    private sealed class Book(TaskSpec spec)
    {
        public TaskSpec Spec => spec;

        public string? Undoes { get; init; }

        public long? HeldEpoch { get; set; }

        public long LastEpoch { get; set; }

        public DateTimeOffset ClaimedAt { get; set; }

        public DateTimeOffset EndedAt { get; set; }

        public DateTimeOffset? ReadyAgain { get; set; }

        /// <summary>When an edit made it ready.</summary>
        public DateTimeOffset? ReadyBy { get; set; }

        public DateTimeOffset? RetryAt { get; set; }

        public bool Attempted { get; set; }

        public DateTimeOffset? HeldUntil { get; set; }

        /// <summary>It could have been claimed once.</summary>
        public bool MomentCame { get; set; }

        public bool Succeeded { get; set; }

        public bool Confirmed { get; set; }

        public HashSet<string> Approvers { get; } = [];

        /// <summary>Its attempt ended with a question.</summary>
        public bool Asked { get; set; }

        public bool FailedForGood { get; set; }

        public bool TakenBack { get; set; }

        /// <summary>Ended without an outcome of its own: it was asked to, or the roll-back ended before it.</summary>
        public bool Stopped { get; set; }

        public int Failures { get; set; }

        public int Losses { get; set; }

        public bool Over => Succeeded || FailedForGood || TakenBack || Stopped;
    }
}
