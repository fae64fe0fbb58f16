using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Fleet;
using Boreas.Server.Deployments;
using Boreas.Server.Routes;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Nodes;

/// <summary>The runtime nodes and what they said last. A heartbeat is written when it says something new, or every five seconds, with the database's time.</summary>
public sealed class NodeRegistry(Database database, Journal journal, GatewayRegistry gateways, TimeProvider time)
{
    public const int HeartbeatSeconds = 2;

    /// <summary>A node that was not heard of for longer, while somebody listened, is lost: nothing new is placed on it, and what serves there is started elsewhere.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(4);

    /// <summary>From then on an instance that was replaced has no request any more that it may finish, whatever the gateways say: every one that lives has left it for as long as it may drain.</summary>
    private static readonly TimeSpan DrainsFor = GatewayRegistry.LostAfter + TimeSpan.FromSeconds(JobComposer.DrainSeconds);
    private readonly ConcurrentDictionary<string, (string Content, long At)> _written = new(StringComparer.Ordinal);

    /// <summary>Takes a heartbeat in, and says which instances the node is to remove.</summary>
    public async Task<NodeInstructions> HeardAsync(NodeHeartbeat beat, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var instances = JsonSerializer.Serialize(beat.Instances, BoreasJson.Options);
        var content = $"{beat.Url}\n{beat.Engine}\n{string.Join(',', beat.Labels)}\n{beat.Capacity}\n{instances}";
        await using var connection = await database.OpenAsync(cancellationToken);
        if (!_written.TryGetValue(beat.Node, out var last) || last.Content != content || time.GetElapsedTime(last.At) >= WriteEvery)
        {
            _written[beat.Node] = (content, time.GetTimestamp());
            var seen = await database.NowAsync(connection, time);
            await connection.ExecuteAsync(
                """
                insert into nodes (name, url, engine, node_key, labels, capacity, cordoned, version, instances, seen_at)
                values (@Node, @Url, @Engine, @Key, @labels, @Capacity, @cordoned, @Version, @instances, @seen)
                on conflict (name) do update set url = excluded.url, engine = excluded.engine, node_key = excluded.node_key, labels = excluded.labels,
                    capacity = excluded.capacity, version = excluded.version, instances = excluded.instances, seen_at = excluded.seen_at, lost_at = null
                """,
                new { beat.Node, beat.Url, beat.Engine, beat.Key, labels = JsonSerializer.Serialize(beat.Labels), beat.Capacity, cordoned = false, beat.Version, instances, seen });
        }

        if (beat.Instances.Count == 0) return new NodeInstructions([], HeartbeatSeconds);
        var known = (await connection.QueryAsync<InstanceRow>(
            """
            select i.id, i.state, i.address, i.changed_at, coalesce(i.warm_until, 0) > @now as is_warm, i.changed_at > @drained as may_drain, coalesce(r.active, false) as run_active,
                exists (select 1 from app_locks l where l.app_id = i.app_id and l.environment_id = i.environment_id) as deploying
            from instances i left join runs r on r.id = i.run_id where i.id in @ids
            """,
            new { now, drained = now - DrainsFor, ids = new SqlList<string>(beat.Instances.Select(i => i.InstanceId)) })).ToDictionary(i => i.Id, StringComparer.Ordinal);
        await FollowAddressesAsync(beat, known, cancellationToken);
        var draining = known.Values.Where(i => i is { State: InstanceRowState.Replaced, MayDrain: true, Deploying: false }).Select(i => (i.Id, i.ChangedAt)).ToList();
        var drained = draining.Count == 0 ? new HashSet<string>() : await gateways.DrainedAsync(connection, draining);
        return new NodeInstructions([.. beat.Instances.Select(i => i.InstanceId).Where(id => !known.TryGetValue(id, out var row) || !row.IsWanted || drained.Contains(id))], HeartbeatSeconds);
    }

    public async Task<IReadOnlyList<NodeRow>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<NodeRow>(NodeRow.Select)];
    }

    /// <param name="visibleApps">Whose instances are told of.</param>
    public async Task<IReadOnlyList<NodeInfo>> ListAsync(IReadOnlySet<string> visibleApps, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var now = await database.NowAsync(connection, time);
        var leaving = Leaving(connection, now);
        return [.. (await connection.QueryAsync<NodeRow>(NodeRow.Select)).Select(n => new NodeInfo(
            n.Name, n.Url, n.Engine, n.ReadLabels(), n.Capacity, n.IsLost ? "lost" : n.Draining && leaving.Contains(n.Name) ? "draining" : n.Cordoned ? "cordoned" : "ready", n.Version, n.SeenAt,
            [.. n.ReadInstances().Where(i => visibleApps.Contains(i.AppId))], n.CordonedAt is { } at ? new NodeCordon(n.CordonedBecause, n.CordonedBy!, at) : null,
            leaving.Contains(n.Name) ? [.. leaving[n.Name].Where(d => visibleApps.Contains(d.AppId))] : null))];
    }

    /// <summary>What has to leave each node, and why it has not yet.</summary>
    private static ILookup<string, NodeDeparture> Leaving(DbConnection connection, DateTimeOffset now) =>
        Departure.Find(connection, withUnderWay: true).SelectMany(departure =>
        {
            var (run, why) = Moves.Outcome(connection, now, departure);
            return departure.Instances.GroupBy(i => i.Node, StringComparer.Ordinal).Select(on => (Node: on.Key, Departure: new NodeDeparture(departure.AppId, departure.Environment, on.Count(), run, why)));
        }).ToLookup(d => d.Node, d => d.Departure, StringComparer.Ordinal);

    /// <summary>An instance that was started again elsewhere on its node keeps its traffic.</summary>
    private async Task FollowAddressesAsync(NodeHeartbeat beat, Dictionary<string, InstanceRow> known, CancellationToken cancellationToken)
    {
        var moved = beat.Instances
            .Where(i => i is { State: InstanceState.Running, Address: not null } && known.TryGetValue(i.InstanceId, out var row) && row.State == InstanceRowState.Routed && row.Address != i.Address)
            .ToDictionary(i => i.InstanceId, i => i.Address!, StringComparer.Ordinal);
        if (moved.Count > 0) await journal.WriteAsync(transaction => RouteSwitch.Move(transaction, moved), cancellationToken);
    }

    private sealed class InstanceRow
    {
        public string Id { get; init; } = "";

        public InstanceRowState State { get; init; }

        public string? Address { get; init; }

        public bool RunActive { get; init; }

        public bool IsWarm { get; init; }

        public DateTimeOffset ChangedAt { get; init; }

        /// <summary>Whether requests from before it was replaced may still be under way.</summary>
        public bool MayDrain { get; init; }

        /// <summary>Whether a deployment of its app in its environment is under way: that one lets it drain, or takes it back.</summary>
        public bool Deploying { get; init; }

        public bool IsWanted => State switch
        {
            InstanceRowState.Routed => true,
            InstanceRowState.Planned => RunActive,
            InstanceRowState.Replaced => Deploying || MayDrain,
            InstanceRowState.Warm => IsWarm,
            _ => false,
        };
    }
}
