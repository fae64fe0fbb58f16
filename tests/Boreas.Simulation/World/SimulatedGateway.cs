using Boreas.Contracts.Gateways;

namespace Boreas.Simulation.World;

/// <summary>Routes by the table that it last got, reports every second, and has requests that take their time.</summary>
internal sealed class SimulatedGateway(string name, Dice dice, ManualTime time, Func<string, bool> runs)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly SortedDictionary<string, List<TimeSpan>> _inFlight = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (TimeSpan Elapsed, DateTimeOffset Clock)> _left = new(StringComparer.Ordinal);
    private TimeSpan _next;

    public string Name => name;

    public RouteTable Table { get; private set; } = new(-1, []);

    public bool IsReachable { get; set; } = true;

    public TimeSpan ReportedAt { get; private set; }

    public IEnumerable<RouteTarget> Targets => Table.Routes.SelectMany(r => r.Targets);

    public int InFlightOn(string instance) => _inFlight.TryGetValue(instance, out var requests) ? requests.Count : 0;

    /// <summary>For how long no new request goes to the instance: by the wall's clock when that was set forward.</summary>
    public TimeSpan? LeftSince(string instance) => _left.TryGetValue(instance, out var at) ? Longer(time.Elapsed - at.Elapsed, time.GetUtcNow() - at.Clock) : null;

    public void Step(ControlPlane plane)
    {
        foreach (var requests in _inFlight.Values) requests.RemoveAll(until => until <= time.Elapsed);
        foreach (var done in _inFlight.Where(i => i.Value.Count == 0 || !runs(i.Key)).Select(i => i.Key).ToList()) _inFlight.Remove(done);
        if (dice.OneIn(3) && Targets.Where(t => t.Weight > 0).ToList() is { Count: > 0 } open) Request(dice.Of(open).InstanceId);
        if (!IsReachable || !plane.IsUp || time.Elapsed < _next) return;
        _next = time.Elapsed + Every;
        if (plane.Poll(Table.Version) is { } table) Apply(table);
        var routed = Targets.Select(t => t.InstanceId).ToHashSet(StringComparer.Ordinal);
        plane.Reported(new GatewayStatus(name, Table.Version, [.. routed.Union(_inFlight.Keys).Order(StringComparer.Ordinal).Select(i => new InstanceTraffic(i, routed.Contains(i), InFlightOn(i), 0, 0, []))]));
        ReportedAt = time.Elapsed;
    }

    private void Request(string instance)
    {
        if (!runs(instance)) return;
        if (!_inFlight.TryGetValue(instance, out var requests)) _inFlight.Add(instance, requests = []);
        requests.Add(time.Elapsed + TimeSpan.FromSeconds(dice.OneIn(4) ? dice.Between(5, 25) : 1));
    }

    private void Apply(RouteTable table)
    {
        var before = Targets.Select(t => t.InstanceId).ToList();
        Table = table;
        foreach (var target in Targets) _left.Remove(target.InstanceId);
        foreach (var gone in before.Except(Targets.Select(t => t.InstanceId))) _left[gone] = (time.Elapsed, time.GetUtcNow());
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
