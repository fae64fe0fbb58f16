using Boreas.Contracts.Agents;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Fleet;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Server.Access;
using Boreas.Server.Audit;
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
    private const int MaxReason = 200;

    public static void MapNodes(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/v1/nodes", ListAsync).RequireAuthorization(Policies.Viewer).WithTags("Fleet").WithName("ListNodes").WithSummary("Runtime nodes and their instances");
        var administer = app.MapGroup("/api/v1/nodes/{id}").RequireAuthorization(Policies.Administrator).WithTags("Fleet");
        administer.MapPost("/cordon", CordonAsync).WithName("CordonNode").WithSummary("A node takes no new instances; those that it has stay");
        administer.MapPost("/drain", DrainAsync).WithName("DrainNode").WithSummary("Cordon a node and move its instances to other nodes, without a dropped request");
        administer.MapPost("/uncordon", UncordonAsync).WithName("UncordonNode").WithSummary("A node takes new instances again");
        administer.MapDelete("", DeleteAsync).WithName("DeleteNode").WithSummary("Forget a node that is lost and from which everything has gone");
        app.MapPost("/nodes/heartbeat", HeartbeatAsync).RequireAuthorization(Policies.Agent).WithTags("Fleet").WithName("ReportNode").WithSummary("An agent says what it runs; the answer says what nobody wants any more");
    }

    private static async Task<Ok<Page<NodeInfo>>> ListAsync(Caller caller, NodeRegistry nodes, Database database, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Page<NodeInfo>(await VisibleAsync(caller, nodes, database, cancellationToken), null));

    private static async Task<Ok<NodeInfo>> CordonAsync(string id, ActionRequest? body, Caller caller, Journal journal, NodeRegistry nodes, Database database, CancellationToken cancellationToken)
    {
        await ChangeAsync(id, body, caller, journal, (transaction, reason) => transaction.Execute(
            "update nodes set cordoned = @yes, cordoned_because = @reason, cordoned_by = @Name, cordoned_at = @Now where name = @id", new { yes = true, reason, caller.Name, transaction.Now, id }));
        return TypedResults.Ok(await ShowAsync(id, caller, nodes, database, cancellationToken));
    }

    private static async Task<Ok<NodeInfo>> DrainAsync(string id, ActionRequest? body, Caller caller, Journal journal, NodeRegistry nodes, NodeWatch watch, Database database, CancellationToken cancellationToken)
    {
        await ChangeAsync(id, body, caller, journal, (transaction, reason) => transaction.Execute(
            "update nodes set cordoned = @yes, draining = @yes, cordoned_because = @reason, cordoned_by = @Name, cordoned_at = @Now where name = @id", new { yes = true, reason, caller.Name, transaction.Now, id }));
        watch.Hurry();
        return TypedResults.Ok(await ShowAsync(id, caller, nodes, database, cancellationToken));
    }

    private static async Task<Ok<NodeInfo>> UncordonAsync(string id, ActionRequest? body, Caller caller, Journal journal, NodeRegistry nodes, Database database, CancellationToken cancellationToken)
    {
        await ChangeAsync(id, body, caller, journal, (transaction, _) => transaction.Execute(
            "update nodes set cordoned = @no, draining = @no, cordoned_because = null, cordoned_by = null, cordoned_at = null where name = @id", new { no = false, id }));
        return TypedResults.Ok(await ShowAsync(id, caller, nodes, database, cancellationToken));
    }

    private static async Task<NoContent> DeleteAsync(string id, Caller caller, Journal journal)
    {
        await journal.WriteAsync(transaction =>
        {
            var node = transaction.QueryFirstOrDefault<NodeRow>("select name, seen_at, lost_at from nodes where name = @id", new { id }) ?? throw RequestRefusedException.NotFound("node", id);
            if (!node.IsLost)
                throw RequestRefusedException.Conflict(ProblemCodes.StateConflict, $"The node '{id}' is not lost: its agent was heard of at {node.SeenAt:HH:mm:ss} UTC.", $"Drain it ('boreas nodes drain {id}'), stop its agent, and try again when 'boreas nodes' shows it as lost, {NodeRegistry.LostAfter.TotalSeconds:0} seconds later.");
            var serving = transaction.Query<string>("select distinct app_id from instances where node = @id and state = @routed order by app_id", new { id, routed = (int)InstanceRowState.Routed }).ToList();
            if (serving.Count > 0)
                throw RequestRefusedException.Conflict(ProblemCodes.StateConflict, $"What serves on the node '{id}' has not been started elsewhere yet: {string.Join(", ", serving)}.", "'boreas nodes' says what it waits for. Add a node that can take it, or stop the app.");
            transaction.Execute("update instances set state = @removed, changed_at = @Now where node = @id and state <> @removed", new { id, transaction.Now, removed = (int)InstanceRowState.Removed });
            transaction.Execute("delete from nodes where name = @id", new { id });
            transaction.Audit(caller, "node/" + id);
        }, CancellationToken.None);
        return TypedResults.NoContent();
    }

    private static async Task ChangeAsync(string id, ActionRequest? body, Caller caller, Journal journal, Action<JournalTransaction, string?> change)
    {
        var reason = string.IsNullOrWhiteSpace(body?.Reason) ? null : body.Reason.Trim();
        if (reason is { Length: > MaxReason }) throw RequestRefusedException.Invalid(new FieldProblem("reason", $"must be at most {MaxReason} characters"));
        await journal.WriteAsync(transaction =>
        {
            if (transaction.QueryFirstOrDefault<string>("select name from nodes where name = @id", new { id }) is null) throw RequestRefusedException.NotFound("node", id);
            change(transaction, reason);
            transaction.Audit(caller, "node/" + id, reason);
        }, CancellationToken.None);
    }

    private static async Task<NodeInfo> ShowAsync(string id, Caller caller, NodeRegistry nodes, Database database, CancellationToken cancellationToken) =>
        (await VisibleAsync(caller, nodes, database, cancellationToken)).FirstOrDefault(n => n.Name == id) ?? throw RequestRefusedException.NotFound("node", id);

    private static async Task<IReadOnlyList<NodeInfo>> VisibleAsync(Caller caller, NodeRegistry nodes, Database database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var apps = await connection.QueryAsync<string>("select id from apps where @All or project in @Projects", Scope.Of(caller));
        return await nodes.ListAsync(apps.ToHashSet(StringComparer.Ordinal), cancellationToken);
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
