using Boreas.Contracts.Agents;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Fleet;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Server.Access;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Nodes;

internal static class NodesApi
{
    public static void MapNodes(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/nodes", ListAsync).RequireAuthorization(Policies.Viewer).WithTags("Fleet").WithName("ListNodes").WithSummary("Runtime nodes and their instances");
        app.MapPost("/nodes/heartbeat", HeartbeatAsync).RequireAuthorization(Policies.Agent).WithTags("Fleet").WithName("ReportNode").WithSummary("An agent says what it runs; the answer says what nobody wants any more");
    }

    private static async Task<Ok<Page<NodeInfo>>> ListAsync(Caller caller, NodeRegistry nodes, Database database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var apps = await connection.QueryAsync<string>("select id from apps where @All or project in @Projects", Scope.Of(caller));
        return TypedResults.Ok(new Page<NodeInfo>(await nodes.ListAsync(apps.ToHashSet(StringComparer.Ordinal), cancellationToken), null));
    }

    private static async Task<Ok<NodeInstructions>> HeartbeatAsync(NodeHeartbeat beat, NodeRegistry nodes, CancellationToken cancellationToken)
    {
        var errors = new List<FieldProblem>();
        if (!Slug.TryParse(beat.Node, out _, out var error)) errors.Add(new FieldProblem("node", error));
        if (!Uri.TryCreate(beat.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) errors.Add(new FieldProblem("url", "must be an http or https URL at which runners reach the agent"));
        if (!Convert.TryFromBase64String(beat.Key, new byte[64], out var length) || length != 32) errors.Add(new FieldProblem("key", "must be 32 bytes in base64"));
        if (beat.Capacity is < 0 or > 10_000) errors.Add(new FieldProblem("capacity", "must be 0 to 10000"));
        if (errors.Count > 0) throw RequestRefusedException.Invalid(errors);
        return TypedResults.Ok(await nodes.HeardAsync(beat, cancellationToken));
    }
}
