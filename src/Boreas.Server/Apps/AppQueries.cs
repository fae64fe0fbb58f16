using System.Data.Common;
using Boreas.Contracts.Access;
using Boreas.Contracts.Apps;
using Boreas.Server.Access;
using Boreas.Server.Problems;
using Boreas.Server.Images;
using Boreas.Server.Secrets;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Apps;

/// <summary>The SQL of apps. Inside the journal's transaction give its <c>Connection</c>; the endpoints of an app are filled by the API only.</summary>
public static class AppQueries
{
    private const string Select =
        """
        select a.id, a.name, a.project, a.owner_id, u.name as owner_name, a.source, a.image_repository, a.registry, a.container_port, a.health_check, a.replicas,
            a.limits, a.variables, a.sticky_sessions, a.version, a.created_at, a.updated_at
        from apps a left join users u on u.id = a.owner_id
        """;

    /// <summary>The app, for code that has no caller or has asked for the right already; null when there is none.</summary>
    public static App? Find(DbConnection connection, string id) =>
        FindRow(connection, id) is { } row ? row.ToApp(SecretNames(connection, [id])[id].ToList(), []) : null;

    /// <summary>The app's owner, whose quota it counts against; null when there is no such app.</summary>
    public static string? OwnerId(DbConnection connection, string id) => FindRow(connection, id)?.OwnerId;

    /// <summary>The app, when the caller has <paramref name="role"/> in its project.</summary>
    /// <exception cref="RequestRefusedException">404 when there is none or the caller may not see it, 403 when the role is too low.</exception>
    public static App Demand(DbConnection connection, Caller caller, string id, Role role)
    {
        var row = DemandRow(connection, caller, id, role);
        return row.ToApp(SecretNames(connection, [id])[id].ToList(), []);
    }

    /// <summary>Apps of the projects that the caller sees, by id.</summary>
    /// <param name="search">Part of the id or name; null for all.</param>
    /// <param name="after">Id after which the page begins.</param>
    public static async Task<IReadOnlyList<App>> ListAsync(DbConnection connection, Caller caller, string? search, string? project, string? after, int limit)
    {
        var rows = (await connection.QueryAsync<AppRow>(
            Select +
            """
             where a.id > @after and (@SeesAllProjects or a.project in @VisibleProjects) and (@anyProject or a.project = @project)
                and (@all or lower(a.id) like @pattern escape '!' or lower(a.name) like @pattern escape '!')
            order by a.id limit @limit
            """,
            new
            {
                after = after ?? "",
                caller.SeesAllProjects,
                caller.VisibleProjects,
                anyProject = project is null,
                project = project ?? "",
                all = search is null,
                pattern = "%" + Escaped(search ?? "") + "%",
                limit,
            })).ToList();
        var secrets = SecretNames(connection, rows.Select(r => r.Id));
        return [.. rows.Select(r => r.ToApp(secrets[r.Id].ToList(), []))];
    }

    internal static AppRow? FindRow(DbConnection connection, string id) => connection.QueryFirstOrDefault<AppRow>(Select + " where a.id = @id", new { id });

    internal static AppRow DemandRow(DbConnection connection, Caller caller, string id, Role role)
    {
        var row = FindRow(connection, id) ?? throw RequestRefusedException.NotFound("app", id);
        caller.Demand(row.Project, role, "app", id);
        return row;
    }

    internal static void Insert(JournalTransaction transaction, AppRow row) =>
        transaction.Execute(
            """
            insert into apps (id, name, project, owner_id, source, image_repository, registry, container_port, health_check, replicas, limits, variables, sticky_sessions, version, created_at, updated_at)
            values (@Id, @Name, @Project, @OwnerId, @Source, @ImageRepository, @Registry, @ContainerPort, @HealthCheck, @Replicas, @Limits, @Variables, @StickySessions, @Version, @CreatedAt, @UpdatedAt)
            """, row);

    internal static void Update(JournalTransaction transaction, AppRow row) =>
        transaction.Execute(
            """
            update apps set name = @Name, source = @Source, image_repository = @ImageRepository, registry = @Registry, container_port = @ContainerPort,
                health_check = @HealthCheck, replicas = @Replicas, limits = @Limits, variables = @Variables, sticky_sessions = @StickySessions, version = @Version, updated_at = @UpdatedAt
            where id = @Id
            """, row);

    internal static void Delete(JournalTransaction transaction, string id) => transaction.Execute("delete from apps where id = @id", new { id });

    /// <summary>The run that is deploying the app at present, or waits to; null when none does.</summary>
    internal static string? ActiveRun(DbConnection connection, string id) =>
        connection.QueryFirstOrDefault<string>("select run_id from (select run_id, app_id, environment_id from app_locks union all select run_id, app_id, environment_id from app_queue) b where app_id = @id and environment_id <> @Place", new { id, Tidying.Place });

    private static ILookup<string, string> SecretNames(DbConnection connection, IEnumerable<string> ids) =>
        SecretQueries.Current(connection, ids).ToLookup(r => r.AppId, r => r.Name);

    private static string Escaped(string search) =>
        search.ToLowerInvariant().Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);
}
