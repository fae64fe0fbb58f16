using System.Data.Common;
using Boreas.Server.Storage;
using Boreas.Simulation.World;
using Dapper;

namespace Boreas.Simulation.Mutants;

/// <summary>Says that it committed, and did not.</summary>
internal sealed class LosesCommits(Database inner, Dice dice) : FaultyDatabase(inner)
{
    internal override void Commit(DbConnection connection, JournalBatch batch)
    {
        if (batch.Events.Count > 0 && dice.OneIn(10)) Rollback(connection);
        else base.Commit(connection, batch);
    }
}

/// <summary>Writes all events of a batch but the last.</summary>
internal sealed class DropsAnEvent(Database inner, Dice dice) : FaultyDatabase(inner)
{
    internal override void Commit(DbConnection connection, JournalBatch batch)
    {
        if (batch.Events.Count > 1 && dice.OneIn(10)) batch.Events.RemoveAt(batch.Events.Count - 1);
        base.Commit(connection, batch);
    }
}

/// <summary>Writes what happened to tasks into the journal, and not into the table that people read.</summary>
internal sealed class ForgetsTheReadModel(Database inner, Dice dice) : FaultyDatabase(inner)
{
    internal override void Commit(DbConnection connection, JournalBatch batch)
    {
        if (dice.OneIn(5)) batch.ChangedTasks.Clear();
        base.Commit(connection, batch);
    }
}

/// <summary>Lets go of every app while its deployment is still active.</summary>
internal sealed class ReleasesLocksEarly(Database inner) : FaultyDatabase(inner)
{
    internal override void Commit(DbConnection connection, JournalBatch batch)
    {
        base.Commit(connection, batch);
        connection.Execute("delete from app_locks");
    }
}

/// <summary>Never lets go of an app.</summary>
internal sealed class KeepsLocks(Database inner) : FaultyDatabase(inner)
{
    private List<(string App, string Environment, string Run)> _held = [];

    internal override JournalHead BeginWrite(DbConnection connection, TimeProvider time)
    {
        var head = base.BeginWrite(connection, time);
        _held = [.. connection.Query<(string, string, string)>("select app_id, environment_id, run_id from app_locks")];
        return head;
    }

    internal override void Commit(DbConnection connection, JournalBatch batch)
    {
        foreach (var (app, environment, run) in _held)
            connection.Execute("insert into app_locks (app_id, environment_id, run_id) values (@app, @environment, @run) on conflict (app_id, environment_id) do nothing", new { app, environment, run });
        base.Commit(connection, batch);
    }
}

/// <summary>Is ahead of its time by a lease, now and then.</summary>
internal sealed class ClockAhead(Database inner, Dice dice) : FaultyDatabase(inner)
{
    internal override JournalHead BeginWrite(DbConnection connection, TimeProvider time)
    {
        var head = base.BeginWrite(connection, time);
        return dice.OneIn(6) ? head with { Now = head.Now.AddSeconds(Api.LeaseSeconds) } : head;
    }
}
