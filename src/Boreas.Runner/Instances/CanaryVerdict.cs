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

    public static CanaryVerdict Of(TrafficSeen fresh, TrafficSeen old, WatchPolicy policy)
    {
        var figures = $"New: {Figures(fresh)}. Old: {Figures(old)}.";
        var (rate, oldRate) = (Rate(fresh), Rate(old));

        // Failures are counted from the first: with so many of them the rest of the required requests could not make up for it.
        var surelyWorse = fresh.Errors > (oldRate + policy.MaxErrorRate) * Math.Max(policy.MinRequests, fresh.Requests);
        if (surelyWorse) return new CanaryVerdict(true, true, $"The new version fails more: {Percent(rate)} of its requests, {Percent(oldRate)} of the old one's, and {Percent(policy.MaxErrorRate)} more are allowed. {figures}");
        if (fresh.Requests < policy.MinRequests) return new CanaryVerdict(false, false, $"Too little traffic to tell: {fresh.Requests} requests to the new version, and {policy.MinRequests} are needed. {figures}");
        if (old.Requests >= policy.MinRequests && fresh.P95Milliseconds is { } p95 && old.P95Milliseconds is { } oldP95 && p95 > GoodEnough && p95 > oldP95 * policy.MaxLatencyRatio)
            return new CanaryVerdict(true, true, $"The new version is slower: 95 % of its answers began within {Milliseconds(p95)}, of the old one's within {Milliseconds(oldP95)}, and {FormattableString.Invariant($"{policy.MaxLatencyRatio:0.##}")} times that is allowed. {figures}");
        return new CanaryVerdict(false, true, $"The new version does as well as the old one. {figures}");
    }

    private static double Rate(TrafficSeen seen) => seen.Requests == 0 ? 0 : (double)seen.Errors / seen.Requests;

    private static string Figures(TrafficSeen seen) => $"{seen.Requests} requests, {seen.Errors} failed{(seen.P95Milliseconds is { } p95 ? $", 95 % within {Milliseconds(p95)}" : "")}";

    private static string Percent(double rate) => FormattableString.Invariant($"{rate * 100:0.##} %");

    private static string Milliseconds(int bound) => bound == int.MaxValue ? "more than 10 s" : $"{bound} ms";
}
