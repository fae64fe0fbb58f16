using System.Data.Common;
using Boreas.Contracts.Access;
using Boreas.Contracts.Apps;
using Boreas.Server.Access;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Registries;

/// <summary>The SQL of registries. Inside the journal's transaction give its <c>Connection</c>. Names are unique over all projects.</summary>
public static class RegistryQueries
{
    private const string Select = "select name, host, project, plain_http, user_name, password, version, created_at from registries ";

    public static Registry? Find(DbConnection connection, string name) => FindRow(connection, name)?.ToRegistry();

    internal static RegistryRow? FindRow(DbConnection connection, string name) => connection.QueryFirstOrDefault<RegistryRow>(Select + "where name = @name", new { name });

    internal static RegistryRow DemandRow(DbConnection connection, Caller caller, string name, Role role)
    {
        var row = FindRow(connection, name) ?? throw RequestRefusedException.NotFound("registry", name);
        caller.Demand(row.Project, role, "registry", name);
        return row;
    }

    /// <summary>The encrypted password; null when there is none.</summary>
    internal static string? FindPassword(DbConnection connection, string name) => FindRow(connection, name)?.Password;

    internal static async Task<IReadOnlyList<Registry>> ListAsync(DbConnection connection, Caller caller, string? after, int limit) =>
        [.. (await connection.QueryAsync<RegistryRow>(
            Select + "where name > @after and (@SeesAllProjects or project in @VisibleProjects) order by name limit @limit",
            new { after = after ?? "", caller.SeesAllProjects, caller.VisibleProjects, limit })).Select(r => r.ToRegistry())];

    /// <summary>An app that pushes to it; null when none does.</summary>
    internal static string? UsedBy(DbConnection connection, string name) =>
        connection.QueryFirstOrDefault<string>("select id from apps where registry = @name order by id limit 1", new { name });

    internal static void Put(JournalTransaction transaction, RegistryRow row) =>
        transaction.Execute(
            """
            insert into registries (name, host, project, plain_http, user_name, password, version, created_at)
            values (@Name, @Host, @Project, @PlainHttp, @UserName, @Password, @Version, @CreatedAt)
            on conflict (name) do update set host = excluded.host, plain_http = excluded.plain_http, user_name = excluded.user_name, password = excluded.password, version = excluded.version
            """, row);

    internal static void Delete(JournalTransaction transaction, string name) => transaction.Execute("delete from registries where name = @name", new { name });

    internal sealed class RegistryRow
    {
        public string Name { get; set; } = "";

        public string Host { get; set; } = "";

        public string Project { get; set; } = "";

        public bool PlainHttp { get; set; }

        public string? UserName { get; set; }

        public string? Password { get; set; }

        public int Version { get; set; } = 1;

        public DateTimeOffset CreatedAt { get; set; }

        public Registry ToRegistry() => new(Name, Host, Project, PlainHttp, UserName, Password is not null);
    }
}
