using Boreas.Server.Storage;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Boreas.Simulation.World;

/// <summary>A real SQLite database in memory that is brought back to the same beginning for each seed. Belongs to one thread.</summary>
internal sealed class Arena : IAsyncDisposable
{
    private static int _count;

    private readonly SqliteDatabase _template;
    private readonly SqliteConnection _beginning;

    public Arena()
    {
        var number = Interlocked.Increment(ref _count);
        _template = new SqliteDatabase($"memory:simulation-template-{number}");
        Database = new SqliteDatabase($"memory:simulation-{number}");
        Migrations.Apply(_template);
        _beginning = (SqliteConnection)_template.Open();
        _beginning.Execute(Api.Tables);
        foreach (var app in Api.Apps)
        {
            _beginning.Execute(
                """
                insert into apps (id, name, project, owner_id, source, container_port, health_check, replicas, limits, variables, version, created_at, updated_at)
                values (@app, @app, 'default', @owner, '{}', 3000, '{}', 1, '{}', '{}', 1, 0, 0)
                """, new { app, owner = Api.OwnerOf(app) });
        }

        foreach (var environment in Api.Environments)
        {
            _beginning.Execute(
                """
                insert into environments (id, name, project, is_default, require_confirm, node_labels, variables, version, created_at)
                values (@environment, @environment, 'default', @isDefault, false, '[]', '{}', 1, 0)
                """, new { environment, isDefault = environment == Api.Environments[0] });
        }

        Connection = (SqliteConnection)Database.Open();
    }

    public SqliteDatabase Database { get; }

    /// <summary>For looking at what is committed.</summary>
    public SqliteConnection Connection { get; }

    public void Reset() => _beginning.BackupDatabase(Connection);

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await _beginning.DisposeAsync();
        await Database.DisposeAsync();
        await _template.DisposeAsync();
    }
}
