using Boreas.Contracts.Access;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
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
/// <c>POST /deploy/jobs</c>: deploy an image, or build and deploy a repository, in one call. The app is created when it
/// is new; what the payload says about an app that exists holds for this deployment and the next ones.
/// </summary>
internal static class DirectJobsApi
{
    public static void MapDirectJobs(this IEndpointRouteBuilder app) =>
        app.MapPost("/deploy/jobs", CreateAsync).RequireAuthorization(Policies.Developer)
            .WithTags("Jobs").WithName("CreateJob").WithSummary("Deploy an image, or build and deploy a repository");

    private static async Task<Created<DeploymentsCreated>> CreateAsync(
        DirectDeployRequest request, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, Caller caller, DeploymentActions actions, Journal journal, ServerOptions options, CancellationToken cancellationToken)
    {
        var payload = Read(request);
        await EnsureAppAsync(payload, caller, journal, options, cancellationToken);
        var created = await actions.CreateAsync(new CreateDeployment(ApplicationIds: [payload.AppId]), caller, DeploymentsApi.Checked(idempotencyKey), cancellationToken);
        return TypedResults.Created($"/api/v1/deployments/{created.Id}", created);
    }

    private static Task EnsureAppAsync(DirectDeployPayload payload, Caller caller, Journal journal, ServerOptions options, CancellationToken cancellationToken)
    {
        var fields = new Fields(DirectDeployPayloads.NameOf);
        var id = fields.Required<Slug>("payload.appId", payload.AppId).Value ?? "";
        var settings = AppSettings.Of(payload.ToInput(), id, fields, options);
        fields.ThrowIfAny();
        return journal.WriteAsync(transaction =>
        {
            var known = AppQueries.FindRow(transaction.Connection, id);
            var row = known ?? new AppRow { Id = id, Project = EnvironmentQueries.DefaultProject, OwnerId = caller.UserId, CreatedAt = transaction.Now };
            caller.Demand(row.Project, Role.Developer, "app", id);
            var before = known?.ToApp([], []);
            row.Set(before is null ? settings : settings with { Name = before.Name, HealthCheck = before.HealthCheck, Replicas = before.Replicas, Limits = before.Limits, Variables = before.Variables, Registry = before.Registry });
            (row.Version, row.UpdatedAt) = (row.Version + 1, transaction.Now);
            if (known is null) AppQueries.Insert(transaction, row);
            else AppQueries.Update(transaction, row);
            transaction.Audit(caller, "app/" + id);
        }, cancellationToken);
    }

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
        "source.repositoryUrl" => "payload.repoSshUrl",
        "source.ref" => "payload.gitRef",
        "imageRepository" => "payload.imageRepo",
        _ when field.StartsWith("source.", StringComparison.Ordinal) => "payload." + field["source.".Length..],
        "containerPort" => "payload.containerPort",
        _ => field,
    };

    public static AppInput ToInput(this DirectDeployPayload payload) => new(
        Source: new AppSource(payload.RepoSshUrl, Embedded: false, payload.Image, payload.GitRef ?? "main", payload.DockerfilePath ?? "Dockerfile", payload.BuildContext ?? "."),
        ImageRepository: payload.ImageRepo,
        ContainerPort: payload.ContainerPort);
}
