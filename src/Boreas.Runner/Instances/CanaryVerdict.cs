using Boreas.Contracts.Jobs;
using Boreas.Engine.Planning;

namespace Boreas.Runner.Instances;

/// <summary>How new instances do beside old ones.</summary>
/// <param name="IsEnough">Whether there were enough requests to tell.</param>
/// <param name="Text">The figures, in a sentence.</param>
internal sealed record CanaryVerdict(bool IsWorse, bool IsEnough, string Text)
{
    /// <summary>Latencies below it, in milliseconds, are good whatever their ratio.</summary>
    private const int GoodEnough = 20;

    /// <summary>Of the answers of a version that is as fast as it may be, so many are slow.</summary>
    private const double SlowShare = 0.05;

    /// <summary>By how many standard deviations the shares of slow answers differ before it is no chance: a thousandth is left for that.</summary>
    private const double Significant = 3;

    public static CanaryVerdict Of(TrafficCount newTraffic, TrafficCount oldTraffic, WatchPolicy policy)
    {
        var (fresh, old) = (newTraffic.Seen, oldTraffic.Seen);
        var figures = $"New: {Figures(fresh)}. Old: {Figures(old)}.";
        var (rate, oldRate) = (Rate(fresh), Rate(old));

        // Failures are counted from the first: with so many of them the rest of the required requests could not make up for it.
        var surelyWorse = fresh.Errors > (oldRate + policy.MaxErrorRate) * Math.Max(policy.MinRequests, fresh.Requests);
        if (surelyWorse) return new CanaryVerdict(true, true, $"The new version fails more: {Percent(rate)} of its requests, {Percent(oldRate)} of the old one's, and {Percent(policy.MaxErrorRate)} more are allowed. {figures}");
        if (fresh.Requests < policy.MinRequests) return new CanaryVerdict(false, false, $"Too little traffic to tell: {fresh.Requests} requests to the new version, and {policy.MinRequests} are needed. {figures}");
        if (old.Requests >= policy.MinRequests && old.P95Milliseconds is { } oldP95)
        {
            var limit = Math.Max(GoodEnough, oldP95 * policy.MaxLatencyRatio);
            var (slow, oldSlow) = (newTraffic.LaterThan(limit), oldTraffic.LaterThan(limit));
            if (IsSlower(slow, oldSlow))
                return new CanaryVerdict(true, true, $"The new version is slower: {Percent((double)slow.Slow / slow.All)} of its answers began after more than {FormattableString.Invariant($"{limit:0.##}")} ms, {Percent((double)oldSlow.Slow / oldSlow.All)} of the old one's. {figures}");
        }

        return new CanaryVerdict(false, true, $"The new version does as well as the old one. {figures}");
    }

    /// <summary>
    /// Two proportions compared by their pooled standard error, with Yates' correction for small numbers. A few slow answers
    /// among the first of an instance that has just started say nothing of its version.
    /// </summary>
    private static bool IsSlower((long Slow, long All) fresh, (long Slow, long All) old)
    {
        if (fresh.All == 0 || old.All == 0) return false;
        var (share, oldShare, pooled) = ((double)fresh.Slow / fresh.All, (double)old.Slow / old.All, (double)(fresh.Slow + old.Slow) / (fresh.All + old.All));
        var one = (1.0 / fresh.All) + (1.0 / old.All);
        return share > SlowShare && share - oldShare - (one / 2) > Significant * Math.Sqrt(pooled * (1 - pooled) * one);
    }

    private static double Rate(TrafficSeen seen) => seen.Requests == 0 ? 0 : (double)seen.Errors / seen.Requests;

    private static string Figures(TrafficSeen seen) => $"{seen.Requests} requests, {seen.Errors} failed{(seen.P95Milliseconds is { } p95 ? $", 95 % within {Milliseconds(p95)}" : "")}";

    private static string Percent(double rate) => FormattableString.Invariant($"{rate * 100:0.##} %");

    private static string Milliseconds(int bound) => bound == int.MaxValue ? "more than 10 s" : $"{bound} ms";
}
