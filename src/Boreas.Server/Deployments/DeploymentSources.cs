using System.Data.Common;
using Boreas.Contracts.Access;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Environments;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Versions;
using Boreas.Engine.Planning;
using Boreas.Server.Access;
using Boreas.Server.Apps;
using Boreas.Server.Environments;
using Boreas.Server.Problems;
using Boreas.Server.Registries;
using Boreas.Server.Secrets;
using Boreas.Server.Storage;
using Boreas.Server.Versions;
using Dapper;

namespace Boreas.Server.Deployments;

/// <summary>Finds what a request or a push speaks of, and takes the snapshot that the deployment keeps.</summary>
internal static class DeploymentSources
{
    /// <summary>The snapshot for one environment, and the project. With a transaction, a version that the request implies is recorded.</summary>
    public static (DeploymentSpec Spec, string Project) Resolve(JournalTransaction transaction, CreateDeployment request, string? environment, Caller caller, DateTimeOffset now, bool record) =>
        Resolve(transaction.Connection, request, environment, caller, now, record ? transaction : null);

    public static (DeploymentSpec Spec, string Project) Resolve(DbConnection connection, CreateDeployment request, string? environment, Caller caller, DateTimeOffset now, JournalTransaction? record = null)
    {
        var given = request.Version is null ? null : Version(connection, caller, request.Version) ?? throw RequestRefusedException.NotFound("version", request.Version);
        var ids = request.ApplicationIds is { Count: > 0 } asked ? asked : [.. given!.Apps.Select(a => a.AppId)];
        var apps = ids.Select(id => AppQueries.Demand(connection, caller, id, Role.Developer)).ToList();
        var project = apps[0].Project;
        if (apps.Find(a => a.Project != project) is { } foreign)
            throw RequestRefusedException.Invalid(new FieldProblem("applicationIds", $"names '{apps[0].Id}' of project '{project}' and '{foreign.Id}' of project '{foreign.Project}'; a deployment is of one project"));
        if (given is not null && given.Project != project) throw RequestRefusedException.NotFound("version", request.Version!);
        var target = EnvironmentQueries.Resolve(connection, project, environment) ?? throw RequestRefusedException.NotFound("environment", environment ?? "(default)");
        var revisions = apps.ConvertAll(app => given?.Apps.FirstOrDefault(a => a.AppId == app.Id) ?? Revision(app, request.Ref));
        DemandNoRefForImages(request, apps);
        var version = given ?? Implied(project, revisions, caller.Name, now, record);
        return (Snapshot(request, version, target, Snapshots(connection, apps, revisions), caller.Name), project);
    }

    /// <summary>The snapshot of what was found already.</summary>
    public static DeploymentSpec Snapshot(CreateDeployment request, AppVersion version, DeployEnvironment target, IReadOnlyList<AppSnapshot> apps, string by) => new(
        version.Id, version.Name, target.Id, target.Name, target.Default,
        apps, request.MustInOrder ?? [], StrategyOf(request, target), request.ManualApproval || target.RequireConfirm, target.NodeLabels, target.Variables, request.Reason, by, Confirm: target.Confirm, KeepWarmSeconds: request.KeepWarmSeconds);

    public static void DemandNoRefForImages(CreateDeployment request, IReadOnlyList<App> apps)
    {
        if (request.Ref is not null && apps.FirstOrDefault(a => a.Source.Image is not null) is { } image)
            throw RequestRefusedException.Invalid(new FieldProblem("ref", $"must not be given for '{image.Id}', which runs an image that exists"));
    }

    /// <summary>Where the environment asks for a person, nobody's request approves its own steps.</summary>
    private static IReadOnlyList<DeployStep> StrategyOf(CreateDeployment request, DeployEnvironment target) =>
        [.. (request.Strategy ?? []).DefaultIfEmpty(new DeployStep()).Select(step => target.RequireConfirm && step.ManualApprovalStatus == true ? step with { ManualApprovalStatus = null } : step)];

    /// <summary>An app whose repository is the embedded Git, or null.</summary>
    public static App? Embedded(JournalTransaction transaction, string appId) =>
        AppQueries.Find(transaction.Connection, appId) is { Source.Embedded: true } app ? app : null;

    /// <summary>A deployment of the app in its project's default environment that is active or waits to be, or null.</summary>
    public static string? ActiveInDefault(JournalTransaction transaction, App app) =>
        transaction.QueryFirstOrDefault<string>(
            """
            select b.run_id from (select run_id, app_id, environment_id from app_locks union all select run_id, app_id, environment_id from app_queue) b
            join environments e on e.id = b.environment_id where b.app_id = @Id and e.project = @Project and e.is_default
            """, new { app.Id, app.Project });

    /// <summary>The snapshot for a push: this commit, in the default environment.</summary>
    public static DeploymentSpec OfPush(JournalTransaction transaction, App app, string commit, string by)
    {
        var target = EnvironmentQueries.Resolve(transaction.Connection, app.Project, null) ?? throw RequestRefusedException.NotFound("environment", "(default)");
        var revision = new AppRevision(app.Id, app.Source.Ref, commit);
        var version = Implied(app.Project, [revision], by, transaction.Now, transaction);
        return Snapshot(new CreateDeployment(Reason: "git push"), version, target, Snapshots(transaction.Connection, [app], [revision]), by);
    }

    public static AppRevision Revision(App app, string? gitRef) =>
        app.Source.Image is { } image ? new AppRevision(app.Id, Image: image) : new AppRevision(app.Id, gitRef ?? app.Source.Ref);

    private static AppVersion Implied(string project, IReadOnlyList<AppRevision> revisions, string by, DateTimeOffset now, JournalTransaction? record)
    {
        var id = VersionQueries.NewId();
        return record is null ? new AppVersion(id, "(new)", project, revisions, by, now) : VersionQueries.Create(record, id, null, project, revisions, by);
    }

    private static AppVersion? Version(DbConnection connection, Caller caller, string idOrName) =>
        VersionQueries.Find(connection, idOrName) is { } byId && (caller.SeesAllProjects || caller.VisibleProjects.Contains(byId.Project)) ? byId
        : (caller.SeesAllProjects ? connection.Query<string>("select distinct project from versions") : caller.VisibleProjects)
            .Select(project => VersionQueries.Resolve(connection, project, idOrName)).FirstOrDefault(v => v is not null);

    private static IReadOnlyList<AppSnapshot> Snapshots(DbConnection connection, IReadOnlyList<App> apps, IReadOnlyList<AppRevision> revisions)
    {
        var secrets = SecretQueries.Current(connection, apps.Select(app => app.Id)).ToLookup(s => s.AppId, StringComparer.Ordinal);
        return [.. apps.Select((app, i) => new AppSnapshot(app with { Endpoints = [] }, revisions[i], RegistryOf(connection, app), SecretVersions: secrets[app.Id].ToDictionary(s => s.Name, s => s.Version, StringComparer.Ordinal)))];
    }

    private static Registry? RegistryOf(DbConnection connection, App app) =>
        app.Registry is null ? null : RegistryQueries.Find(connection, app.Registry) ?? throw RequestRefusedException.NotFound("registry", app.Registry);
}
