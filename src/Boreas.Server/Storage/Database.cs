using System.Data.Common;
using Dapper;

namespace Boreas.Server.Storage;

/// <summary>The database behind a control plane: an SQLite file, or PostgreSQL for several control planes.</summary>
public abstract class Database : IAsyncDisposable
{
    static Database() => DapperTypes.Register();

    /// <summary><c>sqlite</c> or <c>postgres</c>.</summary>
    public abstract string Dialect { get; }

    /// <summary>Whether other processes may write to it, so that their events have to be followed.</summary>
    public abstract bool IsShared { get; }

    /// <summary>A new or pooled connection, open. The caller disposes it.</summary>
    public abstract DbConnection Open();

    /// <summary>The connection of the journal's writer, open.</summary>
    internal virtual DbConnection OpenWriter() => Open();

    public abstract ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// <c>postgres://…</c> or an Npgsql connection string (<c>Host=…</c>) is PostgreSQL; everything else is the path of
    /// an SQLite file.
    /// </summary>
    public static Database Create(string target) =>
        target.StartsWith("postgres", StringComparison.OrdinalIgnoreCase) || target.Contains("Host=", StringComparison.OrdinalIgnoreCase)
            ? new PostgresDatabase(target)
            : new SqliteDatabase(target);

    /// <summary>Begins a transaction that writes, waits for its turn, and reads where the journal is.</summary>
    internal abstract JournalHead BeginWrite(DbConnection connection, TimeProvider time);

    /// <summary>The time by which control planes compare what each of them writes.</summary>
    internal virtual ValueTask<DateTimeOffset> NowAsync(DbConnection connection, TimeProvider time) => ValueTask.FromResult(time.GetUtcNow());

    /// <summary>Sequence of the last recorded event, without waiting for anybody.</summary>
    internal long ReadSequence(DbConnection connection) => connection.QuerySingle<long>("select sequence from journal_head");

    /// <summary>Undoes what was begun; a connection that cannot is closed anyway.</summary>
    internal static void Rollback(DbConnection connection)
    {
        try
        {
            connection.Execute("rollback");
        }
        catch (Exception e) when (e is DbException or InvalidOperationException)
        {
            // The transaction ended with its connection, or was never begun.
        }
    }

    /// <summary>Writes what a batch changed and commits, durably.</summary>
    internal abstract void Commit(DbConnection connection, JournalBatch batch);

    /// <summary>
    /// Commits, and begins the next transaction in the same round trip where that saves one. Null when none was begun:
    /// it would not save anything, another control plane was first, or beginning failed, which undoes no commit.
    /// </summary>
    internal virtual JournalHead? CommitAndBegin(DbConnection connection, JournalBatch batch, TimeProvider time)
    {
        Commit(connection, batch);
        return null;
    }

    /// <summary>Whether <paramref name="exception"/> leaves open if the commit happened.</summary>
    internal abstract bool IsInDoubt(Exception exception);

    public abstract ValueTask DisposeAsync();
}

/// <param name="Sequence">Of the last recorded event.</param>
/// <param name="Now">The database's time: the only clock that decides leases and timers.</param>
internal readonly record struct JournalHead(long Sequence, long RoutesVersion, DateTimeOffset Now);
