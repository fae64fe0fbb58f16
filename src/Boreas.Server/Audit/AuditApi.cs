using System.Globalization;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;
using Boreas.Server.Access;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Audit;

internal static class AuditApi
{
    public static void MapAudit(this IEndpointRouteBuilder app) =>
        app.MapApi("/api/v1/audit", "Access").MapGet("", ListAsync).RequireAuthorization(Policies.Administrator)
            .WithName("ListAudit").WithSummary("Who changed what, newest first");

    private static async Task<Ok<Page<AuditEntry>>> ListAsync(Database database, CancellationToken cancellationToken, string? actor = null, string? cursor = null, int? limit = null)
    {
        var page = Paging.Limit(limit);
        if (!long.TryParse(cursor ?? "9223372036854775807", NumberStyles.None, CultureInfo.InvariantCulture, out var before))
            throw RequestRefusedException.Invalid(new FieldProblem("cursor", "must be the 'next' of the page before"));
        await using var connection = await database.OpenAsync(cancellationToken);
        var entries = await AuditTrail.ListAsync(connection, before, actor, page + 1);
        return TypedResults.Ok(Paging.Page(entries, page, e => e.Id.ToString(CultureInfo.InvariantCulture)));
    }
}
