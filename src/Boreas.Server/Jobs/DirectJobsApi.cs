using System.ComponentModel;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Engine.Images;
using Boreas.Server.Access;
using Boreas.Server.Apps;
using Boreas.Server.Audit;
using Boreas.Server.Deployments;
using Boreas.Server.Environments;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Jobs;

/// <summary>
/// <c>POST /deploy/jobs</c>: deploy an image, or build and deploy a repository, in one call, and the same for clients of
/// an older API. The app is created when it is new; what the payload says about an app that exists holds for this
/// deployment and the next ones. App and deployment are made together, or neither.
/// </summary>
internal static class DirectJobsApi
{
    public static void MapDirectJobs(this IEndpointRouteBuilder app)
    {
        app.MapPost("/deploy/jobs", CreateAsync).RequireAuthorization(Policies.Developer)
            .WithTags("Jobs").WithName("CreateJob").WithSummary("Deploy an image, or build and deploy a repository");
        app.MapPost("/api/fun-ai/deploy/job/create", CreateForOlderClientsAsync).RequireAuthorization(Policies.Developer)
            .WithTags("Jobs").WithName("CreateOlderJob").WithSummary("Deploy an app, for clients of an older API; with an image or a repository in the body, as a deploy job does");
    }

    private static async Task<Created<DeploymentsCreated>> CreateAsync(
        DirectDeployRequest request, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, Caller caller, DeploymentActions actions, ServerOptions options, CancellationToken cancellationToken) =>
        Answer(await DeployAsync(Read(request), "payload.", idempotencyKey, caller, actions, options, cancellationToken));

    private static async Task<Created<DeploymentsCreated>> CreateForOlderClientsAsync(
        string appId, [Description("Whose token this is; anybody else is refused.")] string? userId, [FromBody] DirectDeployPayload? body, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, Caller caller, DeploymentActions actions, ServerOptions options, CancellationToken cancellationToken)
    {
        if (userId is { Length: > 0 } && userId != caller.UserId && userId != caller.Name)
            throw new RequestRefusedException(StatusCodes.Status403Forbidden, ProblemCodes.Forbidden, $"The token is one of '{caller.Name}', and userId says '{userId}'.", "Leave userId out: the token says who deploys.");
        var payload = (body ?? new DirectDeployPayload()) with { AppId = appId };
        return Answer(await DeployAsync(payload.Image is null ? payload : payload with { RepoSshUrl = null }, "", idempotencyKey, caller, actions, options, cancellationToken));
    }

    /// <param name="prefix">Stands before the payload's fields in the request.</param>
    private static Task<DeploymentsCreated> DeployAsync(DirectDeployPayload payload, string prefix, string? idempotencyKey, Caller caller, DeploymentActions actions, ServerOptions options, CancellationToken cancellationToken)
    {
        var fields = new Fields(field => prefix + DirectDeployPayloads.NameOf(field));
        var id = fields.Required<Slug>("appId", payload.AppId).Value ?? "";
        if (payload.ImageTag is { } tag && !(ImageReference.TryParse("registry.example/app:" + tag, out var image, out _) && image.Tag == tag)) fields.Refuse("imageTag", "must be 1 to 128 letters, digits, '_', '.' and '-', starting with a letter, digit or '_'");
        var settings = payload is { Image: null, RepoSshUrl: null } ? null : AppSettings.Of(payload.ToInput(), id, fields, options);
        fields.ThrowIfAny();
        return actions.CreateAsync(
            new CreateDeployment(ApplicationIds: [id], Ref: settings is null ? payload.GitRef : null), caller, DeploymentsApi.Checked(idempotencyKey), cancellationToken,
            new DirectDeploy(JsonSerializer.Serialize(payload, BoreasJson.Options), transaction => Prepare(transaction, id, settings, payload.ContainerPort, caller, fields, options), payload.ImageTag));
    }

    /// <param name="settings">Null: the app is there, and only its port may be new.</param>
    private static void Prepare(JournalTransaction transaction, string id, AppSettings? settings, int? port, Caller caller, Fields fields, ServerOptions options)
    {
        var known = settings is null ? AppQueries.DemandRow(transaction.Connection, caller, id, Role.Developer) : AppQueries.FindRow(transaction.Connection, id);
        var row = known ?? new AppRow { Id = id, Project = EnvironmentQueries.DefaultProject, OwnerId = caller.UserId, CreatedAt = transaction.Now };
        caller.Demand(row.Project, Role.Developer, "app", id);
        var before = known?.ToApp([], []);
        if (settings is null)
        {
            if (port is null || port == before!.ContainerPort) return;
            row.Set(AppSettings.Of(AppsApi.InputOf(before) with { ContainerPort = port }, id, fields, options));
            fields.ThrowIfAny();
        }
        else row.Set(before is null ? settings : settings with { Name = before.Name, HealthCheck = before.HealthCheck, Replicas = before.Replicas, Limits = before.Limits, Variables = before.Variables, Registry = before.Registry, StickySessions = before.StickySessions });

        (row.Version, row.UpdatedAt) = (row.Version + 1, transaction.Now);
        if (known is null) AppQueries.Insert(transaction, row);
        else AppQueries.Update(transaction, row);
        transaction.Audit(caller, "app/" + id);
    }

    private static Created<DeploymentsCreated> Answer(DeploymentsCreated created) => TypedResults.Created($"/api/v1/deployments/{created.Id}", created);

    private static DirectDeployPayload Read(DirectDeployRequest request)
    {
        var payload = request.Payload;
        var errors = new List<FieldProblem>();
        if (string.IsNullOrEmpty(payload.AppId)) errors.Add(new FieldProblem("payload.appId", "must name the app"));
        switch (request.Type)
        {
            case "DEPLOY_IMAGE" when string.IsNullOrEmpty(payload.Image):
                errors.Add(new FieldProblem("payload.image", "must name the image to run"));
                break;
            case "BUILD_AND_DEPLOY" when string.IsNullOrEmpty(payload.RepoSshUrl):
                errors.Add(new FieldProblem("payload.repoSshUrl", "must be the repository's URL"));
                break;
            case "DEPLOY_IMAGE":
                payload = payload with { RepoSshUrl = null };
                break;
            case "BUILD_AND_DEPLOY":
                payload = payload with { Image = null };
                break;
            default:
                errors.Add(new FieldProblem("type", "must be DEPLOY_IMAGE or BUILD_AND_DEPLOY"));
                break;
        }

        return errors.Count == 0 ? payload : throw RequestRefusedException.Invalid(errors);
    }
}

internal static class DirectDeployPayloads
{
    /// <summary>What a payload calls a setting of an app.</summary>
    public static string NameOf(string field) => field switch
    {
        "source.repositoryUrl" => "repoSshUrl",
        "source.ref" => "gitRef",
        "imageRepository" => "imageRepo",
        _ when field.StartsWith("source.", StringComparison.Ordinal) => field["source.".Length..],
        _ => field,
    };

    public static AppInput ToInput(this DirectDeployPayload payload) => new(
        Source: new AppSource(payload.RepoSshUrl, Embedded: false, payload.Image, payload.GitRef ?? "main", payload.DockerfilePath ?? "Dockerfile", payload.BuildContext ?? "."),
        ImageRepository: payload.ImageRepo,
        ContainerPort: payload.ContainerPort);
}
