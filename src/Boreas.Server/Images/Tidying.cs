using System.Data.Common;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Versions;
using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;
using Boreas.Server.Apps;
using Boreas.Server.Deployments;
using Boreas.Server.Nodes;
using Boreas.Server.Registries;
using Boreas.Server.Routes;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Images;

/// <summary>
/// Keeps the images of an app in its registry tidy: a run of one task, begun in the transaction in which a deployment
/// succeeds, or when somebody asks. It is a run of its own, so it fails without failing the deployment. It holds the app
/// in a place of its own, where no deployment goes: two never tidy the same app at once, and <c>stable</c> never goes
/// back to what an earlier one found; deployments do not wait for it.
/// <para>
/// What is kept is decided in the transaction that hands the job out, never before. A deployment that is under way by
/// then keeps everything. One that begins later can need only what is kept anyway, what it builds itself, or an image
/// that is older than what a roll-back brings back; the last is refused as soon as it is known to be gone, and until
/// then its node says that the image is not there.
/// </para>
/// </summary>
internal static class Tidying
{
    /// <summary>Kind of the run.</summary>
    public const string Kind = "tidy";

    /// <summary>What stands in the place of an environment.</summary>
    public const string Place = "registry";

    private const int TimeoutSeconds = 1800;

    /// <summary>Where an app's images are pushed; null when they stay in the engine that built them.</summary>
    public static string? RepositoryOf(AppSnapshot app) =>
        app.App.ImageRepository ?? (app.Registry is { } registry ? $"{registry.Host}/{registry.Project}/apps/app-{app.App.Id}" : null);

    /// <summary>The app as it is now, with its registry; null when it is no more.</summary>
    public static AppSnapshot? Find(DbConnection connection, string appId) =>
        AppQueries.Find(connection, appId) is { } app ? new AppSnapshot(app, new AppRevision(app.Id), app.Registry is { } name ? RegistryQueries.Find(connection, name) : null) : null;

    /// <summary>After the success of a deployment: a run for each of its apps that pushed images, unless one waits to begin already.</summary>
    public static void AfterDeployment(JournalTransaction transaction, Run run, int? keep)
    {
        if (run is not { Header.Kind: "deployment", Status: RunStatus.Success }) return;
        var apps = transaction.QueryFirstOrDefault<string>("select app_ids from deployments where run_id = @Id", new { run.Header.Id })?.Split(',') ?? [];
        foreach (var appId in apps.Where(id => ImageQueries.Has(transaction.Connection, id) && !Waits(transaction, id)))
        {
            if (Find(transaction.Connection, appId) is { } app && RepositoryOf(app) is not null) Begin(transaction, app, new TidyImagesPayload(keep, false), Moves.Mover, $"After {run.Header.Id}");
        }
    }

    /// <returns>The run's id.</returns>
    public static string Begin(JournalTransaction transaction, AppSnapshot app, TidyImagesPayload payload, string by, string? reason)
    {
        var spec = new DeploymentSpec("", "", Place, Place, false, [app], [], [], false, [], new Dictionary<string, string>(), reason, by);
        var task = new TaskSpec($"{app.App.Id}-tidy", app.App.Id, "tidy images", RunTaskType.Custom, ExecutorNames.TidyImages, [],
            Payload: JsonSerializer.Serialize(payload, BoreasJson.Options), TimeoutSeconds: TimeoutSeconds);
        return DeploymentCreation.Create(transaction, spec, [task], app.App.Project, null, autoStart: true, onConflict: OnConflict.Queue, kind: Kind);
    }

    /// <summary>The work of the run's task, as things are now.</summary>
    public static TidyImagesWork Work(JournalTransaction transaction, RunTask task, AppSnapshot app)
    {
        var payload = JsonSerializer.Deserialize<TidyImagesPayload>(task.Spec.Payload!, BoreasJson.Options)!;
        var target = AppResults.Target(app, RepositoryOf(app)!);
        var images = ImageUse.Of(transaction.Connection, target.Reference, app.App.Id, payload.Keep, transaction.Now);
        return new TidyImagesWork(target, [.. images.Select(image => new PushedImage(image.Image.Tag, image.Image.Digest, image.KeptBecause))], Serving(transaction, app.App, target.Reference), payload.DryRun);
    }

    /// <summary>What is known of images after a task that succeeded.</summary>
    public static void TaskSucceeded(JournalTransaction transaction, string runId, RunTask task)
    {
        if (task.Spec.Executor == ExecutorNames.Build) ImageQueries.Built(transaction, runId, task);
        else if (task.Spec.Executor == ExecutorNames.TidyImages && JsonSerializer.Deserialize<TidyImagesResult>(task.Result ?? "null", BoreasJson.Options) is { DryRun: false } result) ImageQueries.Tidied(transaction, result);
    }

    /// <summary>Digest of what serves in the default environment after a deployment that succeeded; null while that is changing, or is none of the repository's.</summary>
    private static string? Serving(JournalTransaction transaction, App app, string repository)
    {
        var route = transaction.QueryFirstOrDefault<RouteRow>(
            """
            select r.targets from routes r join environments e on e.id = r.environment_id join runs u on u.id = r.run_id
            where r.app_id = @Id and e.project = @Project and e.is_default and u.status = @success
              and not exists (select 1 from app_locks l where l.app_id = r.app_id and l.environment_id = r.environment_id)
            """, new { app.Id, app.Project, success = (int)RunStatus.Success });
        var serving = route?.ReadTargets().Where(target => target.Weight > 0).MaxBy(target => target.Weight);
        return InstanceTable.ReleaseOf(transaction, serving?.InstanceId)?.Image?.Reference.Split('@') is [var name, var digest] && name == repository ? digest : null;
    }

    private static bool Waits(JournalTransaction transaction, string appId) =>
        transaction.QueryFirstOrDefault<string>("select run_id from app_queue where app_id = @appId and environment_id = @Place", new { appId, Place }) is not null;
}
