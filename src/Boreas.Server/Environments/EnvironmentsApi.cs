using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Environments;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Server.Access;
using Boreas.Server.Audit;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Environments;

internal static class EnvironmentsApi
{
    public static void MapEnvironments(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/v1/environments", "Environments");
        group.MapGet("", ListAsync).RequireAuthorization(Policies.Viewer).WithName("ListEnvironments").WithSummary("Environments of your projects");
        group.MapPost("", CreateAsync).RequireAuthorization(Policies.Admin).WithName("CreateEnvironment").WithSummary("A new environment; the first of a project is its default");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.Viewer).WithName("GetEnvironment").WithSummary("One environment, with its ETag");
        group.MapPut("/{id}", UpdateAsync).RequireAuthorization(Policies.Admin).WithName("UpdateEnvironment").WithSummary("Change an environment; what is left out stays");
        group.MapDelete("/{id}", DeleteAsync).RequireAuthorization(Policies.Admin).WithName("DeleteEnvironment").WithSummary("Forget an environment that nothing uses");
    }

    private static async Task<Ok<Page<DeployEnvironment>>> ListAsync(Caller caller, Database database, CancellationToken cancellationToken, string? project = null, string? cursor = null, int? limit = null)
    {
        var size = Paging.Limit(limit);
        await using var connection = await database.OpenAsync(cancellationToken);
        return TypedResults.Ok(Paging.Page(await EnvironmentQueries.ListAsync(connection, caller, project, cursor, size + 1), size, e => e.Id));
    }

    private static async Task<Ok<DeployEnvironment>> GetAsync(string id, Caller caller, Database database, HttpContext context)
    {
        await using var connection = await database.OpenAsync(context.RequestAborted);
        var row = EnvironmentQueries.DemandRow(connection, caller, id, Role.Viewer);
        context.Response.Headers.ETag = ETags.Of(row.Version, row.CreatedAt);
        return TypedResults.Ok(row.ToEnvironment());
    }

    private static async Task<Created<DeployEnvironment>> CreateAsync(EnvironmentInput input, Caller caller, Journal journal, HttpContext context)
    {
        var fields = new Fields();
        fields.Required<Slug>("name", input.Name);
        var project = fields.Required<Slug>("project", input.Project ?? EnvironmentQueries.DefaultProject).Value ?? "";
        EnvironmentChecks.Check(fields, input);
        fields.ThrowIfAny();
        var id = Ids.New("env");
        var created = await journal.WriteAsync(transaction =>
        {
            caller.Demand(project, Role.Admin);
            DemandFreeName(transaction, project, input.Name!, id);
            DemandKnown(transaction, input.Confirm);
            var row = new EnvironmentQueries.EnvironmentRow { Id = id, Project = project, CreatedAt = transaction.Now };
            row.Set(input);
            row.IsDefault = input.Default == true || !EnvironmentQueries.ProjectExists(transaction.Connection, project);
            if (row.IsDefault) EnvironmentQueries.ClearDefault(transaction, project);
            EnvironmentQueries.Insert(transaction, row);
            transaction.Audit(caller, $"environment/{project}/{row.Name}");
            return row.ToEnvironment();
        }, context.RequestAborted);
        context.Response.Headers.ETag = ETags.Of(1, created.CreatedAt);
        return TypedResults.Created("/api/v1/environments/" + id, created);
    }

    private static async Task<Ok<DeployEnvironment>> UpdateAsync(string id, EnvironmentInput input, Caller caller, Journal journal, HttpContext context)
    {
        var fields = new Fields();
        fields.Optional<Slug>("name", input.Name);
        EnvironmentChecks.Check(fields, input);
        fields.ThrowIfAny();
        var row = await journal.WriteAsync(transaction =>
        {
            var row = EnvironmentQueries.DemandRow(transaction.Connection, caller, id, Role.Admin);
            ETags.Demand(context.Request, ETags.Of(row.Version, row.CreatedAt));
            DemandKnown(transaction, input.Confirm);
            if (input.Project is not null && input.Project != row.Project) throw RequestRefusedException.Invalid(new FieldProblem("project", "cannot be changed"));
            if (input.Default == false && row.IsDefault) throw RequestRefusedException.Invalid(new FieldProblem("default", "is set on another environment instead: a project always has one"));
            if (input.Name is not null && input.Name != row.Name)
            {
                DemandFreeName(transaction, row.Project, input.Name, id);
                if (EnvironmentQueries.Use(transaction.Connection, id) is { } use) throw InUse(use, "The name is part of addresses: take the apps out of it first.");
            }

            row.Set(input);
            row.Version++;
            if (input.Default == true && !row.IsDefault)
            {
                EnvironmentQueries.ClearDefault(transaction, row.Project);
                row.IsDefault = true;
            }

            EnvironmentQueries.Update(transaction, row);
            if (input.Freezes is not null) FreezeGate.Reconsider(transaction, id);
            transaction.Audit(caller, $"environment/{row.Project}/{row.Name}");
            return row;
        }, context.RequestAborted);
        context.Response.Headers.ETag = ETags.Of(row.Version, row.CreatedAt);
        return TypedResults.Ok(row.ToEnvironment());
    }

    private static async Task<NoContent> DeleteAsync(string id, Caller caller, Journal journal, HttpContext context)
    {
        await journal.WriteAsync(transaction =>
        {
            var row = EnvironmentQueries.DemandRow(transaction.Connection, caller, id, Role.Admin);
            ETags.Demand(context.Request, ETags.Of(row.Version, row.CreatedAt));
            if (row.IsDefault) throw InUse("It is the project's default.", "Make another environment the default first.");
            if (EnvironmentQueries.Use(transaction.Connection, id) is { } use) throw InUse(use, "Take the apps out of it first.");
            EnvironmentQueries.Delete(transaction, id);
            transaction.Audit(caller, $"environment/{row.Project}/{row.Name}");
        }, context.RequestAborted);
        return TypedResults.NoContent();
    }

    private static void DemandKnown(JournalTransaction transaction, ConfirmRule? rule)
    {
        var users = EnvironmentQueries.UnknownUsers(transaction.Connection, rule?.Users ?? []).Select(name => new FieldProblem("confirm.users", $"names '{name}', and there is no such user"));
        var groups = GroupQueries.Unknown(transaction.Connection, rule?.Groups ?? []).Select(name => new FieldProblem("confirm.groups", $"names '{name}', and there is no such group"));
        FieldProblem[] unknown = [.. users, .. groups];
        if (unknown.Length > 0) throw RequestRefusedException.Invalid(unknown);
    }

    private static void DemandFreeName(JournalTransaction transaction, string project, string name, string id)
    {
        if (EnvironmentQueries.NameIsTaken(transaction.Connection, project, name, id))
            throw RequestRefusedException.Conflict(ProblemCodes.AlreadyExists, $"There is an environment '{name}' in project '{project}' already.", "Choose another name.");
    }

    private static RequestRefusedException InUse(string use, string advice) => RequestRefusedException.Conflict(ProblemCodes.StateConflict, "The environment is in use. " + use, advice);
}
