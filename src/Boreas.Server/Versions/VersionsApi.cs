using System.Globalization;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Contracts.Versions;
using Boreas.Engine.Images;
using Boreas.Server.Access;
using Boreas.Server.Apps;
using Boreas.Server.Audit;
using Boreas.Server.Environments;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Versions;

internal static class VersionsApi
{
    public static void MapVersions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApi("/api/v1/versions", "Versions");
        group.MapGet("", ListAsync).RequireAuthorization(Policies.Viewer).WithName("ListVersions").WithSummary("Versions of your projects, newest first; ?app= those with that app");
        group.MapPost("", CreateAsync).RequireAuthorization(Policies.Developer).WithName("CreateVersion").WithSummary("A new version: a named set of app revisions");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(Policies.Viewer).WithName("GetVersion").WithSummary("One version");
    }

    private static async Task<Ok<Page<AppVersion>>> ListAsync(
        Caller caller, Database database, CancellationToken cancellationToken, string? project = null, string? app = null, string? cursor = null, int? limit = null)
    {
        var size = Paging.Limit(limit);
        if (app is not null && !Slug.TryParse(app, out _, out var error)) throw RequestRefusedException.Invalid(new FieldProblem("app", error));
        await using var connection = await database.OpenAsync(cancellationToken);
        var versions = await VersionQueries.ListAsync(connection, caller, project, app, CursorOf(cursor), size + 1);
        return TypedResults.Ok(Paging.Page(versions, size, v => string.Create(CultureInfo.InvariantCulture, $"{v.CreatedAt.ToMicroseconds()}.{v.Id}")));
    }

    private static async Task<Ok<AppVersion>> GetAsync(string id, Caller caller, Database database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return TypedResults.Ok(VersionQueries.Demand(connection, caller, id, Role.Viewer));
    }

    private static async Task<Created<AppVersion>> CreateAsync(VersionInput input, Caller caller, Journal journal, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var project = fields.Required<Slug>("project", input.Project ?? EnvironmentQueries.DefaultProject).Value ?? "";
        VersionChecks.Check(fields, input);
        fields.ThrowIfAny();
        var id = VersionQueries.NewId();
        var created = await journal.WriteAsync(transaction =>
        {
            caller.Demand(project, Role.Developer);
            EnvironmentQueries.DemandProject(transaction.Connection, project);
            foreach (var (revision, index) in input.Apps!.Select((r, i) => (r, i)))
            {
                if (AppQueries.FindRow(transaction.Connection, revision.AppId)?.Project != project) fields.Refuse($"apps[{index}].appId", "names no app of this project");
            }

            fields.ThrowIfAny();
            if (input.Name is not null && VersionQueries.NameIsTaken(transaction.Connection, project, input.Name))
                throw RequestRefusedException.Conflict(ProblemCodes.AlreadyExists, $"There is a version '{input.Name}' in project '{project}' already.", "Versions do not change: choose another name.");
            var version = VersionQueries.Create(transaction, id, input.Name, project, input.Apps!, caller.Name);
            transaction.Audit(caller, $"version/{project}/{version.Name}");
            return version;
        }, cancellationToken);
        return TypedResults.Created("/api/v1/versions/" + id, created);
    }

    private static (DateTimeOffset At, string Id)? CursorOf(string? cursor)
    {
        if (cursor is null) return null;
        return cursor.Split('.', 2) is [var at, var id] && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds < 253_402_300_799_000_000
            ? (DapperTypes.FromMicroseconds(microseconds), id)
            : throw RequestRefusedException.Invalid(new FieldProblem("cursor", "must be the 'next' of the page before"));
    }
}
