using System.Data.Common;
using Boreas.Engine.Runs;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Boreas.Server.Storage;

/// <summary>One file, one process. WAL with <c>synchronous=FULL</c>: what was committed survives a power cut.</summary>
internal sealed class SqliteDatabase : Database
{
    private readonly string _connectionString;
    private readonly SqliteConnection? _keepAlive;

    public SqliteDatabase(string path)
    {
        SqliteLibrary.Initialise();
        var inMemory = path.StartsWith("memory:", StringComparison.Ordinal);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = inMemory ? path[7..] : path,
            Mode = inMemory ? SqliteOpenMode.Memory : SqliteOpenMode.ReadWriteCreate,
            Cache = inMemory ? SqliteCacheMode.Shared : SqliteCacheMode.Private,
            DefaultTimeout = 10,
        }.ToString();
        if (!inMemory) return;
        _keepAlive = new SqliteConnection(_connectionString);
        _keepAlive.Open();
    }

    public override string Dialect => "sqlite";

    public override bool IsShared => false;

    public override DbConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            connection.Execute("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma busy_timeout = 10000");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Open());

    internal override JournalHead BeginWrite(DbConnection connection, TimeProvider time)
    {
        connection.Execute("begin immediate");
        var (sequence, routes) = connection.QuerySingle<(long, long)>("select sequence, routes_version from journal_head");
        return new JournalHead(sequence, routes, DapperTypes.FromMicroseconds(time.GetUtcNow().ToMicroseconds()));
    }

    internal override void Commit(DbConnection connection, JournalBatch batch)
    {
        if (batch.NewRuns.Count > 0) Execute(connection, JournalSql.InsertRun, JournalSql.RunColumns, batch.NewRuns, JournalSql.NewRunValues);
        if (batch.EditedRuns.Count > 0) Execute(connection, JournalSql.DeleteTasks, ["run_id"], batch.EditedRuns, id => [id]);
        if (batch.NewTasks.Count > 0) Execute(connection, JournalSql.InsertTask, JournalSql.TaskColumns, batch.NewTasks, JournalSql.NewTaskValues);
        if (batch.Events.Count > 0) Execute(connection, JournalSql.InsertEvent, JournalSql.EventColumns, batch.Events, JournalSql.EventValues);
        if (batch.ChangedTasks.Count > 0) Execute(connection, JournalSql.UpdateTask, JournalSql.ChangedTaskColumns, batch.ChangedTasks, JournalSql.ChangedTaskValues);
        if (batch.ChangedRuns.Count > 0) Execute(connection, JournalSql.UpdateRun, JournalSql.ChangedRunColumns, batch.ChangedRuns, JournalSql.ChangedRunValues);
        if (batch.Events.Count > 0) connection.Execute("update journal_head set sequence = @sequence", new { sequence = batch.Events[^1].Sequence });
        if (batch.RoutesVersion is { } routes) connection.Execute("update journal_head set routes_version = @routes", new { routes });
        connection.Execute("commit");
    }

    internal override bool IsInDoubt(Exception exception) => false;

    public override ValueTask DisposeAsync()
    {
        _keepAlive?.Dispose();
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }

    private static void Execute<T>(DbConnection connection, string sql, string[] columns, List<T> rows, Func<T, object?[]> values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var column in columns)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@" + column;
            command.Parameters.Add(parameter);
        }

        foreach (var row in rows)
        {
            var data = values(row);
            for (var i = 0; i < data.Length; i++) command.Parameters[i].Value = data[i] ?? DBNull.Value;
            command.ExecuteNonQuery();
        }
    }
}
