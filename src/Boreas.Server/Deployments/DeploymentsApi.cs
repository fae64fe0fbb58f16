using System.ComponentModel;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;
using Boreas.Engine.Runs;
using Boreas.Server.Access;
using Boreas.Server.Images;
using Boreas.Server.Nodes;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Deployments;

/// <summary>Deployments: create, list, read, act on.</summary>
internal static class DeploymentsApi
{
    private const int MaxLimit = 200;

    public static void MapDeployments(this IEndpointRouteBuilder app)
    {
        var deployments = app.MapGroup("/api/v1/deployments").WithTags("Deployments");
        var read = deployments.MapGroup("").RequireAuthorization(Policies.Viewer);
        read.MapGet("", ListAsync).WithName("ListDeployments").WithSummary("Deployments, the newest first");
        read.MapGet("/{id}", GetAsync).WithName("GetDeployment").WithSummary("One deployment with its tasks");
        read.MapGet("/{id}/events", EventsAsync).WithName("ListDeploymentEvents").WithSummary("A deployment's history, in order");

        var act = deployments.MapGroup("").RequireAuthorization(Policies.Developer);
        act.MapPost("", CreateAsync).WithName("CreateDeployment").WithSummary("Roll a version, or apps, out to an environment");
        act.MapPost("/{id}/start", (string id, ActionRequest? body, DeploymentActions actions, Caller caller, CancellationToken ct) =>
            actions.ActAsync(id, caller, Role.Developer, by => new StartRun(by), ct)).WithName("StartDeployment").WithSummary("Start a deployment that was created without starting");
        act.MapPost("/{id}/cancel", (string id, ActionRequest? body, DeploymentActions actions, Caller caller, CancellationToken ct) =>
            actions.ActAsync(id, caller, Role.Developer, by => new CancelRun(by, body?.Reason), ct)).WithName("CancelDeployment").WithSummary("Stop a deployment");
        act.MapPost("/{id}/rollback", (string id, ActionRequest? body, DeploymentActions actions, Caller caller, CancellationToken ct) =>
            actions.RollBackAsync(id, caller, body?.Reason, ct)).WithName("RollBackDeployment").WithSummary("Bring back what ran before");
        act.MapPost("/{id}/resume", (string id, ActionRequest? body, DeploymentActions actions, Caller caller, CancellationToken ct) =>
            actions.ResumeAsync(id, null, caller, body?.Reason, ct)).WithName("ResumeDeployment").WithSummary("Go on with a failed deployment from what failed, as a new deployment");

        act.MapPost("/{id}/confirm", (string id, ActionRequest? body, DeploymentActions actions, Caller caller, CancellationToken ct) =>
            actions.DecideAsync(id, null, confirm: true, body, caller, ct)).WithName("ConfirmDeployment").WithSummary("Confirm everything that waits for a person; the environment's rule says who may");
        act.MapPost("/{id}/reject", (string id, ActionRequest? body, DeploymentActions actions, Caller caller, CancellationToken ct) =>
            actions.DecideAsync(id, null, confirm: false, body, caller, ct)).WithName("RejectDeployment").WithSummary("Refuse everything that waits for a person");
    }

    private static async Task<Ok<Page<Deployment>>> ListAsync(
        HttpContext http, [Description("Statuses, separated by commas.")] string? status, string? app, string? environment, string? q, string? cursor, int? limit, [Description("deployment (default), move: instances that went to another node, or tidy: images that were deleted.")] string? kind,
        Caller caller, Database database, DeploymentViews views, CancellationToken cancellationToken)
    {
        var statuses = new List<RunStatus>();
        foreach (var name in (status ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Enum.TryParse<RunStatus>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var parsed) || int.TryParse(name, out _))
                throw RequestRefusedException.Invalid(new FieldProblem("status", $"has '{name}'; it may hold pending, running, waiting_confirm, success, failed, rolled_back and cancelled, separated by commas"));
            statuses.Add(parsed);
        }

        if (kind is not (null or "deployment" or Moves.Kind or Tidying.Kind)) throw RequestRefusedException.Invalid(new FieldProblem("kind", "must be 'deployment', 'move' or 'tidy'"));
        if (limit is < 1 or > MaxLimit) throw RequestRefusedException.Invalid(new FieldProblem("limit", $"must be 1 to {MaxLimit}"));
        var take = limit ?? 50;
        var rows = await DeploymentQueries.ListAsync(database, new DeploymentFilter(statuses, app, environment, q, cursor, take + 1, kind ?? "deployment"), Scope.Of(caller), cancellationToken);
        var page = rows.Take(take).ToList();
        return TypedResults.Ok(new Page<Deployment>(await views.ShowAsync(page, withTasks: false, null, cancellationToken), rows.Count > take ? page[^1].Id : null));
    }

    private static async Task<Ok<Deployment>> GetAsync(string id, HttpContext http, Caller caller, Database database, DeploymentViews views, CancellationToken cancellationToken)
    {
        var row = await FindAsync(id, caller, database, cancellationToken);
        var shown = await views.ShowAsync(row, cancellationToken);
        http.Response.Headers.ETag = $"\"{row.UpdatedAt.UtcTicks:x}\"";
        return TypedResults.Ok(shown);
    }

    private static async Task<Ok<Page<DeploymentEvent>>> EventsAsync(string id, [Description("The version of the last event that is known: next of the page before.")] int? after, int? limit, Caller caller, Database database, CancellationToken cancellationToken)
    {
        var row = await FindAsync(id, caller, database, cancellationToken);
        var take = Math.Clamp(limit ?? 500, 1, 5000);
        var events = await DeploymentQueries.EventsAsync(database, row.Id, Math.Max(0, after ?? 0), take, cancellationToken);
        return TypedResults.Ok(new Page<DeploymentEvent>(events, events.Count == take ? events[^1].Version.ToString(System.Globalization.CultureInfo.InvariantCulture) : null));
    }

    private static async Task<Results<Created<DeploymentsCreated>, Ok<DeploymentPlan>>> CreateAsync(
        CreateDeployment request, [Description("true: answers 200 with what would be made, and makes nothing.")] bool? dryRun, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, Caller caller, DeploymentActions actions, DeploymentPreview preview, CancellationToken cancellationToken)
    {
        DeploymentRequest.Validate(request);
        if (dryRun == true) return TypedResults.Ok(await preview.OfAsync(request, caller, cancellationToken));
        var created = await actions.CreateAsync(request, caller, Checked(idempotencyKey), cancellationToken);
        return TypedResults.Created($"/api/v1/deployments/{created.Id}", created);
    }

    /// <summary>The key as it is kept; null when none was sent.</summary>
    internal static string? Checked(string? idempotencyKey) =>
        idempotencyKey is not { Length: > 200 } ? idempotencyKey is "" ? null : idempotencyKey
        : throw RequestRefusedException.Invalid(new FieldProblem("Idempotency-Key", "must be at most 200 characters"));

    internal static async Task<DeploymentRow> FindAsync(string id, Caller caller, Database database, CancellationToken cancellationToken) =>
        await DeploymentQueries.FindAsync(database, id, Scope.Of(caller), cancellationToken) ?? throw RequestRefusedException.NotFound("deployment", id);
}
