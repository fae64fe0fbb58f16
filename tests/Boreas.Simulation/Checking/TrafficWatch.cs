using System.Data.Common;
using System.Text.Json;
using Boreas.Simulation.World;
using Dapper;

namespace Boreas.Simulation.Checking;

/// <summary>
/// Looks at nodes and gateways while they work, for what SPEC.md §2 says of strategies: no request fails because of a
/// roll-out, and what was replaced does not stay for longer than it may. It asks the machines themselves; of the tables it
/// reads what is routed and who deploys.
/// </summary>
internal sealed class TrafficWatch
{
    /// <summary>A gateway that was silent for longer may count as lost, and nobody waits for it.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(7);

    private static readonly TimeSpan BackFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ByDefault = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan NodeBackFor = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LookForOldEvery = TimeSpan.FromSeconds(5);

    private readonly Fleet _fleet;
    private readonly ManualTime _time;
    private readonly DbConnection _database;
    private readonly History _history;
    private readonly Dictionary<string, TimeSpan> _silentAt = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private long _routesVersion = -1;
    private TimeSpan _lookedForOld;

    public TrafficWatch(Fleet fleet, ManualTime time, DbConnection database, History history)
    {
        (_fleet, _time, _database, _history) = (fleet, time, database, history);
        foreach (var node in fleet.Nodes) node.Stopping += Stopping;
    }

    /// <summary>Remembers what is routed, whenever that has changed.</summary>
    public void SeeRoutes()
    {
        var version = _database.QuerySingle<long>("select routes_version from journal_head");
        if (version == _routesVersion) return;
        _routesVersion = version;
        _history.Routes.Add((_history.Growth.Count - 1, ReadRoutes()));
    }

    public void Look()
    {
        foreach (var gateway in _fleet.Gateways.Where(g => _time.Elapsed - g.ReportedAt > Silence)) _silentAt[gateway.Name] = _time.Elapsed;
        foreach (var gateway in _fleet.Gateways.Where(g => Counts(g, BackFor)))
        {
            foreach (var route in gateway.Table.Routes.Where(r => !r.Targets.Any(t => t.Weight > 0 && _fleet.Find(t.InstanceId) is { } i && !IsBad(i))))
                Complain($"{route.AppId} in {route.Environment} has no healthy instance behind {gateway.Name}: {string.Join(", ", route.Targets.Select(t => $"{t.InstanceId}={t.Weight}"))}");
        }

        if (_time.Elapsed - _lookedForOld < LookForOldEvery) return;
        _lookedForOld = _time.Elapsed;
        LookForOld();
    }

    private static bool IsBad(SimulatedInstance instance) => instance.Release.Version.StartsWith("bad", StringComparison.Ordinal);

    private void Stopping(SimulatedInstance instance, string by)
    {
        foreach (var gateway in _fleet.Gateways.Where(g => Counts(g, BackFor)))
        {
            if (gateway.Targets.Any(t => t.InstanceId == instance.Id && t.Weight > 0)) Complain($"{instance.Id} is stopped by {by} while {gateway.Name} sends requests to it");
            else if (Counts(gateway, BackFor + Drain) && gateway.InFlightOn(instance.Id) is > 0 and var requests && gateway.LeftSince(instance.Id) is { } left && left < Drain)
                Complain($"{instance.Id} is stopped by {by} {left.TotalSeconds:0.0} s after {gateway.Name} left it, with {requests} requests in flight");
        }
    }

    private bool Counts(SimulatedGateway gateway, TimeSpan since) =>
        gateway.ReportedAt > TimeSpan.Zero && (!_silentAt.TryGetValue(gateway.Name, out var silent) || _time.Elapsed - silent > since);

    /// <summary>What has no traffic, and whose app nobody deploys, is gone with the first heartbeat after its time, by the wall's clock: what that is set back is what it may stay longer.</summary>
    private void LookForOld()
    {
        var routed = ReadRoutes().Values.SelectMany(r => r).Select(t => t.Instance).ToHashSet(StringComparer.Ordinal);
        // What serves, and took no requests while its node was away, is brought back with the control plane's next look.
        routed.UnionWith(_database.Query<string>("select id from instances where state = 1 and lost_at is not null"));
        var deploying = _database.Query<(string, string)>("select app_id, environment_id from app_locks").ToHashSet();
        var until = new Dictionary<(string, string), DateTimeOffset>();
        foreach (var (apps, environment, completed, wasHealthy, spec) in _database.Query<(string, string, long?, bool, string)>(
            "select app_ids, environment, completed_at, exists (select 1 from tasks t where t.run_id = r.id and t.executor = 'health_check' and t.status = 3) and r.graph_version = 1, spec from deployments d join runs r on r.id = d.run_id"))
        {
            using var json = JsonDocument.Parse(spec);
            var warm = json.RootElement.TryGetProperty("keepWarmSeconds", out var seconds) && seconds.ValueKind == JsonValueKind.Number ? TimeSpan.FromSeconds(seconds.GetInt32()) : ByDefault;
            var end = completed is null ? DateTimeOffset.MinValue : DateTimeOffset.UnixEpoch.AddTicks(completed.Value * 10) + (wasHealthy ? warm : Drain + Silence + BackFor) + _time.SetBack;
            foreach (var app in apps.Split(',')) until[(app, environment)] = until.TryGetValue((app, environment), out var known) && known > end ? known : end;
        }

        foreach (var node in _fleet.Nodes.Where(n => n.IsReachable && (n.AwayAt == TimeSpan.MinValue || _time.Elapsed - n.AwayAt > NodeBackFor)))
        {
            foreach (var old in node.Instances.Where(i => !routed.Contains(i.Id) && i.Began < node.HeardAt))
            {
                var key = (old.Release.AppId, old.Release.Environment);
                if (!deploying.Contains(key) && node.HeardClock > until[key] + TimeSpan.FromSeconds(1))
                    Complain($"{old.Id} still runs on {node.Name}, {(node.HeardClock - until[key]).TotalSeconds:0} s after it should be gone");
            }
        }
    }

    private Dictionary<(string App, string Environment), IReadOnlyList<Routed>> ReadRoutes() =>
        _database.Query<(string App, string Environment, string Targets)>("select app_id, environment, targets from routes").ToDictionary(r => (r.App, r.Environment), r => Read(r.Targets));

    private IReadOnlyList<Routed> Read(string targets)
    {
        using var json = JsonDocument.Parse(targets);
        return [.. json.RootElement.EnumerateArray().Select(t => new Routed(t.GetProperty("instanceId").GetString()!, t.GetProperty("address").GetString()!, t.GetProperty("weight").GetInt32()))];
    }

    private void Complain(string violation)
    {
        if (_told.Add(violation)) _history.Unexpected.Add($"{violation}, after {_time.Elapsed.TotalSeconds:0.000} s");
    }
}

/// <summary>One target of a route, as it stands in the table.</summary>
internal sealed record Routed(string Instance, string Address, int Weight);
