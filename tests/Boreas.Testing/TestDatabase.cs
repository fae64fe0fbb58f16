using Boreas.Server.Storage;
using Npgsql;

namespace Boreas.Testing;

/// <summary>A database of its own for one test: a file for SQLite, a database in the cluster of BOREAS_TEST_POSTGRES for PostgreSQL.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    public const string PostgresVariable = "BOREAS_TEST_POSTGRES";

    private readonly Func<ValueTask> _drop;

    private TestDatabase(string target, Func<ValueTask> drop) => (Target, _drop) = (target, drop);

    /// <summary>What <see cref="Database.Create"/> takes.</summary>
    public string Target { get; }

    public static string? Postgres => Environment.GetEnvironmentVariable(PostgresVariable) is { Length: > 0 } connection ? connection : null;

    public static async Task<TestDatabase> CreateAsync(string dialect)
    {
        var name = "boreas_test_" + Guid.NewGuid().ToString("n")[..12];
        if (dialect == "sqlite")
        {
            var folder = Directory.CreateTempSubdirectory("boreas-test-");
            return new TestDatabase(Path.Combine(folder.FullName, name + ".db"), () =>
            {
                folder.Delete(recursive: true);
                return ValueTask.CompletedTask;
            });
        }

        await ExecuteAsync($"create database {name}");
        return new TestDatabase(new NpgsqlConnectionStringBuilder(Postgres!) { Database = name, MaxPoolSize = 20 }.ToString(), () => ExecuteAsync($"drop database if exists {name} with (force)"));
    }

    public ValueTask DisposeAsync() => _drop();

    private static async ValueTask ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Postgres);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
