using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace Boreas.Server.Storage;

/// <summary>
/// PostgreSQL, shared by any number of control planes. A batch is two round trips: one takes the journal's head row and
/// the time, one writes every row of the batch by arrays and commits.
/// </summary>
internal sealed class PostgresDatabase : Database
{
    private static readonly string InsertEvents = InsertFrom("events", JournalSql.EventColumns, ["bigint", "text", "integer", "text", "bigint", "text"]);

    private static readonly string InsertTasks = InsertFrom("tasks", JournalSql.TaskColumns,
        ["text", "integer", "text", "text", "text", "integer", "text", "text", "integer", "text", "integer", "integer", "boolean", "bigint", "integer", "integer", "bigint"]);

    private static readonly string[] ChangedTaskTypes =
        ["text", "integer", "integer", "integer", "text", "text", "text", "text", "bigint", "bigint", "bigint", "bigint", "bigint"];

    private static readonly string UpdateTasks =
        $"""
        update tasks t set {string.Join(", ", JournalSql.ChangedTaskColumns[2..].Select(c => $"{c} = u.{c}"))}
        from unnest({Arrays(ChangedTaskTypes)}) as u({string.Join(", ", JournalSql.ChangedTaskColumns)})
        where t.run_id = u.run_id and t.position = u.position
        """;

    private readonly NpgsqlDataSource _source;

    public PostgresDatabase(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(FromUrl(connectionString)) { MaxAutoPrepare = 50, AutoPrepareMinUsages = 2, IncludeErrorDetail = false };
        _source = NpgsqlDataSource.Create(builder);
    }

    public override string Dialect => "postgres";

    public override bool IsShared => true;

    public override DbConnection Open() => _source.OpenConnection();

    public override async ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken) => await _source.OpenConnectionAsync(cancellationToken);

    internal override JournalHead BeginWrite(DbConnection connection, TimeProvider time)
    {
        using var batch = new NpgsqlBatch((NpgsqlConnection)connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("begin"),
                new NpgsqlBatchCommand("select sequence, routes_version, (extract(epoch from clock_timestamp()) * 1000000)::bigint from journal_head for update"),
            },
        };
        using var reader = batch.ExecuteReader();
        if (!reader.Read()) throw new InvalidOperationException("The journal's head row is missing: the database was not set up by Boreas, or was damaged.");
        return new JournalHead(reader.GetInt64(0), reader.GetInt64(1), DapperTypes.FromMicroseconds(reader.GetInt64(2)));
    }

    internal override void Commit(DbConnection connection, JournalBatch batch)
    {
        using var commands = new NpgsqlBatch((NpgsqlConnection)connection);
        foreach (var run in batch.NewRuns) commands.BatchCommands.Add(RunCommand(JournalSql.InsertRun, run));
        if (batch.NewTasks.Count > 0) commands.BatchCommands.Add(ArrayCommand(InsertTasks, batch.NewTasks, JournalSql.NewTaskValues, TaskTypes));
        if (batch.Events.Count > 0) commands.BatchCommands.Add(ArrayCommand(InsertEvents, batch.Events, JournalSql.EventValues, EventTypes));
        if (batch.ChangedTasks.Count > 0) commands.BatchCommands.Add(ArrayCommand(UpdateTasks, batch.ChangedTasks, JournalSql.ChangedTaskValues, ChangedTypes));
        foreach (var run in batch.ChangedRuns) commands.BatchCommands.Add(RunCommand(JournalSql.UpdateRun, run));
        if (batch.Events.Count > 0)
            commands.BatchCommands.Add(new NpgsqlBatchCommand("update journal_head set sequence = $1") { Parameters = { new() { Value = batch.Events[^1].Sequence } } });
        if (batch.RoutesVersion is { } routes)
            commands.BatchCommands.Add(new NpgsqlBatchCommand("update journal_head set routes_version = $1") { Parameters = { new() { Value = routes } } });
        commands.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        commands.ExecuteNonQuery();
    }

    /// <remarks>An error that the server itself reported means that it did not commit; silence means anything.</remarks>
    internal override bool IsInDoubt(Exception exception) => exception is not PostgresException;

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    private static readonly NpgsqlDbType[] EventTypes = [NpgsqlDbType.Bigint, NpgsqlDbType.Text, NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Text];

    private static readonly NpgsqlDbType[] TaskTypes =
    [
        NpgsqlDbType.Text, NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Text,
        NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.Boolean, NpgsqlDbType.Bigint, NpgsqlDbType.Integer,
        NpgsqlDbType.Integer, NpgsqlDbType.Bigint,
    ];

    private static readonly NpgsqlDbType[] ChangedTypes =
    [
        NpgsqlDbType.Text, NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text,
        NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint, NpgsqlDbType.Bigint,
    ];

    private static NpgsqlBatchCommand RunCommand(string sql, ActiveRun run)
    {
        var row = JournalSql.RunRow(run);
        var command = new NpgsqlBatchCommand();
        foreach (var property in row.GetType().GetProperties())
        {
            var name = "@" + property.Name;
            if (!sql.Contains(name, StringComparison.Ordinal)) continue;
            command.Parameters.Add(new NpgsqlParameter { Value = property.GetValue(row) ?? DBNull.Value, NpgsqlDbType = TypeOf(property.PropertyType) });
            sql = System.Text.RegularExpressions.Regex.Replace(sql, name + @"\b", "$$" + command.Parameters.Count);
        }

        command.CommandText = sql;
        return command;
    }

    private static NpgsqlDbType TypeOf(Type type) =>
        type == typeof(string) ? NpgsqlDbType.Text
        : type == typeof(bool) ? NpgsqlDbType.Boolean
        : type == typeof(int) ? NpgsqlDbType.Integer
        : NpgsqlDbType.Bigint;

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

    private static string InsertFrom(string table, string[] columns, string[] types) =>
        $"insert into {table} ({string.Join(", ", columns)}) select * from unnest({Arrays(types)})";

    private static string Arrays(string[] types) => string.Join(", ", types.Select((t, i) => $"${i + 1}::{t}[]"));

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
