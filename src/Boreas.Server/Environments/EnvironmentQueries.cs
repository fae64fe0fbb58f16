using System.Data.Common;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Environments;
using Boreas.Contracts.Problems;
using Boreas.Server.Access;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Environments;

/// <summary>The SQL of environments. Inside the journal's transaction give its <c>Connection</c>. A project begins with its first environment.</summary>
public static class EnvironmentQueries
{
    /// <summary>The project that is meant when a request names none.</summary>
    public const string DefaultProject = "default";

    private const string Select = "select id, name, project, is_default, require_confirm, node_labels, variables, confirm, freezes, version, created_at from environments ";

    public static DeployEnvironment? Find(DbConnection connection, string id) => FindRow(connection, id)?.ToEnvironment();

    /// <summary>An environment of a project by id or name; null as name: the project's default. Null when there is none.</summary>
    public static DeployEnvironment? Resolve(DbConnection connection, string project, string? idOrName) =>
        connection.QueryFirstOrDefault<EnvironmentRow>(
            Select + "where project = @project and (id = @key or name = @key or (@isDefault and is_default)) order by case when id = @key then 0 else 1 end limit 1",
            new { project, key = idOrName ?? "", isDefault = idOrName is null })?.ToEnvironment();

    /// <summary>Environments of the projects that the caller sees, by project and name.</summary>
    public static async Task<IReadOnlyList<DeployEnvironment>> ListAsync(DbConnection connection, Caller caller, string? project, string? after, int limit) =>
        [.. (await connection.QueryAsync<EnvironmentRow>(
            Select + "where id > @after and (@SeesAllProjects or project in @VisibleProjects) and (@anyProject or project = @project) order by id limit @limit",
            new { after = after ?? "", caller.SeesAllProjects, caller.VisibleProjects, anyProject = project is null, project = project ?? "", limit })).Select(r => r.ToEnvironment())];

    internal static bool Any(DbConnection connection) => connection.ExecuteScalar<long>("select count(*) from environments") > 0;

    public static bool ProjectExists(DbConnection connection, string project) =>
        connection.ExecuteScalar<long>("select count(*) from environments where project = @project", new { project }) > 0;

    /// <exception cref="RequestRefusedException">There is no such project.</exception>
    public static void DemandProject(DbConnection connection, string project)
    {
        if (!ProjectExists(connection, project))
            throw RequestRefusedException.Invalid(new FieldProblem("project", $"names no project; a project begins with its first environment (POST /api/v1/environments)"));
    }

    internal static EnvironmentRow? FindRow(DbConnection connection, string id) => connection.QueryFirstOrDefault<EnvironmentRow>(Select + "where id = @id", new { id });

    internal static EnvironmentRow DemandRow(DbConnection connection, Caller caller, string id, Role role)
    {
        var row = FindRow(connection, id) ?? throw RequestRefusedException.NotFound("environment", id);
        caller.Demand(row.Project, role, "environment", id);
        return row;
    }

    internal static bool NameIsTaken(DbConnection connection, string project, string name, string exceptId) =>
        connection.ExecuteScalar<long>("select count(*) from environments where project = @project and (name = @name or id = @name) and id <> @exceptId", new { project, name, exceptId }) > 0;

    /// <summary>What uses the environment, in words; null when nothing does.</summary>
    internal static string? Use(DbConnection connection, string id)
    {
        if (connection.QueryFirstOrDefault<string>("select run_id from app_locks where environment_id = @id", new { id }) is { } run) return $"The deployment '{run}' is under way in it.";
        if (connection.QueryFirstOrDefault<string>("select app_id from routes where environment_id = @id", new { id }) is { } app) return $"The app '{app}' is served in it.";
        return null;
    }

    /// <summary>Those of <paramref name="names"/> that are no users.</summary>
    internal static IReadOnlyList<string> UnknownUsers(DbConnection connection, IReadOnlyList<string> names) =>
        [.. names.Except(connection.Query<string>("select name from users where name in @names", new { names = new SqlList<string>(names) }), StringComparer.Ordinal)];

    /// <summary>The environments whose rule names the group, as <c>project/name</c>.</summary>
    internal static IReadOnlyList<string> ThatNameGroup(DbConnection connection, string group) =>
        [.. connection.Query<EnvironmentRow>(Select + "where confirm like @like order by project, name", new { like = $"%\"{group}\"%" })
            .Select(row => row.ToEnvironment()).Where(e => e.Confirm?.Groups?.Contains(group, StringComparer.Ordinal) == true).Select(e => $"{e.Project}/{e.Name}")];

    internal static void Insert(JournalTransaction transaction, EnvironmentRow row) =>
        transaction.Execute(
            """
            insert into environments (id, name, project, is_default, require_confirm, node_labels, variables, confirm, freezes, version, created_at)
            values (@Id, @Name, @Project, @IsDefault, @RequireConfirm, @NodeLabels, @Variables, @Confirm, @Freezes, @Version, @CreatedAt)
            """, row);

    internal static void Update(JournalTransaction transaction, EnvironmentRow row) =>
        transaction.Execute(
            """
            update environments set name = @Name, is_default = @IsDefault, require_confirm = @RequireConfirm, node_labels = @NodeLabels, variables = @Variables, confirm = @Confirm, freezes = @Freezes, version = @Version
            where id = @Id
            """, row);

    internal static void ClearDefault(JournalTransaction transaction, string project) =>
        transaction.Execute("update environments set is_default = false where project = @project and is_default", new { project });

    internal static void Delete(JournalTransaction transaction, string id) => transaction.Execute("delete from environments where id = @id", new { id });

    internal sealed class EnvironmentRow
    {
        public string Id { get; set; } = "";

        public string Name { get; set; } = "";

        public string Project { get; set; } = "";

        public bool IsDefault { get; set; }

        public bool RequireConfirm { get; set; }

        public string NodeLabels { get; set; } = "[]";

        public string Variables { get; set; } = "{}";

        public string? Confirm { get; set; }

        public string? Freezes { get; set; }

        public int Version { get; set; } = 1;

        public DateTimeOffset CreatedAt { get; set; }

        public DeployEnvironment ToEnvironment() =>
            new(Id, Name, Project, IsDefault, RequireConfirm, JsonSerializer.Deserialize<List<string>>(NodeLabels, BoreasJson.Options)!,
                JsonSerializer.Deserialize<Dictionary<string, string>>(Variables, BoreasJson.Options)!, CreatedAt,
                Confirm is null ? null : JsonSerializer.Deserialize<ConfirmRule>(Confirm, BoreasJson.Options),
                Freezes is null ? null : JsonSerializer.Deserialize<List<Freeze>>(Freezes, BoreasJson.Options));

        public void Set(EnvironmentInput input)
        {
            Name = input.Name ?? Name;
            RequireConfirm = input.RequireConfirm ?? (input.Confirm is not null || RequireConfirm);
            if (input.Confirm is not null) Confirm = JsonSerializer.Serialize(input.Confirm, BoreasJson.Options);
            if (input.Freezes is { } freezes) Freezes = freezes.Count == 0 ? null : JsonSerializer.Serialize(freezes, BoreasJson.Options);
            if (input.NodeLabels is not null) NodeLabels = JsonSerializer.Serialize(input.NodeLabels, BoreasJson.Options);
            if (input.Variables is not null) Variables = JsonSerializer.Serialize(input.Variables, BoreasJson.Options);
        }
    }
}
