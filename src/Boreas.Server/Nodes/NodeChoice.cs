using Boreas.Contracts.Jobs;
using Boreas.Server.Deployments;
using Boreas.Server.Storage;

namespace Boreas.Server.Nodes;

/// <summary>Gives <see cref="Placement"/> what it has to know of the nodes, as it is recorded.</summary>
internal static class NodeChoice
{
    /// <summary>One node for each of the run's new instances.</summary>
    /// <exception cref="JobFailureException">No node can take them.</exception>
    public static IReadOnlyList<PlacedInstance> Choose(
        JournalTransaction transaction, IReadOnlyList<NodeRow> nodes, ReleaseSpec release, string environmentId, int instances, IReadOnlyList<string> labels, string runId) =>
        Placement.Choose(Look(transaction, nodes, release.AppId, environmentId, runId), instances, labels, release.Image is not null, out var none)
        ?? throw new JobFailureException(none!.Kind, none.Code, none.Message, none.Advice);

    /// <summary>An instance takes room from the moment it is asked for until nobody wants it; one that was replaced, as long as its deployment may take it back.</summary>
    private static IReadOnlyList<PlacementNode> Look(JournalTransaction transaction, IReadOnlyList<NodeRow> nodes, string appId, string environmentId, string runId)
    {
        var load = transaction.Query<Load>(
            """
            select i.node, count(*) as used, sum(case when i.app_id = @appId and i.environment_id = @environmentId and i.run_id = @runId then 1 else 0 end) as siblings
            from instances i
            where i.state = @routed
               or (i.state = @planned and exists (select 1 from runs r where r.id = i.run_id and r.active))
               or (i.state = @replaced and exists (select 1 from app_locks l where l.app_id = i.app_id and l.environment_id = i.environment_id))
            group by i.node
            """,
            new { appId, environmentId, runId, routed = (int)InstanceRowState.Routed, planned = (int)InstanceRowState.Planned, replaced = (int)InstanceRowState.Replaced })
            .ToDictionary(l => l.Node, StringComparer.Ordinal);
        return [.. nodes.Select(n => new PlacementNode(
            n.Name, n.ReadLabels(), n.Capacity, load.GetValueOrDefault(n.Name)?.Used ?? 0, load.GetValueOrDefault(n.Name)?.Siblings ?? 0, n.Engine != "process", Away(n, transaction.Now)))];
    }

    private static string? Away(NodeRow node, DateTimeOffset now) =>
        node.IsLost(now) ? "lost"
        : node.Cordoned ? $"cordoned{(node.CordonedBecause is { } why ? $" ({why})" : "")}"
        : null;

    private sealed class Load
    {
        public string Node { get; init; } = "";

        public int Used { get; init; }

        public int Siblings { get; init; }
    }
}
