using Boreas.Contracts.Gateways;

namespace Boreas.Gateway.Draining;

/// <summary>
/// The counts of one instance, one object for as long as the gateway knows it, across all route tables that name it.
/// Every member may be called from any thread.
/// </summary>
internal sealed class Instance(string id, Action drained)
{
    private readonly long[] _latency = new long[LatencyBuckets.Bounds.Count + 1];
    private int _inFlight;
    private long _requests;
    private long _errors;
    private long _suspectUntil;
    private volatile bool _routed = true;

    public string Id { get; } = id;

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Whether the present table names it. Written by <see cref="RouteSwitch"/> only.</summary>
    public bool Routed
    {
        get => _routed;
        set => _routed = value;
    }

    public void Enter() => Interlocked.Increment(ref _inFlight);

    public void Leave()
    {
        if (Interlocked.Decrement(ref _inFlight) == 0 && !_routed) drained();
    }

    /// <summary>A request has ended.</summary>
    public void Count(bool error)
    {
        Interlocked.Increment(ref _requests);
        if (error) Interlocked.Increment(ref _errors);
    }

    public void FirstByte(TimeSpan after) => Interlocked.Increment(ref _latency[LatencyBuckets.Of(after.TotalMilliseconds)]);

    /// <summary>Passes the instance over until the timestamp; true when it was not suspect at <paramref name="now"/>.</summary>
    public bool Suspect(long now, long until) => Interlocked.Exchange(ref _suspectUntil, until) <= now;

    public bool IsSuspect(long now) => Volatile.Read(ref _suspectUntil) > now;

    public InstanceTraffic Traffic()
    {
        var latency = new long[_latency.Length];
        for (var i = 0; i < latency.Length; i++) latency[i] = Interlocked.Read(ref _latency[i]);
        return new(Id, _routed, InFlight, Interlocked.Read(ref _requests), Interlocked.Read(ref _errors), latency);
    }
}
