using Boreas.Contracts.Fleet;
using Boreas.Contracts.Gateways;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Server.Access;
using Boreas.Server.Operations;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Routes;

/// <summary>What gateways call, and the routes as people see them.</summary>
internal static class RoutesApi
{
    public static void MapRoutes(this IEndpointRouteBuilder app)
    {
        var gateway = app.MapGroup("/gateway").WithTags("Gateways").RequireAuthorization(Policies.Gateway);
        gateway.MapGet("/routes", TableAsync).WithName("GetRouteTable").WithSummary("The route table, when it is newer; 204 when it is not after the wait");
        gateway.MapPost("/status", StatusAsync).WithName("ReportGateway").WithSummary("What a gateway serves, and its traffic");
        app.MapGet("/api/v1/routes", ListAsync).RequireAuthorization(Policies.Viewer).WithTags("Fleet").WithName("GetRoutes").WithSummary("Routes and gateways");
    }

    private static async Task<Results<Ok<RouteTable>, NoContent>> TableAsync(string gateway, long? after, int? waitSeconds, RouteTables tables, Stopping stopping, CancellationToken cancellationToken)
    {
        Check(gateway);
        using var waiting = stopping.Link(cancellationToken);
        try
        {
            var table = await tables.NewerAsync(after ?? -1, TimeSpan.FromSeconds(Math.Clamp(waitSeconds ?? 0, 0, 30)), waiting.Token);
            return table is null ? TypedResults.NoContent() : TypedResults.Ok(table);
        }
        catch (OperationCanceledException) when (stopping.IsRequested)
        {
            return TypedResults.NoContent();
        }
    }

    private static async Task<NoContent> StatusAsync(GatewayStatus status, GatewayRegistry gateways, CancellationToken cancellationToken)
    {
        Check(status.Gateway);
        await gateways.ReportedAsync(status, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<RoutesInfo>> ListAsync(Caller caller, RouteTables tables, GatewayRegistry gateways, Database database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var apps = (await connection.QueryAsync<string>("select id from apps where @All or project in @Projects", Scope.Of(caller))).ToHashSet(StringComparer.Ordinal);
        var table = await tables.ReadAsync(cancellationToken);
        return TypedResults.Ok(new RoutesInfo(table.Version, [.. table.Routes.Where(r => apps.Contains(r.AppId))], await gateways.ListAsync(cancellationToken)));
    }

    private static void Check(string gateway)
    {
        if (!Slug.TryParse(gateway, out _, out var error)) throw RequestRefusedException.Invalid(new FieldProblem("gateway", error));
    }
}
