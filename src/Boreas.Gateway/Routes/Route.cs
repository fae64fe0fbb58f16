using Boreas.Gateway.Draining;

namespace Boreas.Gateway.Routes;

/// <param name="Address">Base URL without trailing slash.</param>
/// <param name="StickyKey">What the cookie says when a client stays with this instance; does not tell the instance's name.</param>
internal sealed record Target(Instance Instance, string Address, int Weight, string StickyKey);

/// <summary>What a request asks of the choice.</summary>
/// <param name="Now">Timestamp of the clock that marks instances as suspect.</param>
/// <param name="StickyKey">From the client's cookie.</param>
/// <param name="Refused">Instances that this request could not connect to.</param>
internal readonly record struct Preference(long Now, string? StickyKey = null, Instance? Refused = null, Instance? AlsoRefused = null);

/// <summary>One app in one environment: a fixed set of weighted targets.</summary>
internal sealed class Route(string appId, string environment, string prefix, bool sticky, Target[] targets)
{
    public const string CookieName = "boreas-instance";

    // 2^32 divided by the golden ratio: multiples of it, modulo 2^32, fill the circle as evenly as any sequence can, so
    // each target gets its share in every stretch of requests, with one atomic addition and no lock.
    private const uint Step = 2_654_435_769;

    private readonly Target[] _targets = [.. targets.Where(target => target.Weight > 0)];
    private readonly long _total = targets.Sum(target => (long)target.Weight);
    private uint _turn = (uint)Random.Shared.Next();

    public string AppId { get; } = appId;

    public string Environment { get; } = environment;

    /// <summary>Without trailing slash.</summary>
    public string Prefix { get; } = prefix;

    public bool Sticky { get; } = sticky;

    public bool HasTarget => _targets.Length > 0;

    /// <summary>
    /// The client's own instance while it takes traffic; else by weight among those that are not suspect; else by weight
    /// among all. Never one that this request was refused by; null when nobody is left.
    /// </summary>
    public Target? Choose(in Preference preference)
    {
        if (preference.StickyKey is { } key && Sticky)
        {
            foreach (var own in _targets)
            {
                if (own.StickyKey == key && Usable(own, preference) && !own.Instance.IsSuspect(preference.Now)) return own;
            }
        }

        var turn = Interlocked.Increment(ref _turn) * Step;
        var target = Pick(turn, _total, static (_, _) => true, preference);
        if (target is null || (Usable(target, preference) && !target.Instance.IsSuspect(preference.Now))) return target;
        return PickAmong(turn, static (candidate, preference) => Usable(candidate, preference) && !candidate.Instance.IsSuspect(preference.Now), preference)
            ?? PickAmong(turn, Usable, preference);
    }

    private static bool Usable(Target target, Preference preference) =>
        !ReferenceEquals(target.Instance, preference.Refused) && !ReferenceEquals(target.Instance, preference.AlsoRefused);

    private Target? PickAmong(uint turn, Func<Target, Preference, bool> usable, in Preference preference)
    {
        var total = 0L;
        foreach (var target in _targets) total += usable(target, preference) ? target.Weight : 0;
        return Pick(turn, total, usable, preference);
    }

    private Target? Pick(uint turn, long total, Func<Target, Preference, bool> usable, in Preference preference)
    {
        var at = (long)(((ulong)turn * (ulong)total) >> 32);
        Target? last = null;
        foreach (var target in _targets)
        {
            if (!usable(target, preference)) continue;
            last = target;
            at -= target.Weight;
            if (at < 0) break;
        }

        return last;
    }
}
