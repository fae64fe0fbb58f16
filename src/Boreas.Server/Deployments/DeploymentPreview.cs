using System.Data.Common;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;
using Boreas.Server.Access;
using Boreas.Server.Environments;
using Boreas.Server.Problems;
using Boreas.Server.Routes;
using Boreas.Server.Storage;
using Boreas.Server.Templates;

namespace Boreas.Server.Deployments;

/// <summary>What a request would make and what is in its way, with nothing recorded.</summary>
internal sealed class DeploymentPreview(Database database, AppEndpoints endpoints, ServerOptions options, TimeProvider time)
{
    /// <summary>Stands for the id that it has none of yet.</summary>
    private const string Id = "planned";

    public async Task<DeploymentPlan> OfAsync(CreateDeployment request, Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenAsync(cancellationToken);
        var (deployments, changes, refusals) = (new List<Deployment>(), new List<PlannedChange>(), new List<PlannedRefusal>());
        var (filled, used) = TemplateUse.Apply(connection, request, caller);
        foreach (var environment in DeploymentRequest.EnvironmentsOf(request))
        {
            var (spec, project) = DeploymentSources.Resolve(connection, filled, environment, caller, now);
            spec = spec with { Template = used, BreakGlass = request.BreakGlass };
            var graph = DeploymentCreation.Plan(spec, DeploymentRequest.ToPlanned(filled.Tasks));
            var before = AppLocks.Before(connection, Id, spec.EnvironmentId, [.. spec.Apps.Select(a => a.App.Id)]);
            var onConflict = DeploymentRequest.OnConflictOf(request);
            if (before.Count > 0 && onConflict == OnConflict.Reject) refusals.Add(Refusal(AppLocks.Conflict(before, spec.Environment)));
            refusals.AddRange(Refusals(
                () =>
                {
                    if (request.BreakGlass is not null) caller.Demand(project, Role.Approver);
                },
                () =>
                {
                    if (QuotaHolder.Of(caller, options) is { } holder) DeploymentCreation.DemandQuota(connection, holder, spec);
                }));
            deployments.Add(Show(spec, graph, now, Waits(before, onConflict) ?? FrozenBy(connection, spec, now)));
            var serving = await endpoints.ForAsync([.. spec.Apps.Select(a => a.App.Id)], cancellationToken);
            changes.AddRange(spec.Apps.Select(app => Change(app, spec, serving[app.App.Id].FirstOrDefault(e => e.Environment == spec.Environment))));
        }

        return new DeploymentPlan(deployments, changes, [.. refusals.Distinct()]);
    }

    /// <summary>The deployment as it would be at its beginning.</summary>
    public static Deployment Show(DeploymentSpec spec, IReadOnlyList<TaskSpec> graph, DateTimeOffset now, Wait? wait)
    {
        var run = Run.Create(new RunCreated(now, new RunHeader(Id, "deployment"), graph), out _)!;
        return new DeploymentRow
        {
            Id = Id, VersionId = spec.VersionId, VersionName = spec.Version, EnvironmentId = spec.EnvironmentId, Environment = spec.Environment, Kind = "deployment", CreatedBy = spec.CreatedBy, CreatedAt = now, UpdatedAt = now, Active = true, GraphVersion = 1,
            Spec = JsonSerializer.Serialize(spec, BoreasJson.Options),
        }.ToDeployment([.. run.Tasks.Select(t => Show(t, now))], wait, now, prefix => prefix);
    }

    public static PlannedChange Change(AppSnapshot app, DeploymentSpec spec, AppEndpoint? serving) => new(
        app.App.Id,
        spec.Environment,
        serving is null ? null : new ServedApp(serving.Version, serving.Commit, serving.Instances),
        new ServedApp(spec.Version, app.Revision.Digest ?? app.Revision.Commit ?? app.Revision.Image ?? app.Revision.Ref, app.App.Replicas));

    private static Wait? Waits(IReadOnlyList<AppLocks.AppClaim> before, OnConflict onConflict) => before.Count == 0 || onConflict == OnConflict.Reject ? null
        : new Wait((onConflict == OnConflict.Supersede ? "Cancels what waits before it. " : "") + AppLocks.WaitsUntil(before), Behind: [.. before.Select(b => b.RunId).Distinct()]);

    private static Wait? FrozenBy(DbConnection connection, DeploymentSpec spec, DateTimeOffset now) =>
        spec.BreakGlass is null && FreezeGate.Frozen(connection, spec.EnvironmentId, now) is { } frozen ? new Wait(frozen.Sentence, frozen.Until) : null;

    private static IEnumerable<PlannedRefusal> Refusals(params IReadOnlyList<Action> demands)
    {
        var refused = new List<PlannedRefusal>();
        foreach (var demand in demands)
        {
            try
            {
                demand();
            }
            catch (RequestRefusedException e)
            {
                refused.Add(Refusal(e));
            }
        }

        return refused;
    }

    private static PlannedRefusal Refusal(RequestRefusedException refused) => new(refused.Code, refused.Message, refused.Advice);

    private static DeploymentTask Show(RunTask task, DateTimeOffset now) => new(
        task.Spec.Id, Id, task.Spec.AppId, task.Spec.Name, task.Spec.Type, task.Status, string.Join(',', task.Spec.BlockBy), task.Spec.Order,
        task.Spec.Payload is { } payload ? JsonDocument.Parse(payload).RootElement : null, null, null, 0, task.Spec.MaxAttempts, task.Spec.TimeoutSeconds, task.Spec.RequireConfirm, null, null, null, null, now, now, null, null, null);
}
