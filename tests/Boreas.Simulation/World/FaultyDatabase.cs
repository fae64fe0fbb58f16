using System.Data.Common;
using Boreas.Server.Storage;

namespace Boreas.Simulation.World;

/// <summary>Where the next fault strikes.</summary>
internal enum Fault
{
    None,

    /// <summary>The process dies before its transaction began.</summary>
    CrashBeforeBegin,

    /// <summary>The process dies while its transaction is open: SQLite undoes it.</summary>
    CrashInTransaction,

    /// <summary>The process dies with the whole batch written and not committed.</summary>
    CrashBeforeCommit,

    /// <summary>The process dies with the batch committed and nobody answered.</summary>
    CrashAfterCommit,

    /// <summary>The database refuses to begin; the process lives.</summary>
    RefuseBegin,

    /// <summary>The database refuses the batch; the process lives.</summary>
    RefuseCommit,

    /// <summary>The connection breaks during the commit, which did happen.</summary>
    DoubtAfterCommit,

    /// <summary>The connection breaks during the commit, which did not happen.</summary>
    DoubtBeforeCommit,
}

/// <summary>A real SQLite database that one control plane uses, and that fails when it is told to.</summary>
internal class FaultyDatabase(Database inner) : Database
{
    private readonly List<DbConnection> _open = [];
    private bool _dead;

    public Fault Next { get; set; }

    public sealed override string Dialect => inner.Dialect;

    public sealed override bool IsShared => false;

    /// <summary>The process that used it is gone, and its connections with it.</summary>
    public void Die()
    {
        _dead = true;
        foreach (var connection in _open.Where(c => c.State == System.Data.ConnectionState.Open))
        {
            Rollback(connection);
            connection.Dispose();
        }

        _open.Clear();
    }

    public bool IsDead => _dead;

    public sealed override DbConnection Open()
    {
        ThrowIfDead();
        var connection = inner.Open();
        _open.Add(connection);
        return connection;
    }

    /// <summary>For readers beside the journal.</summary>
    public sealed override ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    internal override JournalHead BeginWrite(DbConnection connection, TimeProvider time)
    {
        Strike(Fault.CrashBeforeBegin, Fault.RefuseBegin);
        var head = inner.BeginWrite(connection, time);
        Strike(Fault.CrashInTransaction);
        return head;
    }

    internal override void Commit(DbConnection connection, JournalBatch batch)
    {
        Strike(Fault.CrashBeforeCommit, Fault.RefuseCommit, Fault.DoubtBeforeCommit);
        inner.Commit(connection, batch);
        Strike(Fault.CrashAfterCommit, Fault.DoubtAfterCommit);
    }

    internal sealed override JournalHead? CommitAndBegin(DbConnection connection, JournalBatch batch, TimeProvider time)
    {
        Commit(connection, batch);
        try
        {
            return BeginWrite(connection, time);
        }
        catch (FaultException)
        {
            Rollback(connection);
            return null;
        }
    }

    internal sealed override bool IsInDoubt(Exception exception) => exception is FaultException { InDoubt: true };

    public sealed override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Strike(params ReadOnlySpan<Fault> here)
    {
        ThrowIfDead();
        if (Next == Fault.None || !here.Contains(Next)) return;
        var fault = Next;
        Next = Fault.None;
        _dead = fault is Fault.CrashBeforeBegin or Fault.CrashInTransaction or Fault.CrashBeforeCommit or Fault.CrashAfterCommit;
        throw new FaultException(fault.ToString(), fault is Fault.DoubtAfterCommit or Fault.DoubtBeforeCommit);
    }

    private void ThrowIfDead()
    {
        if (_dead) throw new FaultException("the process is dead", inDoubt: false);
    }
}

internal sealed class FaultException(string message, bool inDoubt) : Exception(message)
{
    public bool InDoubt { get; } = inDoubt;
}
