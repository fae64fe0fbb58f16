using Boreas.Contracts.Gateways;
using Boreas.Contracts.Jobs;

namespace Boreas.Runner.Instances;

/// <summary>
/// What a group of instances got since the first report. Gateways count since their own start: a count that has become
/// smaller begins again from nothing.
/// </summary>
internal sealed class TrafficCount(IReadOnlyCollection<string> instances)
{
    private readonly Dictionary<string, InstanceTraffic> _last = new(StringComparer.Ordinal);
    private readonly long[] _latency = new long[LatencyBuckets.Bounds.Count + 1];
    private long _requests;
    private long _errors;
    private bool _began;

    public TrafficSeen Seen => new(_requests, _errors, Percentile(0.95));

    /// <summary>How many answers began later than that for certain, and how many began at all.</summary>
    public (long Slow, long All) LaterThan(double milliseconds) => (_latency.Skip(LatencyBuckets.Of(milliseconds) + 1).Sum(), _latency.Sum());

    public void Add(TrafficReport report)
    {
        foreach (var now in report.Instances.Where(i => instances.Contains(i.InstanceId)))
        {
            var before = _last.GetValueOrDefault(now.InstanceId);
            if (before is null && !_began) before = now;
            if (before is null || now.Requests < before.Requests) before = new InstanceTraffic(now.InstanceId, true, 0, 0, 0, []);
            _requests += now.Requests - before.Requests;
            _errors += Math.Max(0, now.Errors - before.Errors);
            for (var i = 0; i < _latency.Length; i++) _latency[i] += Math.Max(0, now.LatencyMilliseconds.ElementAtOrDefault(i) - before.LatencyMilliseconds.ElementAtOrDefault(i));
            _last[now.InstanceId] = now;
        }

        _began = true;
    }

    private int? Percentile(double share)
    {
        var (total, sum) = (_latency.Sum(), 0L);
        if (total == 0) return null;
        for (var i = 0; i < LatencyBuckets.Bounds.Count; i++)
        {
            sum += _latency[i];
            if (sum >= share * total) return LatencyBuckets.Bounds[i];
        }

        return int.MaxValue;
    }
}
