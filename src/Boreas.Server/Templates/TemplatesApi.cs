using System.Globalization;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Templates;
using Boreas.Contracts.Values;
using Boreas.Server.Access;
using Boreas.Server.Audit;
using Boreas.Server.Deployments;
using Boreas.Server.Environments;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Templates;

/// <summary>Templates: saved graphs of tasks in numbered versions that never change. One is found by its id, or by its name.</summary>
internal static class TemplatesApi
{
    public static void MapTemplates(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/v1/templates", "Templates");
        var read = group.MapGroup("").RequireAuthorization(Policies.Viewer);
        read.MapGet("", ListAsync).WithName("ListTemplates").WithSummary("The newest version of each template of your projects");
        read.MapGet("/{id}", GetAsync).WithName("GetTemplate").WithSummary("The newest version of a template, with its ETag");
        read.MapGet("/{id}/versions", VersionsAsync).WithName("ListTemplateVersions").WithSummary("The versions of a template, newest first");
        read.MapGet("/{id}/versions/{version:int}", GetVersionAsync).WithName("GetTemplateVersion").WithSummary("One version of a template");
        read.MapGet("/{id}/versions/{from:int}/compare/{to:int}", CompareAsync).WithName("CompareTemplateVersions").WithSummary("What one version has and another has not");
        var write = group.MapGroup("").RequireAuthorization(Policies.Developer);
        write.MapPost("", CreateAsync).WithName("CreateTemplate").WithSummary("Save a graph, or that of a deployment, as a template");
        write.MapPost("/{id}/versions", AddVersionAsync).WithName("CreateTemplateVersion").WithSummary("A new version of a template");
        write.MapDelete("/{id}", DeleteAsync).WithName("DeleteTemplate").WithSummary("Forget a template with all its versions; what was started from it stays");
    }

    private static async Task<Ok<Page<Template>>> ListAsync(Caller caller, Database database, CancellationToken cancellationToken, string? project = null, string? cursor = null, int? limit = null)
    {
        var size = Paging.Limit(limit);
        await using var connection = await database.OpenAsync(cancellationToken);
        return TypedResults.Ok(Paging.Page([.. (await TemplateQueries.ListAsync(connection, caller, project, cursor, size + 1)).Select(t => t.ToTemplate())], size, t => t.Id));
    }

    private static async Task<Ok<Template>> GetAsync(string id, Caller caller, Database database, HttpContext context)
    {
        await using var connection = await database.OpenAsync(context.RequestAborted);
        return Show(TemplateQueries.Demand(connection, caller, id, Role.Viewer), context);
    }

    private static async Task<Ok<Page<Template>>> VersionsAsync(string id, Caller caller, Database database, CancellationToken cancellationToken, int? cursor = null, int? limit = null)
    {
        var size = Paging.Limit(limit);
        await using var connection = await database.OpenAsync(cancellationToken);
        var template = TemplateQueries.Demand(connection, caller, id, Role.Viewer);
        var versions = await TemplateQueries.VersionsAsync(connection, template.Id, cursor, size + 1);
        return TypedResults.Ok(Paging.Page([.. versions.Select(t => t.ToTemplate())], size, t => t.Version.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<Ok<Template>> GetVersionAsync(string id, int version, Caller caller, Database database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return TypedResults.Ok(TemplateQueries.Demand(connection, caller, id, Role.Viewer, version).ToTemplate());
    }

    private static async Task<Ok<TemplateDifference>> CompareAsync(string id, int from, int to, Caller caller, Database database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var before = TemplateQueries.Demand(connection, caller, id, Role.Viewer, from).ToTemplate();
        var after = TemplateQueries.Demand(connection, caller, id, Role.Viewer, to).ToTemplate();
        return TypedResults.Ok(new TemplateDifference(before.Name, from, to, GraphDifference.Between(before.Tasks, after.Tasks), Parameters(before, after)));
    }

    private static async Task<Created<Template>> CreateAsync(TemplateInput input, Caller caller, Journal journal, Database database, HttpContext context)
    {
        var fields = new Fields();
        fields.Required<Slug>("name", input.Name);
        fields.Optional<Slug>("project", input.Project);
        var (content, from) = await ContentAsync(input, fields, caller, database, context.RequestAborted);
        var project = input.Project ?? from ?? EnvironmentQueries.DefaultProject;
        var id = Ids.New("template");
        var created = await journal.WriteAsync(transaction =>
        {
            caller.Demand(project, Role.Developer);
            EnvironmentQueries.DemandProject(transaction.Connection, project);
            if (TemplateQueries.NameIsTaken(transaction.Connection, project, input.Name!))
                throw RequestRefusedException.Conflict(ProblemCodes.AlreadyExists, $"There is a template '{input.Name}' in project '{project}' already.", "Choose another name, or add a version to it.");
            transaction.Audit(caller, $"template/{project}/{input.Name}@1");
            return TemplateQueries.Create(transaction, id, input.Name!, project, content, caller.Name);
        }, context.RequestAborted);
        return TypedResults.Created("/api/v1/templates/" + id, Show(created, context).Value);
    }

    private static async Task<Created<Template>> AddVersionAsync(string id, TemplateInput input, Caller caller, Journal journal, Database database, HttpContext context)
    {
        var fields = new Fields();
        if (input.Name is not null) fields.Refuse("name", "is that of the template, which keeps it");
        if (input.Project is not null) fields.Refuse("project", "is that of the template, which stays there");
        var (content, _) = await ContentAsync(input, fields, caller, database, context.RequestAborted);
        var added = await journal.WriteAsync(transaction =>
        {
            var template = TemplateQueries.Demand(transaction.Connection, caller, id, Role.Developer);
            ETags.Demand(context.Request, template.Tag);
            transaction.Audit(caller, $"template/{template.Project}/{template.Name}@{template.Newest + 1}");
            return TemplateQueries.AddVersion(transaction, template, content, caller.Name);
        }, context.RequestAborted);
        return TypedResults.Created($"/api/v1/templates/{added.Id}/versions/{added.Version}", Show(added, context).Value);
    }

    private static async Task<NoContent> DeleteAsync(string id, Caller caller, Journal journal, HttpContext context)
    {
        await journal.WriteAsync(transaction =>
        {
            var template = TemplateQueries.Demand(transaction.Connection, caller, id, Role.Developer);
            ETags.Demand(context.Request, template.Tag);
            TemplateQueries.Delete(transaction, template.Id);
            transaction.Audit(caller, $"template/{template.Project}/{template.Name}");
        }, context.RequestAborted);
        return TypedResults.NoContent();
    }

    /// <summary>What is to be saved, checked, and the project of the deployment that it comes from.</summary>
    private static async Task<(TemplateContent Content, string? Project)> ContentAsync(TemplateInput input, Fields fields, Caller caller, Database database, CancellationToken cancellationToken)
    {
        if (input.Description is not null) fields.Text("description", input.Description, 500);
        if (input.Tasks is null == input.Deployment is null) fields.Refuse("tasks", "must be given, or a deployment whose graph is saved, and not both");
        fields.ThrowIfAny();
        var row = input.Deployment is { } id ? await DeploymentsApi.FindAsync(id, caller, database, cancellationToken) : null;
        var tasks = row is null ? input.Tasks! : TemplateGraph.Of(await DeploymentQueries.PlannedGraphAsync(database, row.Id, cancellationToken));
        var parameters = input.Parameters ?? [];
        return (new TemplateContent(input.Description, parameters, TemplateGraph.Check(parameters, tasks)), row?.Project);
    }

    private static Ok<Template> Show(TemplateRow row, HttpContext context)
    {
        context.Response.Headers.ETag = row.Tag;
        return TypedResults.Ok(row.ToTemplate());
    }

    private static List<FieldDifference> Parameters(Template before, Template after) =>
    [
        .. before.Parameters.Concat(after.Parameters).Select(p => p.Name).Distinct()
            .Select(name => (Name: name, Was: before.Parameters.FirstOrDefault(p => p.Name == name), Is: after.Parameters.FirstOrDefault(p => p.Name == name)))
            .Where(p => p.Was != p.Is)
            .Select(p => new FieldDifference(p.Name, p.Was is null ? null : BoreasJson.ToElement(p.Was), p.Is is null ? null : BoreasJson.ToElement(p.Is))),
    ];
}
