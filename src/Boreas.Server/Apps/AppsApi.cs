using System.Text.Json;
using Boreas.Contracts.Access;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Server.Access;
using Boreas.Server.Audit;
using Boreas.Server.Environments;
using Boreas.Server.OpenApi;
using Boreas.Server.Problems;
using Boreas.Server.Registries;
using Boreas.Server.Routes;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Apps;

internal static class AppsApi
{
    public static void MapApps(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/v1/apps", "Apps");
        group.MapGet("", ListAsync).RequireAuthorization(Policies.Viewer).WithName("ListApps").WithSummary("Apps of your projects; ?q= searches ids and names");
        group.MapPost("", CreateAsync).RequireAuthorization(Policies.Developer).WithName("CreateApp").WithSummary("A new app");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.Viewer).WithName("GetApp").WithSummary("One app, with its ETag");
        group.MapPut("/{id}", ReplaceAsync).RequireAuthorization(Policies.Developer).WithName("ReplaceApp").WithSummary("Set an app; what is left out gets its default");
        group.MapPatch("/{id}", PatchAsync).RequireAuthorization(Policies.Developer).WithName("PatchApp").WithSummary("Change an app; what is left out stays, null goes back to the default")
            .AcceptsPatchOf<AppInput>();
        group.MapDelete("/{id}", DeleteAsync).RequireAuthorization(Policies.Developer).WithName("DeleteApp").WithSummary("Stop an app and forget it, with its secrets");
    }

    private static async Task<Ok<Page<App>>> ListAsync(
        Caller caller, Database database, AppEndpoints endpoints, CancellationToken cancellationToken, string? q = null, string? project = null, string? cursor = null, int? limit = null)
    {
        var size = Paging.Limit(limit);
        await using var connection = await database.OpenAsync(cancellationToken);
        var page = Paging.Page(await AppQueries.ListAsync(connection, caller, q, project, cursor, size + 1), size, a => a.Id);
        var serving = await endpoints.ForAsync([.. page.Items.Select(a => a.Id)], cancellationToken);
        return TypedResults.Ok(page with { Items = [.. page.Items.Select(a => a with { Endpoints = [.. serving[a.Id]] })] });
    }

    private static async Task<Ok<App>> GetAsync(string id, Caller caller, Database database, AppEndpoints endpoints, HttpContext context)
    {
        await using var connection = await database.OpenAsync(context.RequestAborted);
        var row = AppQueries.DemandRow(connection, caller, id, Role.Viewer);
        context.Response.Headers.ETag = ETags.Of(row.Version, row.CreatedAt);
        return TypedResults.Ok(AppQueries.Find(connection, id)! with { Endpoints = [.. (await endpoints.ForAsync([id], context.RequestAborted))[id]] });
    }

    private static async Task<Created<App>> CreateAsync(AppInput input, Caller caller, Journal journal, ServerOptions options, HttpContext context)
    {
        var fields = new Fields();
        var id = fields.Required<Slug>("id", input.Id).Value ?? "";
        var project = fields.Required<Slug>("project", input.Project ?? EnvironmentQueries.DefaultProject).Value ?? "";
        var settings = AppSettings.Of(input, id, fields, options);
        fields.ThrowIfAny();
        var created = await journal.WriteAsync(transaction =>
        {
            caller.Demand(project, Role.Developer);
            EnvironmentQueries.DemandProject(transaction.Connection, project);
            DemandRegistry(transaction, settings, project);
            if (AppQueries.FindRow(transaction.Connection, id) is not null)
                throw RequestRefusedException.Conflict(ProblemCodes.AlreadyExists, $"The app id '{id}' is taken.", "Choose another: ids are part of addresses, so they are unique over all projects.");
            var row = new AppRow { Id = id, Project = project, OwnerId = caller.UserId, Version = 1, CreatedAt = transaction.Now, UpdatedAt = transaction.Now };
            row.Set(settings);
            AppQueries.Insert(transaction, row);
            transaction.Audit(caller, "app/" + id);
            return AppQueries.Find(transaction.Connection, id)!;
        }, context.RequestAborted);
        context.Response.Headers.ETag = ETags.Of(1, created.CreatedAt);
        return TypedResults.Created("/api/v1/apps/" + id, created);
    }

    private static Task<Ok<App>> ReplaceAsync(string id, AppInput input, Caller caller, Journal journal, ServerOptions options, HttpContext context) =>
        ChangeAsync(id, _ => input, caller, journal, options, context);

    private static Task<Ok<App>> PatchAsync(string id, JsonElement patch, Caller caller, Journal journal, ServerOptions options, HttpContext context) =>
        ChangeAsync(id, app => MergePatch.Apply(InputOf(app), patch), caller, journal, options, context);

    private static async Task<NoContent> DeleteAsync(string id, Caller caller, Journal journal, HttpContext context)
    {
        await journal.WriteAsync(transaction =>
        {
            var row = AppQueries.DemandRow(transaction.Connection, caller, id, Role.Developer);
            ETags.Demand(context.Request, ETags.Of(row.Version, row.CreatedAt));
            if (AppQueries.ActiveRun(transaction.Connection, id) is { } run)
                throw RequestRefusedException.Conflict(ProblemCodes.ActiveDeployment, $"The app is being deployed by '{run}'.", "Cancel that deployment, or wait until it has ended.");
            RouteSwitch.Remove(transaction, id);
            AppQueries.Delete(transaction, id);
            transaction.Audit(caller, "app/" + id);
        }, context.RequestAborted);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<App>> ChangeAsync(string id, Func<App, AppInput> change, Caller caller, Journal journal, ServerOptions options, HttpContext context)
    {
        var (app, etag) = await journal.WriteAsync(transaction =>
        {
            var row = AppQueries.DemandRow(transaction.Connection, caller, id, Role.Developer);
            ETags.Demand(context.Request, ETags.Of(row.Version, row.CreatedAt));
            var input = change(row.ToApp([], []));
            var fields = new Fields();
            if (input.Id is not null && input.Id != id) fields.Refuse("id", "cannot be changed: it is part of addresses");
            if (input.Project is not null && input.Project != row.Project) fields.Refuse("project", "cannot be changed");
            var settings = AppSettings.Of(input, id, fields, options);
            fields.ThrowIfAny();
            DemandRegistry(transaction, settings, row.Project);
            // The gateways' business and no release's: it takes effect at once.
            if (settings.StickySessions != row.StickySessions) transaction.ChangeRoutes();
            row.Set(settings);
            (row.Version, row.UpdatedAt) = (row.Version + 1, transaction.Now);
            AppQueries.Update(transaction, row);
            transaction.Audit(caller, "app/" + id);
            return (AppQueries.Find(transaction.Connection, id)!, ETags.Of(row.Version, row.CreatedAt));
        }, context.RequestAborted);
        context.Response.Headers.ETag = etag;
        return TypedResults.Ok(app);
    }

    private static void DemandRegistry(JournalTransaction transaction, AppSettings settings, string project)
    {
        if (settings.Registry is { } registry && RegistryQueries.Find(transaction.Connection, registry)?.Project != project)
            throw RequestRefusedException.Invalid(new FieldProblem("registry", "names no registry of this project; add it with POST /api/v1/registries"));
    }

    internal static AppInput InputOf(App app) =>
        new(app.Id, app.Name, app.Project, app.Source, app.ImageRepository, app.Registry, app.ContainerPort, app.HealthCheck, app.Replicas, app.Limits, app.Variables, app.StickySessions);
}
