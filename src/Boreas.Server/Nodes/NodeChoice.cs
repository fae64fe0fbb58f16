using System.Data.Common;
using Boreas.Contracts.Jobs;
using Boreas.Server.Deployments;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Nodes;

/// <summary>Gives <see cref="Placement"/> what it has to know of the nodes, as it is recorded.</summary>
internal static class NodeChoice
{
    /// <summary>One node for each of the run's new instances.</summary>
    /// <exception cref="JobFailureException">No node can take them.</exception>
    public static IReadOnlyList<PlacedInstance> Choose(
        JournalTransaction transaction, IReadOnlyList<NodeRow> nodes, ReleaseSpec release, string environmentId, int instances, IReadOnlyList<string> labels, string runId) =>
        Placement.Choose(Look(transaction.Connection, transaction.Now, nodes, release.AppId, environmentId, runId), instances, labels, release.Image is not null, out var none)
        ?? throw new JobFailureException(none!.Kind, none.Code, none.Message, none.Advice);

    /// <summary>How many new instances there is a node for, at most <paramref name="wanted"/>; with less, why.</summary>
    public static int RoomFor(DbConnection connection, DateTimeOffset now, ReleaseSpec release, string environmentId, int wanted, IReadOnlyList<string> labels, out NoPlace? none)
    {
        var nodes = Look(connection, now, [.. connection.Query<NodeRow>(NodeRow.Select)], release.AppId, environmentId, "");
        none = null;
        var room = wanted;
        while (room > 0 && Placement.Choose(nodes, room, labels, release.Image is not null, out var tooMany) is null) (none, room) = (tooMany, room - 1);
        return room;
    }

    /// <summary>
    /// An instance takes room from the moment it is asked for until nobody wants it; one that was replaced, as long as its
    /// deployment may take it back. A move spreads what it starts beside what stays.
    /// </summary>
    private static IReadOnlyList<PlacementNode> Look(DbConnection connection, DateTimeOffset now, IReadOnlyList<NodeRow> nodes, string appId, string environmentId, string runId)
    {
        var load = connection.Query<Load>(
            """
            select i.node, count(*) as used, sum(case when i.app_id = @appId and i.environment_id = @environmentId
                and (i.run_id = @runId or (i.state = @routed and exists (select 1 from runs m where m.id = @runId and m.kind = @move))) then 1 else 0 end) as siblings
            from instances i
            where i.state = @routed
               or (i.state = @planned and exists (select 1 from runs r where r.id = i.run_id and r.active))
               or (i.state = @warm and i.warm_until > @now)
               or (i.state = @replaced and exists (select 1 from app_locks l where l.app_id = i.app_id and l.environment_id = i.environment_id))
            group by i.node
            """,
            new { appId, environmentId, runId, now, warm = (int)InstanceRowState.Warm, move = Moves.Kind, routed = (int)InstanceRowState.Routed, planned = (int)InstanceRowState.Planned, replaced = (int)InstanceRowState.Replaced })
            .ToDictionary(l => l.Node, StringComparer.Ordinal);
        return [.. nodes.Select(n => new PlacementNode(
            n.Name, n.ReadLabels(), n.Capacity, load.GetValueOrDefault(n.Name)?.Used ?? 0, load.GetValueOrDefault(n.Name)?.Siblings ?? 0, n.Engine != "process", Away(n)))];
    }

    private static string? Away(NodeRow node) =>
        node.IsLost ? "lost"
        : node.Cordoned ? $"{(node.Draining ? "being drained" : "cordoned")}{(node.CordonedBecause is { } why ? $" ({why})" : "")}"
        : null;

    private sealed class Load
    {
        public string Node { get; init; } = "";

        public int Used { get; init; }

        public int Siblings { get; init; }
    }
}
