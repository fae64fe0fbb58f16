using System.Data.Common;
using System.Security.Cryptography;
using Boreas.Engine.Runs;
using Boreas.Server.Jobs;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Boreas.Server.Storage;

/// <summary>
/// The runs that are active, in memory, and what the present transaction changed in them. It is a cache of the events:
/// whenever a transaction is undone, all of it is thrown away and read again. Belongs to the journal's writer.
/// </summary>
internal sealed partial class JournalState(JobQueue jobs, LeaseTable leases, JournalOptions options, ILogger logger)
{
    private readonly Dictionary<string, ActiveRun> _runs = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, DateTimeOffset> _due = new();
    private readonly Dictionary<(string, int), ChangedTask> _changed = [];
    private readonly HashSet<ActiveRun> _changedRuns = [];
    private readonly List<(Run Run, RunTask Task)> _offered = [];

    /// <summary>Runs that were over when they were loaded.</summary>
    private readonly List<ActiveRun> _visitors = [];
    private JournalBatch _batch = new();

    public LeaseTable Leases => leases;

    public Func<int, int> Chance { get; } = options.Chance ?? RandomNumberGenerator.GetInt32;

    /// <summary>Sequence of the last event that is in this state.</summary>
    public long Sequence { get; private set; }

    public IReadOnlyCollection<ActiveRun> Runs => _runs.Values;

    /// <summary>Runs that the present transaction changed and that are over.</summary>
    public IEnumerable<string> Ended => _changedRuns.Where(a => a.Run.IsOver).Select(a => a.Id);

    public DateTimeOffset? NextDue => _due.TryPeek(out _, out var due) ? due : null;

    public ActiveRun? Find(string runId, DbConnection connection)
    {
        if (_runs.TryGetValue(runId, out var active)) return active;
        var row = connection.QueryFirstOrDefault<RunRow>("select id, project, broken from runs where id = @runId", new { runId });
        if (row is null || row.Broken is not null) return null;
        active = Load(row.Id, row.Project, connection);
        if (active is null) return null;
        _runs.Add(runId, active);
        if (active.Run.IsOver) _visitors.Add(active);
        return active;
    }

    public void Add(Run run, string project, RunCreated created)
    {
        var active = new ActiveRun(run, project);
        _runs.Add(active.Id, active);
        _batch.NewRuns.Add(active);
        Record(active, created);
        Absorb(active, null);
    }

    public Refusal? Handle(ActiveRun active, RunCommand command, JournalTransaction transaction)
    {
        IReadOnlyList<RunEvent> events;
        Refusal? refusal;
        try
        {
            events = active.Run.Handle(command, transaction.Now, out refusal);
        }
        catch (RunInvariantException e)
        {
            throw new RunBrokenException(active.Id, e);
        }

        if (events.Count == 0) return refusal;
        transaction.HasWritten = true;
        foreach (var happened in events) Record(active, happened);
        Absorb(active, transaction.Now.AddSeconds(options.LeaseSeconds));
        return refusal;
    }

    /// <summary>The tasks that became claimable since the last call, of runs that have a gate.</summary>
    public IReadOnlyList<(Run Run, RunTask Task)> TakeOffered()
    {
        (Run, RunTask)[] offered = [.. _offered];
        _offered.Clear();
        return offered;
    }

    /// <summary>Acts on every run whose time has come, and on every lease that has ended.</summary>
    public void ActOnTime(JournalTransaction transaction)
    {
        while (_due.TryPeek(out var id, out var due) && due <= transaction.Now)
        {
            _due.Dequeue();
            if (_runs.TryGetValue(id, out var active) && active.Run.NextDue <= transaction.Now) Handle(active, new Tick(), transaction);
        }

        foreach (var (runId, index, epoch) in leases.TakeDue(transaction.Now).ToList())
        {
            if (!_runs.TryGetValue(runId, out var active) || index >= active.Run.Tasks.Count) continue;
            var task = active.Run.Tasks[index];
            if (task.Status != RunTaskStatus.Running || task.Epoch != epoch) continue;
            var until = transaction.QueryFirstOrDefault<long?>("select lease_expires_at from tasks where run_id = @runId and position = @index", new { runId, index });
            if (until is { } stored && DapperTypes.FromMicroseconds(stored) is var later && later > transaction.Now) leases.Extend(runId, task, later);
            else Handle(active, new LoseTask(task.Spec.Id, epoch), transaction);
        }
    }

    /// <summary>What the transaction has to write; the state counts it as written.</summary>
    public JournalBatch TakeBatch()
    {
        var batch = _batch;
        batch.ChangedTasks.AddRange(_changed.Values);
        foreach (var active in _changedRuns)
        {
            if (!batch.NewRuns.Contains(active)) batch.ChangedRuns.Add(active);
            if (active.Run.NextDue is { } due) _due.Enqueue(active.Id, due);
        }

        _batch = new JournalBatch();
        _changed.Clear();
        _changedRuns.Clear();
        return batch;
    }

    /// <summary>Runs that ended in this batch, and those that were over when somebody asked for them, leave the memory.</summary>
    public void Forget(JournalBatch batch)
    {
        foreach (var active in batch.ChangedRuns.Concat(batch.NewRuns).Concat(_visitors).Where(a => a.Run.IsOver)) _runs.Remove(active.Id);
        _visitors.Clear();
    }

    /// <summary>Brings in what other control planes have recorded since.</summary>
    public IReadOnlyList<RecordedEvent> CatchUp(DbConnection connection, long sequence)
    {
        var missed = connection.Query<EventRow>("select sequence, stream, version, name, at, data from events where sequence > @Sequence order by sequence", new { Sequence }).Select(r => r.ToEvent()).ToList();
        foreach (var group in missed.GroupBy(e => e.Stream))
        {
            if (!_runs.TryGetValue(group.Key, out var active))
            {
                active = Find(group.Key, connection);
                if (active is not null) Absorb(active, null);
                if (active?.Run.IsOver == true) _runs.Remove(active.Id);
                continue;
            }

            foreach (var e in group.Where(e => e.Version > active.Run.Version)) active.Run.Apply(RunEventJson.Read(e.Name, e.Data));
            (active.StoredTasks, active.StoredGraph, active.RecordedVersion) = (active.Run.Tasks.Count, active.Run.GraphVersion, active.Run.Version);
            Absorb(active, null);
            if (active.Run.IsOver) _runs.Remove(active.Id);
        }

        _changed.Clear();
        foreach (var active in _changedRuns)
        {
            if (active.Run.NextDue is { } due) _due.Enqueue(active.Id, due);
        }

        _changedRuns.Clear();
        _batch = new JournalBatch();
        Sequence = sequence;
        return missed;
    }

    /// <summary>Throws everything away and reads the active runs again. Runs that cannot be read are set aside with their error.</summary>
    /// <param name="leaseUntil">Running tasks are given at least until then: their runners may be alive while this process was not.</param>
    public void Reload(DbConnection connection, long sequence, DateTimeOffset leaseUntil)
    {
        _runs.Clear();
        _visitors.Clear();
        _offered.Clear();
        _due.Clear();
        _changed.Clear();
        _changedRuns.Clear();
        _batch = new JournalBatch();
        jobs.Clear();
        leases.Clear();
        Sequence = sequence;
        foreach (var row in connection.Query<RunRow>("select id, project, broken from runs where active and broken is null order by created_at, id").ToList())
        {
            if (Load(row.Id, row.Project, connection) is not { } active) continue;
            _runs.Add(row.Id, active);
            Absorb(active, leaseUntil);
            if (active.Run.NextDue is { } due) _due.Enqueue(active.Id, due);
        }

        _changed.Clear();
        _changedRuns.Clear();
    }

    private ActiveRun? Load(string runId, string project, DbConnection connection)
    {
        try
        {
            var events = connection.Query<EventRow>("select sequence, stream, version, name, at, data from events where stream = @runId order by version", new { runId });
            var run = Run.Replay(events.Select(e => RunEventJson.Read(e.Name, e.Data)));
            return new ActiveRun(run, project) { StoredTasks = run.Tasks.Count, RecordedVersion = run.Version };
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or RunInvariantException or InvalidOperationException)
        {
            LogQuarantined(runId, e.Message);
            connection.Execute("update runs set broken = @Message where id = @runId", new { e.Message, runId });
            return null;
        }
    }

    private void Record(ActiveRun active, RunEvent happened)
    {
        _batch.Events.Add(new RecordedEvent(++Sequence, active.Id, ++active.RecordedVersion, RunEventJson.NameOf(happened), happened.At, RunEventJson.Write(happened)));
    }

    /// <summary>Carries what events touched to the read models, the job queue and the leases.</summary>
    private void Absorb(ActiveRun active, DateTimeOffset? leaseUntil)
    {
        var run = active.Run;
        if (active.StoredGraph != run.GraphVersion) Rewrite(active);
        foreach (var task in run.TakeTouched())
        {
            if (task.Index >= active.StoredTasks) _batch.NewTasks.Add((run, task));
            if (run.CouldBeClaimed(task)) Offer(run, task);
            if (task.Status == RunTaskStatus.Running && leaseUntil is { } until) leases.Extend(active.Id, task, leases.UntilOf(active.Id, task) ?? until);
            else if (task.Status != RunTaskStatus.Running) leases.Forget(active.Id, task);
            _changed[(active.Id, task.Index)] = new ChangedTask(active.Id, task, leases.UntilOf(active.Id, task));
        }

        active.StoredTasks = run.Tasks.Count;
        _changedRuns.Add(active);
    }

    /// <summary>An edit gives tasks other places, and a row is found by its place: what was known of the old ones is of no use.</summary>
    private void Rewrite(ActiveRun active)
    {
        _batch.NewTasks.RemoveAll(row => row.Run == active.Run);
        foreach (var key in _changed.Keys.Where(key => key.Item1 == active.Id).ToList()) _changed.Remove(key);
        if (active.StoredTasks > 0 && !_batch.EditedRuns.Contains(active.Id)) _batch.EditedRuns.Add(active.Id);
        (active.StoredTasks, active.StoredGraph) = (0, active.Run.GraphVersion);
    }

    private void Offer(Run run, RunTask task)
    {
        jobs.Offer(run, task);
        if (run.Header.Gate is not null && task.Hold is null) _offered.Add((run, task));
    }

    [LoggerMessage(LogLevel.Error, "Run {RunId} was set aside, because it cannot be read: {Reason}")]
    private partial void LogQuarantined(string runId, string reason);

    private sealed class RunRow
    {
        public string Id { get; init; } = "";

        public string Project { get; init; } = "";

        public string? Broken { get; init; }
    }
}
