using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using Boreas.Engine.Runs;
using Boreas.Server.Deployments;
using Boreas.Server.Environments;
using Boreas.Server.Jobs;
using Boreas.Server.Problems;
using Microsoft.Extensions.Logging;

namespace Boreas.Server.Storage;

/// <summary>
/// The one place through which this control plane changes anything.
/// <para>
/// Who is authoritative: the database. A thread of its own takes commands from many callers and runs them, in batches,
/// each batch in one transaction that begins by locking the journal's head row. Whoever holds that row is the only
/// writer of the whole installation, has seen every event up to it (events of other control planes are caught up
/// first), and decides with the database's time. So locks, quotas and versions need no second check, sequence numbers
/// have no gaps, and two control planes can never decide against each other. What that costs, and why it is cheap:
/// docs/decisions/head-lock.md.
/// </para>
/// <para>
/// What may be lost: nothing that was answered. A caller is answered after the commit of its batch, never before.
/// </para>
/// <para>
/// When a command fails after it changed something, or the database refuses the batch, the transaction is undone, the
/// memory is read again from the events, and the batch's commands are run once more, each in a transaction of its own,
/// so that a bad one fails alone. When it is unknown whether a commit happened, nothing is run again: callers are told.
/// </para>
/// </summary>
public sealed partial class Journal : IAsyncDisposable
{
    /// <summary>How long to leave a database alone that failed while nobody wanted anything of it.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How many transactions are begun with the commit of the one before, in a row. Who commits and begins in one step is
    /// always first, so it must leave a gap now and then, in which another control plane gets its turn.
    /// </summary>
    private const int MaxBegunInARow = 8;

    /// <summary>How long a runner that does not want to wait is kept when the writer does not come to look.</summary>
    private static readonly TimeSpan LookWait = TimeSpan.FromSeconds(5);

    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly JournalOptions _options;
    private readonly ILogger<Journal> _logger;
    private readonly BlockingCollection<JournalCommand> _commands = [];
    private readonly JobQueue _jobs = new();
    private readonly LinkedList<ClaimWaiter> _waiters = new();
    private readonly JournalState _state;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private DbConnection? _connection;
    private JournalHead? _begun;
    private int _begunInARow;
    private DateTimeOffset _databaseTime;
    private long _readAt;
    private RunBrokenException? _broken;
    private bool _stateIsStale = true;
    private bool _started;

    public Journal(Database database, TimeProvider time, JournalOptions options, ILogger<Journal> logger)
    {
        _database = database;
        _time = time;
        _options = options;
        _logger = logger;
        _state = new JournalState(_jobs, new LeaseTable(), options, logger);
        Tail = new EventTail(database);
    }

    /// <summary>What was recorded, for those who follow it.</summary>
    public EventTail Tail { get; }

    /// <summary>How many transactions this process has committed since its start.</summary>
    internal long Commits { get; private set; }

    /// <summary>Raised after a transaction that changed the route table, on the writer's thread: only signal in it.</summary>
    public event Action<long>? RoutesChanged;

    /// <summary>Brings the schema up to date, reads the active runs, and begins to take commands.</summary>
    public void Start()
    {
        Prepare();
        _started = true;
        new Thread(Loop) { Name = "journal", IsBackground = true }.Start();
    }

    /// <summary>What <see cref="Start"/> does before it begins to take commands; then <see cref="RunOnce"/> may be called instead of the thread.</summary>
    internal void Prepare()
    {
        Migrations.Apply(_database);
        Recover();
    }

    /// <summary>Runs <paramref name="act"/> inside a transaction; the result is given when it is durable.</summary>
    /// <exception cref="RequestRefusedException">The command refused; nothing was changed.</exception>
    /// <exception cref="JournalUnavailableException">The database did not take it.</exception>
    public Task<T> WriteAsync<T>(Func<JournalTransaction, T> act, CancellationToken cancellationToken = default)
    {
        var command = new JournalCommand<T>(act, cancellationToken);
        if (!TryEnqueue(command)) return Task.FromException<T>(Stopped());
        return command.Answer;
    }

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Action<JournalTransaction> act, CancellationToken cancellationToken = default) =>
        WriteAsync(transaction =>
        {
            act(transaction);
            return true;
        }, cancellationToken);

    /// <summary>Reads the state of runs on the writer's thread, between transactions; null for a run that is not active.</summary>
    public Task<T> InspectAsync<T>(Func<Func<string, Run?>, T> read, CancellationToken cancellationToken = default)
    {
        var command = new InspectCommand<T>(() => read(id => _state.Runs.FirstOrDefault(r => r.Id == id)?.Run));
        if (!TryEnqueue(command)) return Task.FromException<T>(Stopped());
        return command.Answer.WaitAsync(cancellationToken);
    }

    /// <summary>Gives the oldest fitting task to <paramref name="runner"/>, waiting for one at most <paramref name="wait"/>; null when there was none.</summary>
    internal async Task<Claim?> ClaimAsync(string runner, IReadOnlySet<string> labels, TimeSpan wait, CancellationToken cancellationToken)
    {
        var waiter = Ask(runner, labels, waits: wait > TimeSpan.Zero);
        try
        {
            return await waiter.Answer.WaitAsync(wait > TimeSpan.Zero ? wait : LookWait, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            if (waiter.TryDecide()) return null;
            return await waiter.Answer;
        }
    }

    /// <summary>Puts a runner in line; how long it waits is up to who asks.</summary>
    /// <param name="waits">False: it is answered with nothing when there is no task for it now.</param>
    internal ClaimWaiter Ask(string runner, IReadOnlySet<string> labels, bool waits = true)
    {
        var waiter = new ClaimWaiter(runner, labels);
        return TryEnqueue(new ClaimCommand(this, waiter, waits)) ? waiter : throw Stopped();
    }

    /// <summary>Runs <paramref name="act"/> and then, in the same transaction, gives the runner its next task when one fits.</summary>
    internal Task<(T Result, Claim? Next)> WriteAndClaimAsync<T>(Func<JournalTransaction, T> act, string runner, IReadOnlySet<string> labels) =>
        WriteAsync(transaction =>
        {
            var result = act(transaction);
            return (result, TryClaim(runner, labels, transaction));
        });

    public async ValueTask DisposeAsync()
    {
        _commands.CompleteAdding();
        await _stop.CancelAsync();
        if (_started) await _ended.Task;
        _connection?.Dispose();
        _commands.Dispose();
        _stop.Dispose();
    }

    private bool TryEnqueue(JournalCommand command)
    {
        try
        {
            return _commands.TryAdd(command);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static JournalUnavailableException Stopped() =>
        new("The control plane is stopping. Nothing was changed; send the request again.", null, inDoubt: false);

    private void Loop()
    {
        while (!_commands.IsCompleted)
        {
            JournalCommand? first;
            try
            {
                _commands.TryTake(out first, UntilNextDue(), _stop.Token);
            }
            catch (OperationCanceledException)
            {
                while (_commands.TryTake(out var left)) left.Fail(Stopped());
                break;
            }

            if (!RunOnce(first)) _stop.Token.WaitHandle.WaitOne(RetryPause);
        }

        foreach (var waiter in _waiters.Where(w => w.TryDecide())) waiter.Complete(null);
        _ended.TrySetResult();
    }

    /// <summary>Runs what waits, and what is due, as one batch; false when the database failed though nobody wanted anything of it.</summary>
    internal bool RunOnce(JournalCommand? first = null)
    {
        var batch = new List<JournalCommand>();
        if (first is not null) batch.Add(first);
        while (batch.Count < _options.MaxBatch && _commands.TryTake(out var next)) batch.Add(next);
        return RunBatch(batch);
    }

    private bool RunBatch(List<JournalCommand> batch)
    {
        if (TryCommit(batch) is not Outcome.Undone) return true;
        if (_broken is null && batch.Count <= 1) return batch.Count > 0;
        foreach (var command in batch.Where(c => !c.IsAnswered).ToList())
        {
            if (TakeBroken() is { } run) Quarantine(run);
            TryCommit([command]);
        }

        if (TakeBroken() is { } last) Quarantine(last);
        return true;
    }

    private RunBrokenException? TakeBroken()
    {
        var broken = _broken;
        _broken = null;
        return broken;
    }

    private enum Outcome
    {
        Committed,
        Undone,
        InDoubt,
    }

    /// <summary>Runs the commands in one transaction. A command that is alone in it is answered with its error.</summary>
    private Outcome TryCommit(List<JournalCommand> commands)
    {
        var answered = new List<(ClaimWaiter Waiter, Claim Claim)>();
        var committing = false;
        try
        {
            if (_stateIsStale) Recover();
            var connection = _connection ??= _database.OpenWriter();
            foreach (var command in commands.Where(c => !c.NeedsTransaction)) command.Run(null!);
            if (!commands.Exists(c => c.NeedsTransaction) && !HasWork(connection))
            {
                if (_begun is not null) Database.Rollback(connection);
                _begun = null;
                foreach (var command in commands) command.Complete();
                return Outcome.Committed;
            }

            var head = Begin(connection);
            var missed = head.Sequence == _state.Sequence ? [] : _state.CatchUp(connection, head.Sequence);
            var transaction = new JournalTransaction(_state, connection, head);
            foreach (var command in commands.Where(c => c.NeedsTransaction)) RunOne(command, transaction);
            transaction.HasWritten = false;
            _state.ActOnTime(transaction);
            ReleaseLocks(transaction);
            FreezeGate.HoldFrozen(transaction, _state.TakeOffered());
            AnswerWaiters(transaction, answered);

            var batch = _state.TakeBatch();
            batch.RoutesVersion = transaction.RoutesChanged ? transaction.RoutesVersion : null;
            committing = true;
            Commit(connection, batch);
            Commits++;
            _state.Forget(batch);
            Tail.Publish(missed);
            Tail.Publish(batch.Events);
            if (batch.RoutesVersion is { } routes) RoutesChanged?.Invoke(routes);
            foreach (var command in commands) command.Complete();
            foreach (var (waiter, claim) in answered) waiter.Complete(claim);
            return Outcome.Committed;
        }
        catch (Exception e)
        {
            return Undo(e, commands, answered, committing);
        }
    }

    /// <summary>Whether the next transaction has begun already, so that <see cref="RunOnce"/> must follow at once.</summary>
    internal bool HasBegun => _begun is not null;

    /// <summary>The transaction that was begun with the last commit, or a new one.</summary>
    private JournalHead Begin(DbConnection connection)
    {
        if (_begun is { } begun)
        {
            (_begun, _begunInARow) = (null, _begunInARow + 1);
            return begun with { Now = Now };
        }

        _begunInARow = 0;
        return TookHead(_database.BeginWrite(connection, _time));
    }

    private JournalHead TookHead(JournalHead head)
    {
        (_databaseTime, _readAt) = (head.Now, _time.GetTimestamp());
        return head;
    }

    /// <summary>The database's time, as far as it can be told without asking it.</summary>
    private DateTimeOffset Now => _databaseTime + _time.GetElapsedTime(_readAt);

    /// <summary>Commits, and begins at once for the commands that came meanwhile.</summary>
    private void Commit(DbConnection connection, JournalBatch batch)
    {
        if (_commands.Count == 0 || _begunInARow >= MaxBegunInARow) _database.Commit(connection, batch);
        else if (_database.CommitAndBegin(connection, batch, _time) is { } head) _begun = TookHead(head);
    }

    private Outcome Undo(Exception e, List<JournalCommand> commands, List<(ClaimWaiter Waiter, Claim Claim)> answered, bool committing)
    {
        _stateIsStale = true;
        Disconnect();
        var cause = e is CommandFailedException failed ? failed.InnerException! : e;
        var inDoubt = committing && _database.IsInDoubt(cause);
        foreach (var (waiter, _) in answered) waiter.Complete(null);
        if (cause is RunBrokenException broken) _broken = broken;
        LogUndone(commands.Count, cause.Message);
        if (commands.Count <= 1 || inDoubt)
        {
            foreach (var command in commands.Where(c => !c.IsAnswered)) command.Fail(e is CommandFailedException ? cause : Unavailable(cause, inDoubt));
        }
        return inDoubt ? Outcome.InDoubt : Outcome.Undone;
    }

    private static JournalUnavailableException Unavailable(Exception cause, bool inDoubt) =>
        new(inDoubt
            ? "The database did not answer while the change was being committed, so it is not known whether it was. Repeat the request with the same Idempotency-Key."
            : $"The database did not take the change: {cause.Message}", cause, inDoubt);

    /// <summary>Runs one command. It may refuse while it has changed nothing; anything else undoes the batch.</summary>
    private static void RunOne(JournalCommand command, JournalTransaction transaction)
    {
        transaction.HasWritten = false;
        try
        {
            command.Run(transaction);
        }
        catch (Exception e) when (!transaction.HasWritten && e is RequestRefusedException or OperationCanceledException)
        {
            command.Fail(e);
        }
        catch (Exception e)
        {
            throw new CommandFailedException(e);
        }
    }

    /// <summary>Whether there is something to do though nobody asked: time, a waiting runner and a task, or another control plane.</summary>
    private bool HasWork(DbConnection connection)
    {
        var now = Now;
        return (_waiters.Count > 0 && _jobs.MayHave(now))
            || Earliest(_state.NextDue, _state.Leases.NextDue) <= now
            || (_database.IsShared && (_begun?.Sequence ?? _database.ReadSequence(connection)) != _state.Sequence);
    }

    private void AnswerWaiters(JournalTransaction transaction, List<(ClaimWaiter Waiter, Claim Claim)> answered)
    {
        for (var node = _waiters.First; node is not null;)
        {
            var (waiter, next) = (node.Value, node.Next);
            if (!waiter.IsWaiting) _waiters.Remove(node);
            else if (TryTake(waiter.Labels, transaction) is { } job)
            {
                _waiters.Remove(node);
                if (waiter.TryDecide()) answered.Add((waiter, Claim(job.Run, job.Task, waiter.Runner, transaction)));
                else _jobs.Offer(job.Run, job.Task);
            }

            node = next;
        }
    }

    private Claim? TryClaim(string runner, IReadOnlySet<string> labels, JournalTransaction transaction) =>
        TryTake(labels, transaction) is { } job ? Claim(job.Run, job.Task, runner, transaction) : null;

    /// <summary>The oldest fitting task that its gate lets through; one that it does not is offered again when its time has come.</summary>
    private (Run Run, RunTask Task)? TryTake(IReadOnlySet<string> labels, JournalTransaction transaction)
    {
        while (_jobs.TryTake(labels, transaction.Now) is { } job)
        {
            if (!FreezeGate.Hold(transaction, job.Run, job.Task)) return job;
        }

        return null;
    }

    private static Claim Claim(Run run, RunTask task, string runner, JournalTransaction transaction)
    {
        var lease = System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(12));
        if (transaction.Handle(run.Header.Id, new ClaimTask(task.Spec.Id, runner, lease)) is { } refusal)
            throw new RunInvariantException($"the queue offered {run.Header.Id}/{task.Spec.Id}, which cannot be claimed: {refusal.Message}");
        return new Claim(run.Header.Id, task.Spec.Id, task.Spec.Name, task.Spec.Executor, task.Spec.AppId, task.Attempt, task.Epoch, lease, task.Deadline!.Value);
    }

    internal void Enlist(ClaimWaiter waiter) => _waiters.AddLast(waiter);

    /// <summary>In the same transaction that ends them. Whom that lets in might end at once, and let others in.</summary>
    private void ReleaseLocks(JournalTransaction transaction)
    {
        var released = new HashSet<string>(StringComparer.Ordinal);
        while (_state.Ended.Where(released.Add).ToList() is { Count: > 0 } ended) AppLocks.Release(transaction, ended);
    }

    private void Disconnect()
    {
        _begun = null;
        if (_connection is null) return;
        Database.Rollback(_connection);
        _connection.Dispose();
        _connection = null;
    }

    /// <summary>Takes a run whose state contradicts itself out of the way, with its error; others go on.</summary>
    private void Quarantine(RunBrokenException broken)
    {
        LogInvariant(broken.RunId, broken.Message);
        TryCommit([new JournalCommand<bool>(transaction =>
        {
            transaction.Execute("update runs set broken = @Message, active = @active, status = @failed, error_message = @Message where id = @RunId",
                new { broken.Message, active = false, failed = (int)RunStatus.Failed, broken.RunId });
            AppLocks.Release(transaction, [broken.RunId]);
            _stateIsStale = true;
            return true;
        }, CancellationToken.None)]);
    }

    private void Recover()
    {
        Disconnect();
        _connection = _database.OpenWriter();
        var head = TookHead(_database.BeginWrite(_connection, _time));
        _state.Reload(_connection, head.Sequence, head.Now.AddSeconds(_options.LeaseSeconds));
        _database.Commit(_connection, new JournalBatch());
        Tail.Start(head.Sequence);
        _stateIsStale = false;
    }

    private int UntilNextDue()
    {
        var now = Now;
        var due = Earliest(Earliest(_state.NextDue, _state.Leases.NextDue), _waiters.Count > 0 ? _jobs.NextDue : null);
        var wait = due is { } at ? (at - now).TotalMilliseconds + 1 : 60_000;
        return (int)Math.Clamp(wait, 0, _database.IsShared ? _options.FollowMilliseconds : 60_000);
    }

    private static DateTimeOffset? Earliest(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b : a;

    [LoggerMessage(LogLevel.Warning, "A transaction of {Commands} commands was undone: {Reason}")]
    private partial void LogUndone(int commands, string reason);

    [LoggerMessage(LogLevel.Critical, "Run {RunId} was stopped, because the engine found its state wrong: {Reason}")]
    private partial void LogInvariant(string runId, string reason);
}
