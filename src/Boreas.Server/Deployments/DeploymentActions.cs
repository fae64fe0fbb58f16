using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Engine.Planning;
using Boreas.Engine.Runs;
using Boreas.Server.Access;
using Boreas.Server.Audit;
using Boreas.Server.Images;
using Boreas.Server.Nodes;
using Boreas.Server.Problems;
using Boreas.Server.Routes;
using Boreas.Server.Storage;
using Boreas.Server.Templates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Boreas.Server.Deployments;

/// <summary>What people do with deployments; each act is one transaction, and the answer shows the deployment after it.</summary>
internal sealed class DeploymentActions(Journal journal, Database database, DeploymentViews views, ServerOptions options)
{
    public async Task<Ok<Deployment>> ActAsync(string id, Caller caller, Role role, Func<string, RunCommand> command, CancellationToken cancellationToken)
    {
        var row = await DemandAsync(id, caller, role, cancellationToken);
        await journal.WriteAsync(transaction => Handle(transaction, row.Id, command(caller.Name)), CancellationToken.None);
        return await ShowAsync(row.Id, caller, cancellationToken);
    }

    /// <summary>
    /// A person confirms or refuses what waits for one; <paramref name="taskId"/> null: all of it. Who may is up to the
    /// rule that the deployment carries, and without one up to the role.
    /// </summary>
    public async Task<Ok<Deployment>> DecideAsync(string id, string? taskId, bool confirm, ActionRequest? body, Caller caller, CancellationToken cancellationToken)
    {
        var row = await DemandAsync(id, caller, Role.Developer, cancellationToken);
        await journal.WriteAsync(transaction =>
        {
            var run = transaction.Find(row.Id) ?? throw RequestRefusedException.NotFound("deployment", id);
            if (run.Header.Approval is null) caller.Demand(row.Project, Role.Approver);
            if (body?.GraphVersion is { } seen && seen != run.GraphVersion)
                throw new RequestRefusedException(StatusCodes.Status412PreconditionFailed, ProblemCodes.PreconditionFailed, $"The graph was edited since you read it: it is version {run.GraphVersion}, and you were shown {seen}.", "Look at it again, and decide then.");
            IReadOnlyList<string> roles = [.. Enum.GetValues<Role>().Where(r => r <= caller.RoleIn(row.Project)).Select(Caller.NameOf)];
            var groups = GroupQueries.Of(transaction.Connection, caller.UserId);
            Handle(transaction, row.Id, confirm ? new ConfirmTask(taskId, caller.Name, body?.Reason, roles, groups) : new RejectTask(taskId, caller.Name, body?.Reason, roles, groups));
            transaction.Audit(caller, $"deployment/{row.Id}" + (taskId is null ? "" : "/" + taskId), body?.Reason);
        }, CancellationToken.None);
        return await ShowAsync(row.Id, caller, cancellationToken);
    }

    /// <param name="direct">What else is done in the same transaction, for a request that brings its app along.</param>
    public async Task<DeploymentsCreated> CreateAsync(CreateDeployment request, Caller caller, string? idempotencyKey, CancellationToken cancellationToken, DirectDeploy? direct = null)
    {
        var text = JsonSerializer.Serialize(request, BoreasJson.Options) + direct?.Said;
        var ids = await journal.WriteAsync(transaction =>
        {
            if (idempotencyKey is not null && DeploymentCreation.Answered(transaction, caller.UserId, idempotencyKey, text) is { } answered) return answered.Split(',');
            direct?.Prepare(transaction);
            var made = new List<string>();
            var (filled, used) = TemplateUse.Apply(transaction.Connection, request, caller);
            foreach (var environment in DeploymentRequest.EnvironmentsOf(request))
            {
                var (spec, project) = DeploymentSources.Resolve(transaction, filled, environment, caller, transaction.Now, record: true);
                var graph = DeploymentCreation.Plan(spec, DeploymentRequest.ToPlanned(filled.Tasks));
                if (request.BreakGlass is not null) caller.Demand(project, Role.Approver);
                spec = spec with { Template = used, BreakGlass = request.BreakGlass };
                if (direct?.ImageTag is { } tag) spec = spec with { Apps = [.. spec.Apps.Select(a => a with { ImageTag = tag })] };
                made.Add(DeploymentCreation.Create(transaction, spec, graph, project, QuotaHolder.Of(caller, options), request.AutoStart, onConflict: DeploymentRequest.OnConflictOf(request)));
                if (request.BreakGlass is { } why) transaction.Audit(caller, $"deployment/{made[^1]}", $"break-glass: {why}");
            }

            if (idempotencyKey is not null) DeploymentCreation.Remember(transaction, caller.UserId, idempotencyKey, text, string.Join(',', made));
            return made.ToArray();
        }, cancellationToken);
        var shown = new List<Deployment>();
        foreach (var id in ids) shown.Add(await views.ShowAsync(await DeploymentsApi.FindAsync(id, caller, database, cancellationToken), cancellationToken));
        return new DeploymentsCreated(ids[0], shown);
    }

    /// <summary>A waiting or failed deployment is rolled back itself; a successful one by a new deployment of what ran before it, without a build.</summary>
    public async Task<Results<Ok<Deployment>, Created<Deployment>>> RollBackAsync(string id, Caller caller, string? reason, CancellationToken cancellationToken)
    {
        var row = DemandDeploys(await DemandAsync(id, caller, Role.Developer, cancellationToken));
        if (row.RunStatus != RunStatus.Success)
        {
            await journal.WriteAsync(transaction =>
            {
                AppLocks.Take(transaction, row.Id, DeploymentQueries.ReadSpec(row.Spec));
                Handle(transaction, row.Id, new RollBackRun(caller.Name, reason));
            }, CancellationToken.None);
            return await ShowAsync(row.Id, caller, cancellationToken);
        }

        var created = await journal.WriteAsync(transaction => DeployPrevious(transaction, row.Id, row.Project, DeploymentQueries.ReadSpec(row.Spec), caller.Name, reason), CancellationToken.None);
        return await ShowCreatedAsync(created, caller, cancellationToken);
    }

    /// <summary>A new deployment with the same inputs that begins where the failed one ended.</summary>
    public async Task<Created<Deployment>> ResumeAsync(string id, string? taskId, Caller caller, string? reason, CancellationToken cancellationToken)
    {
        var row = DemandDeploys(await DemandAsync(id, caller, Role.Developer, cancellationToken));
        var created = await journal.WriteAsync(transaction => Resume(transaction, row.Id, row.Project, DeploymentQueries.ReadSpec(row.Spec), taskId, caller.Name, reason), CancellationToken.None);
        return await ShowCreatedAsync(created, caller, cancellationToken);
    }

    internal static string DeployPrevious(JournalTransaction transaction, string id, string project, DeploymentSpec deployed, string by, string? reason)
    {
        var spec = Previous(transaction, id, deployed) with { Reason = reason ?? $"Roll-back of {id}", CreatedBy = by, BreakGlass = null, RollsBack = id };
        return DeploymentCreation.Create(transaction, spec, DeploymentCreation.Plan(spec, null), project, null, autoStart: true);
    }

    internal static string Resume(JournalTransaction transaction, string id, string project, DeploymentSpec deployed, string? taskId, string by, string? reason)
    {
        var failed = transaction.Find(id) ?? throw RequestRefusedException.NotFound("deployment", id);
        if (failed.WhyNotResumed(taskId) is { } refusal) throw Refused(refusal);
        var spec = deployed with { Reason = reason ?? $"Resumes {id}", CreatedBy = by, Resumes = id, BreakGlass = null };
        var planned = failed.Tasks.Where(t => t.Undoes is null).ToList();
        return DeploymentCreation.Create(transaction, spec, [.. planned.Select(t => t.Spec)], project, null, autoStart: true, Carried(failed, planned));
    }

    /// <summary>What need not be done again: it succeeded, and so did all before it. A roll-out is done anew from its first step.</summary>
    private static List<CarriedTask> Carried(Run failed, IReadOnlyList<RunTask> planned)
    {
        var kept = planned.Where(t => t.Status == RunTaskStatus.Success && t.Spec.Executor is not (ExecutorNames.Deploy or ExecutorNames.Watch or ExecutorNames.HealthCheck)).Select(t => t.Index).ToHashSet();
        while (kept.RemoveWhere(index => !failed.Graph.DependenciesOf(index).All(kept.Contains)) > 0)
        {
        }

        return [.. kept.Order().Select(i => new CarriedTask(failed.Tasks[i].Spec.Id, failed.Tasks[i].Result))];
    }

    /// <summary>The snapshot of what served before a successful deployment, app by app, already built.</summary>
    private static DeploymentSpec Previous(JournalTransaction transaction, string id, DeploymentSpec spec)
    {
        var apps = new List<AppSnapshot>();
        string? version = null;
        foreach (var app in spec.Apps)
        {
            var before = transaction.QueryFirstOrDefault<RouteRow>("select version_name, targets from routes_before where run_id = @id and app_id = @appId and environment_id = @EnvironmentId",
                new { id, appId = app.App.Id, spec.EnvironmentId });
            var instances = before?.ReadTargets().OrderByDescending(t => t.Weight).Select(t => t.InstanceId) ?? [];
            if (InstanceTable.ReleaseOf(transaction, instances.FirstOrDefault()) is not { } release) continue;
            if (release.Image is { } image && ImageQueries.IsGone(transaction.Connection, image))
                throw RequestRefusedException.Conflict(ProblemCodes.ImageNotFound, $"What ran of '{app.App.Id}' before this deployment, version {release.Version}, was deleted from the registry when images were tidied.", $"Deploy that version again, which builds it anew: boreas deploy --version {release.Version}");
            version ??= before!.VersionName;
            apps.Add(app with { Built = release });
        }

        if (apps.Count == 0)
            throw RequestRefusedException.Conflict(ProblemCodes.StateConflict, "Nothing ran before this deployment, so there is nothing to go back to.", "Deploy another version instead.");
        return spec with { Apps = apps, Version = version ?? spec.Version, ManualApproval = false, Template = null, Strategy = [new DeployStep()], MustInOrder = [.. spec.MustInOrder.Where(app => apps.Exists(a => a.App.Id == app))] };
    }

    private async Task<DeploymentRow> DemandAsync(string id, Caller caller, Role role, CancellationToken cancellationToken)
    {
        var row = await DeploymentsApi.FindAsync(id, caller, database, cancellationToken);
        caller.Demand(row.Project, role);
        return row;
    }

    /// <summary>A move or a tidying changes no version.</summary>
    private static DeploymentRow DemandDeploys(DeploymentRow row) => row.Kind switch
    {
        Moves.Kind => throw RequestRefusedException.Conflict(ProblemCodes.StateConflict, "It moved instances to another node and deployed nothing.", "A move that failed is begun again by itself; 'boreas nodes' says when."),
        Tidying.Kind => throw RequestRefusedException.Conflict(ProblemCodes.StateConflict, "It tidied images and deployed nothing.", "Begin it again with 'boreas images tidy'."),
        _ => row,
    };

    internal static void Handle(JournalTransaction transaction, string runId, RunCommand command)
    {
        if (command is StartRun) AppLocks.DemandNotWaiting(transaction, runId);
        if (transaction.Handle(runId, command) is { } refusal) throw Refused(refusal);
    }

    private static RequestRefusedException Refused(Refusal refusal)
    {
        if (refusal.Problems is { } problems) return DeploymentCreation.Refused(problems);
        var status = refusal.Code switch
        {
            Refusal.NotFound => StatusCodes.Status404NotFound,
            Refusal.Forbidden => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status409Conflict,
        };
        return new RequestRefusedException(status, refusal.Code, refusal.Message, refusal.Advice);
    }

    private async Task<Ok<Deployment>> ShowAsync(string id, Caller caller, CancellationToken cancellationToken) =>
        TypedResults.Ok(await views.ShowAsync(await DeploymentsApi.FindAsync(id, caller, database, cancellationToken), cancellationToken));

    private async Task<Created<Deployment>> ShowCreatedAsync(string id, Caller caller, CancellationToken cancellationToken) =>
        TypedResults.Created($"/api/v1/deployments/{id}", await views.ShowAsync(await DeploymentsApi.FindAsync(id, caller, database, cancellationToken), cancellationToken));
}

/// <param name="Said">The rest of the request, which its Idempotency-Key stands for too.</param>
/// <param name="Prepare">Makes the app, or changes it; undone when the deployment is refused.</param>
/// <param name="ImageTag">What the built image is called; null: its commit.</param>
internal sealed record DirectDeploy(string Said, Action<JournalTransaction> Prepare, string? ImageTag = null);
