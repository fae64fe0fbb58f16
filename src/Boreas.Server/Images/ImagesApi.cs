using System.ComponentModel;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Server.Access;
using Boreas.Server.Apps;
using Boreas.Server.Audit;
using Boreas.Server.Deployments;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Images;

internal static class ImagesApi
{
    private const int MostKept = 1000;

    public static void MapImages(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/v1/apps/{id}/images", "Images");
        group.MapGet("", ListAsync).RequireAuthorization(Policies.Viewer).WithName("ListImages").WithSummary("The images that were built for an app and pushed, the newest first, and why each stays");
        group.MapPost("/tidy", TidyAsync).RequireAuthorization(Policies.Developer).WithName("TidyImages").WithSummary("Delete the images of an app that nothing needs: a run, whose task's result says what went and what stays");
    }

    private static async Task<Ok<IReadOnlyList<AppImage>>> ListAsync(string id, Caller caller, Database database, ServerOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        AppQueries.Demand(connection, caller, id, Role.Viewer);
        if (Tidying.RepositoryOf(Tidying.Find(connection, id)!) is not { } repository) return TypedResults.Ok<IReadOnlyList<AppImage>>([]);
        var images = ImageUse.Of(connection, repository, id, options.KeptImages, time.GetUtcNow()).Where(image => image.Image.AppId == id);
        return TypedResults.Ok<IReadOnlyList<AppImage>>([.. images.Select(image => new AppImage(image.Image.Repository, image.Image.Tag, image.Image.Digest, image.Image.RunId, image.Image.BuiltAt, image.KeptBecause))]);
    }

    private static async Task<Created<Deployment>> TidyAsync(
        string id,
        TidyImagesInput? input,
        [Description("true: the run changes nothing, and its result says what would go.")] bool? dryRun,
        Caller caller, Journal journal, Database database, DeploymentViews views, ServerOptions options, CancellationToken cancellationToken)
    {
        var keep = input?.Keep ?? options.KeptImages;
        if (input?.Keep is < 1 or > MostKept) throw RequestRefusedException.Invalid(new FieldProblem("keep", $"must be 1 to {MostKept}"));
        var run = await journal.WriteAsync(transaction =>
        {
            AppQueries.Demand(transaction.Connection, caller, id, Role.Developer);
            var app = Tidying.Find(transaction.Connection, id)!;
            if (Tidying.RepositoryOf(app) is null)
                throw RequestRefusedException.Conflict(ProblemCodes.StateConflict, $"The app '{id}' has no registry: its images stay in the engine that built them.", $"Give it one with 'boreas apps set {id} --registry NAME'.");
            if (dryRun != true) transaction.Audit(caller, $"app/{id}/images", keep is null ? "keep all" : $"keep {keep}");
            return Tidying.Begin(transaction, app, new TidyImagesPayload(keep, dryRun == true), caller.Name, dryRun == true ? "Dry run" : null);
        }, cancellationToken);
        return TypedResults.Created($"/api/v1/deployments/{run}", await views.ShowAsync(await DeploymentsApi.FindAsync(run, caller, database, cancellationToken), cancellationToken));
    }
}
