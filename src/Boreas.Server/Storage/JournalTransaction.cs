using System.Data.Common;
using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;
using Dapper;

namespace Boreas.Server.Storage;

/// <summary>
/// What a command sees inside the journal's transaction. Everything it does becomes durable together, or not at all.
/// A command may be run a second time after the first was undone, so it has no effect but through this.
/// </summary>
public sealed class JournalTransaction
{
    private readonly JournalState _state;

    internal JournalTransaction(JournalState state, DbConnection connection, JournalHead head)
    {
        _state = state;
        Connection = connection;
        Now = head.Now;
        RoutesVersion = head.RoutesVersion;
    }

    /// <summary>The database's time.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>For reading; changes go through <see cref="Execute"/>.</summary>
    public DbConnection Connection { get; }

    /// <summary>Version of the route table, with this transaction's changes.</summary>
    public long RoutesVersion { get; private set; }

    internal bool HasWritten { get; set; }

    internal bool RoutesChanged { get; private set; }

    public IEnumerable<T> Query<T>(string sql, object? args = null) => Connection.Query<T>(sql, args);

    public T? QueryFirstOrDefault<T>(string sql, object? args = null) => Connection.QueryFirstOrDefault<T>(sql, args);

    public int Execute(string sql, object? args = null)
    {
        HasWritten = true;
        return Connection.Execute(sql, args);
    }

    /// <summary>An id that nobody has had yet.</summary>
    internal string NewId(string prefix) => Deployments.NewId.For(prefix, Now, _state.Chance);

    /// <summary>Every run that is not over.</summary>
    internal IEnumerable<Run> ActiveRuns => _state.Runs.Select(a => a.Run).Where(r => !r.IsOver);

    /// <summary>The run with this id, or null. A run that is over is read from its events and not kept.</summary>
    public Run? Find(string runId) => _state.Find(runId, Connection)?.Run;

    /// <summary>Creates a run, or says what is wrong with its graph.</summary>
    public Run? Create(RunCreated created, string project, out IReadOnlyList<GraphProblem> problems)
    {
        if (Run.Create(created, out problems) is not { } run) return null;
        HasWritten = true;
        _state.Add(run, project, created);
        return run;
    }

    /// <summary>Decides a command on a run and records what follows, or gives the refusal.</summary>
    public Refusal? Handle(string runId, RunCommand command)
    {
        if (_state.Find(runId, Connection) is not { } active) return new Refusal(Refusal.NotFound, $"There is no run '{runId}'.");
        return _state.Handle(active, command, this);
    }

    /// <summary>Keeps the lease of a running task until <paramref name="until"/>.</summary>
    public void ExtendLease(string runId, RunTask task, DateTimeOffset until)
    {
        Execute("update tasks set lease_expires_at = @until where run_id = @runId and position = @Index and status = @running",
            new { until, runId, task.Index, running = (int)RunTaskStatus.Running });
        _state.Leases.Extend(runId, task, until);
    }

    /// <summary>Raises the route table's version; gateways are given the table once the transaction is durable.</summary>
    public long ChangeRoutes()
    {
        if (RoutesChanged) return RoutesVersion;
        (HasWritten, RoutesChanged) = (true, true);
        return ++RoutesVersion;
    }
}
