using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;

namespace Boreas.Simulation.World;

/// <summary>
/// A machine with its agent: starts and stops instances when it is asked to, says every two seconds what runs, and removes
/// what the control plane does not want. It may be cut off while its instances serve on, or go down with them.
/// </summary>
internal sealed class SimulatedNode(string name, int capacity, Dice dice, ManualTime time)
{
    private static readonly string Key = Convert.ToBase64String(new byte[32]);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    private readonly SortedDictionary<string, SimulatedInstance> _instances = new(StringComparer.Ordinal);
    private Task<NodeInstructions>? _beat;
    private TimeSpan _beatAt;
    private TimeSpan _next;
    private DateTimeOffset _beatClock;
    private int _ports;

    public string Name => name;

    public IReadOnlyCollection<SimulatedInstance> Instances => _instances.Values;

    public bool IsReachable { get; private set; } = true;

    /// <summary>When the control plane last answered it.</summary>
    public TimeSpan HeardAt { get; private set; }

    /// <summary>The same on the wall.</summary>
    public DateTimeOffset HeardClock { get; private set; }

    /// <summary>When it could last not be reached.</summary>
    public TimeSpan AwayAt { get; private set; } = TimeSpan.MinValue;

    public event Action<SimulatedInstance>? Started;

    /// <summary>An instance is stopped because somebody asked for it.</summary>
    public event Action<SimulatedInstance, string>? Stopping;

    /// <summary>Nobody reaches it any more; with <paramref name="down"/> its instances end too.</summary>
    public void Lose(bool down)
    {
        (IsReachable, _beat) = (false, null);
        if (down) foreach (var instance in _instances.Values) instance.EndsBy();
    }

    /// <summary>It is back, and has started again what it ran, at another port.</summary>
    public void Return()
    {
        IsReachable = true;
        foreach (var instance in _instances.Values.Where(i => !i.Runs)) instance.Start(NewAddress());
    }

    /// <summary>The same instance again is the one that runs.</summary>
    public SimulatedInstance Start(string id, ReleaseSpec release)
    {
        if (_instances.TryGetValue(id, out var known)) return known;
        var instance = new SimulatedInstance(id, release, this, time.Elapsed);
        instance.Start(NewAddress());
        _instances.Add(id, instance);
        Started?.Invoke(instance);
        _next = TimeSpan.Zero;
        return instance;
    }

    public SimulatedInstance? Find(string id) => _instances.GetValueOrDefault(id);

    public void Stop(string id, string by)
    {
        if (!_instances.TryGetValue(id, out var instance)) return;
        Stopping?.Invoke(instance, by);
        _instances.Remove(id);
        _next = TimeSpan.Zero;
    }

    public void Step(ControlPlane plane)
    {
        if (!IsReachable)
        {
            AwayAt = time.Elapsed;
            return;
        }

        if (_beat is { IsCompleted: true } answered)
        {
            if (dice.OneIn(4)) return;
            _beat = null;
            if (!answered.IsCompletedSuccessfully) return;
            (HeardAt, HeardClock) = (_beatAt, _beatClock);
            foreach (var id in answered.GetAwaiter().GetResult().Remove) Stop(id, "its node, as nobody wants it");
        }

        if (_beat is not null && time.Elapsed - _beatAt > CallTimeout) _beat = null;
        if (_beat is not null || time.Elapsed < _next) return;
        (_beatAt, _beatClock, _next) = (time.Elapsed, time.GetUtcNow(), time.Elapsed + TimeSpan.FromSeconds(2));
        _beat = plane.HeardAsync(new NodeHeartbeat(name, $"http://{name}:5090", "podman", Key, [], capacity, "1", [.. _instances.Values.Select(i => i.Status)]));
    }

    private string NewAddress() => $"http://{name}:{4000 + ++_ports}";
}

/// <summary>What runs of a release. A version that is called bad never becomes healthy.</summary>
internal sealed class SimulatedInstance(string id, ReleaseSpec release, SimulatedNode node, TimeSpan began)
{
    public string Id => id;

    public ReleaseSpec Release => release;

    public SimulatedNode Node => node;

    /// <summary>When it was asked for first.</summary>
    public TimeSpan Began => began;

    public string Address { get; private set; } = "";

    public bool Runs { get; private set; }

    public bool IsHealthy => Runs && !release.Version.StartsWith("bad", StringComparison.Ordinal);

    public InstanceStatus Status => new(id, release.AppId, release.Environment, release.Version, Runs ? InstanceState.Running : InstanceState.Restarting, Address, release.Digest, null, 0, null, [], [], null);

    public void Start(string address) => (Address, Runs) = (address, true);

    public void EndsBy() => Runs = false;
}
