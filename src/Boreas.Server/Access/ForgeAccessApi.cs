using Boreas.Contracts.Access;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Pushes;
using Boreas.Server.Apps;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Access;

/// <summary>
/// The embedded Git asks here whether somebody may fetch or push, forwarding their own credentials. It says who it is
/// itself by <c>X-Boreas-Forge</c>, so that a stolen user token cannot be tried out here without a forge's.
/// </summary>
internal static class ForgeAccessApi
{
    public const string Header = "X-Boreas-Forge";
    private const long MaxPushBytes = 512L * 1024 * 1024;

    public static void MapForgeAccess(this IEndpointRouteBuilder app) =>
        app.MapApi("/forge", "Forge").MapGet("/access", AccessAsync).RequireAuthorization(Policies.Repository)
            .WithName("CheckForgeAccess").WithSummary("Whether the caller may fetch from or push to a repository");

    private static async Task<Ok<ForgeAccess>> AccessAsync(string repository, HttpContext context, Database database, Identities identities, bool write = false)
    {
        var forge = await identities.OfTokenAsync(context.Request.Headers[Header].ToString(), context.RequestAborted);
        if (forge?.Kind != TokenKind.Forge) throw NotAForge();

        await using var connection = await database.OpenAsync(context.RequestAborted);
        var app = AppQueries.Find(connection, repository);
        if (app is null || !app.Source.Embedded) throw RequestRefusedException.NotFound("repository", repository);
        if (Caller.Find(context) is not { } caller)
            return write ? throw Caller.Forbidden("A job's ticket reads and does not push.") : TypedResults.Ok(new ForgeAccess("job", app.Id, MaxPushBytes, app.Source.Ref));
        if (caller.Kind == TokenKind.User) caller.Demand(app.Project, write ? Role.Developer : Role.Viewer, "repository", repository);
        else if (write) throw Caller.Forbidden("A runner's token reads and does not push.");
        return TypedResults.Ok(new ForgeAccess(caller.Name, app.Id, MaxPushBytes, app.Source.Ref));
    }

    private static RequestRefusedException NotAForge() => new(
        StatusCodes.Status403Forbidden, ProblemCodes.ForgeUnknown, $"Only a forge asks this; the header {Header} has no valid token of kind 'forge'.", "Make one with 'boreas tokens create NAME --kind forge'.");
}
