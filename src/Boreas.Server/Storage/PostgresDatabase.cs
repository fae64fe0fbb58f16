using System.Data.Common;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Boreas.Server.Storage;

/// <summary>
/// PostgreSQL, shared by any number of control planes. A batch is two round trips: one takes the journal's head row and
/// the time, one writes every row of the batch by arrays and commits. Under load it is one, which commits and takes the
/// row again.
/// </summary>
internal sealed class PostgresDatabase : Database
{
    private const NpgsqlDbType Text = NpgsqlDbType.Text, Int = NpgsqlDbType.Integer, Long = NpgsqlDbType.Bigint, Bool = NpgsqlDbType.Boolean;

    private const string Clock = "(extract(epoch from clock_timestamp()) * 1000000)::bigint";
    private const string SelectHead = $"select sequence, routes_version, {Clock} from journal_head where one = 1 for update";

    private static readonly NpgsqlDbType[] ChangedRunTypes = [Text, Int, Bool, Bool, Int, Int, Int, Text, Long, Long, Long];
    private static readonly NpgsqlDbType[] RunTypes = [.. ChangedRunTypes, Text, Text, Long];
    private static readonly NpgsqlDbType[] TaskTypes = [Text, Int, Text, Text, Text, Int, Text, Text, Int, Text, Int, Int, Bool, Long, Int, Int, Long];
    private static readonly NpgsqlDbType[] ChangedTaskTypes = [Text, Int, Int, Int, Text, Text, Text, Text, Long, Text, Long, Long, Long, Long];
    private static readonly NpgsqlDbType[] EventTypes = [Long, Text, Int, Text, Long, Text];

    private static readonly string InsertRuns = InsertFrom("runs", JournalSql.RunColumns, RunTypes);
    private static readonly string InsertTasks = InsertFrom("tasks", JournalSql.TaskColumns, TaskTypes);
    private static readonly string InsertEvents = InsertFrom("events", JournalSql.EventColumns, EventTypes);
    private static readonly string UpdateRuns = UpdateFrom("runs", JournalSql.ChangedRunColumns, 1, ChangedRunTypes);
    private static readonly string UpdateTasks = UpdateFrom("tasks", JournalSql.ChangedTaskColumns, 2, ChangedTaskTypes);

    private readonly NpgsqlDataSource _source;

    public PostgresDatabase(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(FromUrl(connectionString)) { MaxAutoPrepare = 50, AutoPrepareMinUsages = 2, IncludeErrorDetail = false, IncludeFailedBatchedCommand = true };
        _source = NpgsqlDataSource.Create(builder);
    }

    public override string Dialect => "postgres";

    public override bool IsShared => true;

    public override DbConnection Open() => _source.OpenConnection();

    /// <remarks>
    /// The writer looks rows up by their keys, and its statements are planned once (planning the update of ten tasks takes
    /// as long as doing it). A plan that was made while a table was small must not read the whole of it when it has grown. (Where a scan is all there is, its cost on paper would
    /// call for the just-in-time compiler, which takes longer than any statement here.)
    /// </remarks>
    internal override DbConnection OpenWriter()
    {
        var connection = _source.OpenConnection();
        try
        {
            using var command = new NpgsqlCommand("set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off; set plan_cache_mode = force_generic_plan", connection);
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override async ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken) => await _source.OpenConnectionAsync(cancellationToken);

    internal override async ValueTask<DateTimeOffset> NowAsync(DbConnection connection, TimeProvider time) =>
        DapperTypes.FromMicroseconds(await connection.QuerySingleAsync<long>($"select {Clock}"));

    internal override JournalHead BeginWrite(DbConnection connection, TimeProvider time)
    {
        using var batch = new NpgsqlBatch((NpgsqlConnection)connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("begin"),
                new NpgsqlBatchCommand(SelectHead),
            },
        };
        using var reader = batch.ExecuteReader();
        return ReadHead(reader) ?? throw new InvalidOperationException("The journal's head row is missing: the database was not set up by Boreas, or was damaged.");
    }

    internal override void Commit(DbConnection connection, JournalBatch batch)
    {
        using var commands = Writes(connection, batch);
        commands.ExecuteNonQuery();
    }

    /// <remarks>Does not wait for the head row: who waits inside the round trip that commits keeps everybody from their answers.</remarks>
    internal override JournalHead? CommitAndBegin(DbConnection connection, JournalBatch batch, TimeProvider time)
    {
        using var commands = Writes(connection, batch);
        NpgsqlBatchCommand begin = new("begin"), select = new(SelectHead + " skip locked");
        commands.BatchCommands.Add(begin);
        commands.BatchCommands.Add(select);
        try
        {
            using var reader = commands.ExecuteReader();
            if (ReadHead(reader) is { } head) return head;
        }
        catch (PostgresException e) when (e.BatchCommand == begin || e.BatchCommand == select)
        {
            // The commit was before it.
        }

        Rollback(connection);
        return null;
    }

    private static JournalHead? ReadHead(NpgsqlDataReader reader) =>
        reader.Read() ? new JournalHead(reader.GetInt64(0), reader.GetInt64(1), DapperTypes.FromMicroseconds(reader.GetInt64(2))) : null;

    /// <summary>The statements that write a batch, and the commit.</summary>
    private static NpgsqlBatch Writes(DbConnection connection, JournalBatch batch)
    {
        var commands = new NpgsqlBatch((NpgsqlConnection)connection);
        if (batch.NewRuns.Count > 0) commands.BatchCommands.Add(ArrayCommand(InsertRuns, batch.NewRuns, JournalSql.NewRunValues, RunTypes));
        if (batch.EditedRuns.Count > 0) commands.BatchCommands.Add(ArrayCommand("delete from tasks where run_id = any($1)", batch.EditedRuns, id => [id], [Text]));
        if (batch.NewTasks.Count > 0) commands.BatchCommands.Add(ArrayCommand(InsertTasks, batch.NewTasks, JournalSql.NewTaskValues, TaskTypes));
        if (batch.Events.Count > 0) commands.BatchCommands.Add(ArrayCommand(InsertEvents, batch.Events, JournalSql.EventValues, EventTypes));
        if (batch.ChangedTasks.Count > 0) commands.BatchCommands.Add(ArrayCommand(UpdateTasks, batch.ChangedTasks, JournalSql.ChangedTaskValues, ChangedTaskTypes));
        if (batch.ChangedRuns.Count > 0) commands.BatchCommands.Add(ArrayCommand(UpdateRuns, batch.ChangedRuns, JournalSql.ChangedRunValues, ChangedRunTypes));
        if (batch.Events.Count > 0)
            commands.BatchCommands.Add(new NpgsqlBatchCommand("update journal_head set sequence = $1 where one = 1") { Parameters = { new() { Value = batch.Events[^1].Sequence } } });
        if (batch.RoutesVersion is { } routes)
            commands.BatchCommands.Add(new NpgsqlBatchCommand("update journal_head set routes_version = $1 where one = 1") { Parameters = { new() { Value = routes } } });
        commands.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        return commands;
    }

    /// <remarks>An error that the server itself reported means that it did not commit; silence means anything.</remarks>
    internal override bool IsInDoubt(Exception exception) => exception is not PostgresException;

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    private static NpgsqlBatchCommand ArrayCommand<T>(string sql, List<T> rows, Func<T, object?[]> values, NpgsqlDbType[] types)
    {
        var data = rows.ConvertAll(row => values(row));
        var command = new NpgsqlBatchCommand(sql);
        for (var column = 0; column < types.Length; column++)
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | types[column], Value = Column(data, column, types[column]) });
        }

        return command;
    }

    private static object Column(List<object?[]> data, int column, NpgsqlDbType type) => type switch
    {
        NpgsqlDbType.Bigint => data.ConvertAll(row => (long?)row[column]),
        NpgsqlDbType.Integer => data.ConvertAll(row => (int)row[column]!),
        NpgsqlDbType.Boolean => data.ConvertAll(row => (bool)row[column]!),
        _ => data.ConvertAll(row => (string?)row[column]),
    };

    private static string InsertFrom(string table, string[] columns, NpgsqlDbType[] types) =>
        $"insert into {table} ({string.Join(", ", columns)}) select * from unnest({Arrays(types)})";

    /// <summary>Updates rows that are found by their first <paramref name="keys"/> columns.</summary>
    private static string UpdateFrom(string table, string[] columns, int keys, NpgsqlDbType[] types) =>
        $"""
        update {table} t set {string.Join(", ", columns[keys..].Select(c => $"{c} = u.{c}"))}
        from unnest({Arrays(types)}) as u({string.Join(", ", columns)})
        where {string.Join(" and ", columns[..keys].Select(c => $"t.{c} = u.{c}"))}
        """;

    private static string Arrays(NpgsqlDbType[] types) => string.Join(", ", types.Select((t, i) => $"${i + 1}::{t.ToString().ToLowerInvariant()}[]"));

    private static string FromUrl(string target)
    {
        if (!Uri.TryCreate(target, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgres" or "postgresql")) return target;
        var user = uri.UserInfo.Split(':', 2);
        return new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.Port > 0 ? uri.Port : 5432,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
        }.ToString();
    }
}
