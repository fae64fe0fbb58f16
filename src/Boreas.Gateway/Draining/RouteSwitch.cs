using System.Diagnostics.Metrics;
using Boreas.Contracts.Gateways;
using Boreas.Gateway.Routes;

namespace Boreas.Gateway.Draining;

/// <summary>
/// The present routes and the requests in flight. This is where a roll-out is safe or is not.
/// </summary>
/// <remarks>
/// What is promised. A status that says 'version N, instance X no longer routed, 0 in flight' lets a runner stop X. So at
/// the moment when that status is written no request may be on its way to X, and none may begin later: also not one that
/// looked into the old table, chose X, and was then held up by the scheduler before anybody had counted it.
///
/// How it is kept. A request counts itself first and looks again afterwards:
///   request:  S = current; choose X from S; X.inFlight++; if current is not S then X.inFlight-- and choose again.
///   switch:   current = N; X.routed = false; then, for the status: read version, read X.inFlight.
/// Both sides write one place and then read the other, each with a full fence between the two (Interlocked). So of any
/// request and any switch at least one sees the other: either the request sees that the table was replaced, and goes by
/// the new one without having sent a byte, or its count was there before the switch and every status after it has it.
/// A table is compared as an object and never by its number, so a table that comes back is another table.
///
/// The price is that X may be seen as 1 for a moment although nobody uses it. That errs to the safe side, and the
/// moment ends with Leave, which reports a drain like every other.
///
/// The last one to leave tells: Leave decrements and then reads `routed`, a switch writes `routed` and then reads the
/// count. Again one of them sees the other: either Leave sees that X is gone and asks for a status at once, or the
/// status of the switch already reads 0.
///
/// What the gateway forgets. An instance that is not routed is remembered until a status that said 0 was accepted. A
/// request that still holds the old table may touch the forgotten object; it then sees the newer table and lets go.
/// Counts live in this process: when it dies its connections die with it, and a fresh gateway truly has 0 in flight.
/// </remarks>
internal sealed class RouteSwitch
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Instance> _instances = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _news = new(0, 1);
    private RouteSnapshot _current = RouteSnapshot.Empty;

    public RouteSnapshot Current => Volatile.Read(ref _current);

    /// <summary>
    /// Chooses an instance for a request and counts it in; the caller calls <see cref="Instance.Leave"/> once when nothing
    /// of the request is left. Null when there is no such route, or nobody on it takes traffic.
    /// </summary>
    public Target? Enter(ReadOnlySpan<char> segment, in Preference preference, out Route? route)
    {
        while (true)
        {
            var snapshot = Volatile.Read(ref _current);
            route = snapshot.Find(segment);
            var target = route?.Choose(preference);
            if (target is null) return null;
            target.Instance.Enter();
            if (ReferenceEquals(Volatile.Read(ref _current), snapshot)) return target;
            target.Instance.Leave();
        }
    }

    /// <summary>Replaces the routes, whole or not at all. When it returns, every request counted from now on goes by <paramref name="table"/>.</summary>
    /// <exception cref="FormatException">The table cannot be served; the old one stays.</exception>
    public void Apply(RouteTable table)
    {
        lock (_gate)
        {
            var known = new Dictionary<string, Instance>(StringComparer.Ordinal);
            var next = RouteSnapshot.From(table, id =>
            {
                if (known.TryGetValue(id, out var instance)) return instance;
                return known[id] = _instances.GetValueOrDefault(id) ?? new Instance(id, Tell);
            });
            foreach (var (id, instance) in known)
            {
                instance.Routed = true;
                _instances[id] = instance;
            }

            Interlocked.Exchange(ref _current, next);
            foreach (var (id, instance) in _instances) instance.Routed = known.ContainsKey(id);
            Interlocked.MemoryBarrier();
        }

        Tell();
    }

    /// <summary>The version first, then the counts: so the counts are at least as new as the version.</summary>
    public GatewayStatus Status(string gateway)
    {
        lock (_gate)
        {
            return new(gateway, _current.Version, [.. _instances.Values.Select(instance => instance.Traffic())]);
        }
    }

    /// <summary>Forgets the instances that <paramref name="accepted"/> reported as drained.</summary>
    public void Forget(GatewayStatus accepted)
    {
        lock (_gate)
        {
            foreach (var reported in accepted.Instances)
            {
                if (reported is { Routed: false, InFlight: 0 } && _instances.TryGetValue(reported.InstanceId, out var instance) && !instance.Routed && instance.InFlight == 0)
                    _instances.Remove(reported.InstanceId);
            }
        }
    }

    /// <summary>Waits until something is worth a status at once, at most <paramref name="atMost"/>.</summary>
    public Task NewsAsync(TimeSpan atMost, CancellationToken cancellation) => _news.WaitAsync(atMost, cancellation);

    public IEnumerable<Measurement<int>> InFlight()
    {
        lock (_gate)
        {
            return [.. _instances.Values.Select(instance => new Measurement<int>(instance.InFlight, new KeyValuePair<string, object?>("instance", instance.Id)))];
        }
    }

    private void Tell()
    {
        try
        {
            if (_news.CurrentCount == 0) _news.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another thread told at the same moment; one status serves both.
        }
    }
}
