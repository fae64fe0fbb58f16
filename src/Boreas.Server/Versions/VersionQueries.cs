using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Versions;
using Boreas.Server.Access;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Versions;

/// <summary>
/// The SQL of versions. Inside the journal's transaction give its <c>Connection</c>. A version never changes in what it
/// asks for; what a reference turned out to be (commit, digest) is filled in once and then stays.
/// </summary>
public static class VersionQueries
{
    private const string Select = "select id, name, project, apps, created_by, created_at from versions ";

    public static AppVersion? Find(DbConnection connection, string id) =>
        connection.QueryFirstOrDefault<VersionRow>(Select + "where id = @id", new { id })?.ToVersion();

    /// <summary>A version of a project by id or name; null when there is none.</summary>
    public static AppVersion? Resolve(DbConnection connection, string project, string idOrName) =>
        connection.QueryFirstOrDefault<VersionRow>(
            Select + "where project = @project and (id = @idOrName or name = @idOrName) order by case when id = @idOrName then 0 else 1 end limit 1",
            new { project, idOrName })?.ToVersion();

    /// <summary>The version, when the caller has <paramref name="role"/> in its project.</summary>
    public static AppVersion Demand(DbConnection connection, Caller caller, string id, Role role)
    {
        var version = Find(connection, id) ?? throw RequestRefusedException.NotFound("version", id);
        caller.Demand(version.Project, role, "version", id);
        return version;
    }

    /// <summary>Versions of the projects that the caller sees, newest first.</summary>
    /// <param name="app">Only those that contain this app; null for all.</param>
    /// <param name="before">Time and id of the last one of the page before.</param>
    internal static async Task<IReadOnlyList<AppVersion>> ListAsync(DbConnection connection, Caller caller, string? project, string? app, (DateTimeOffset At, string Id)? before, int limit) =>
        [.. (await connection.QueryAsync<VersionRow>(
            Select +
            """
            where (@first or created_at < @at or (created_at = @at and id < @id)) and (@SeesAllProjects or project in @VisibleProjects)
                and (@anyProject or project = @project) and (@anyApp or apps like @pattern)
            order by created_at desc, id desc limit @limit
            """,
            new
            {
                first = before is null,
                at = before?.At ?? DateTimeOffset.UnixEpoch,
                id = before?.Id ?? "",
                caller.SeesAllProjects,
                caller.VisibleProjects,
                anyProject = project is null,
                project = project ?? "",
                anyApp = app is null,
                pattern = $"%\"appId\":\"{app}\"%",
                limit,
            })).Select(r => r.ToVersion())];

    /// <summary>Records a version. Without a name it gets the next free <c>v{n}</c> of its project. The revisions have been checked.</summary>
    /// <param name="id">From <see cref="NewId"/>, made outside of the transaction.</param>
    public static AppVersion Create(JournalTransaction transaction, string id, string? name, string project, IReadOnlyList<AppRevision> apps, string createdBy)
    {
        var version = new AppVersion(id, name ?? NextName(transaction.Connection, project), project, apps, createdBy, transaction.Now);
        transaction.Execute("insert into versions (id, name, project, apps, created_by, created_at) values (@Id, @Name, @Project, @apps, @CreatedBy, @CreatedAt)",
            new { version.Id, version.Name, version.Project, apps = Write(apps), version.CreatedBy, version.CreatedAt });
        return version;
    }

    /// <summary>Fills in what an app's revision turned out to be; what is known already stays as it is.</summary>
    public static void Pin(JournalTransaction transaction, string versionId, string appId, string? commit, string? digest)
    {
        if (Find(transaction.Connection, versionId) is not { } version) return;
        var apps = version.Apps.Select(a => a.AppId == appId ? a with { Commit = a.Commit ?? commit, Digest = a.Digest ?? digest } : a).ToList();
        if (!apps.SequenceEqual(version.Apps)) transaction.Execute("update versions set apps = @apps where id = @versionId", new { versionId, apps = Write(apps) });
    }

    public static string NewId() => Ids.New("version");

    internal static bool NameIsTaken(DbConnection connection, string project, string name) =>
        connection.ExecuteScalar<long>("select count(*) from versions where project = @project and (name = @name or id = @name)", new { project, name }) > 0;

    private static string NextName(DbConnection connection, string project)
    {
        var number = connection.ExecuteScalar<long>("select count(*) from versions where project = @project", new { project }) + 1;
        while (NameIsTaken(connection, project, "v" + number.ToString(CultureInfo.InvariantCulture))) number++;
        return "v" + number.ToString(CultureInfo.InvariantCulture);
    }

    private static string Write(IReadOnlyList<AppRevision> apps) => JsonSerializer.Serialize(apps, BoreasJson.Options);

    private sealed class VersionRow
    {
        public string Id { get; set; } = "";

        public string Name { get; set; } = "";

        public string Project { get; set; } = "";

        public string Apps { get; set; } = "[]";

        public string CreatedBy { get; set; } = "";

        public DateTimeOffset CreatedAt { get; set; }

        public AppVersion ToVersion() => new(Id, Name, Project, JsonSerializer.Deserialize<List<AppRevision>>(Apps, BoreasJson.Options)!, CreatedBy, CreatedAt);
    }
}
