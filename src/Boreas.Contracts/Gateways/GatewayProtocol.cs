namespace Boreas.Contracts.Gateways;

/// <summary>
/// <c>GET /gateway/routes?gateway={name}&amp;after={version}&amp;waitSeconds=</c>: the whole route table when it is newer than
/// <c>after</c> (200), else 204 after the wait. A table is applied whole or not at all.
/// </summary>
public sealed record RouteTable(long Version, IReadOnlyList<AppRoute> Routes);

/// <param name="Prefix">Path under which the app is reached, without trailing slash: <c>/runtime/hello</c>, or <c>/runtime/hello.staging</c>.</param>
/// <param name="Sticky">Whether a client stays with one instance, by cookie, while that instance takes traffic.</param>
public sealed record AppRoute(string AppId, string Environment, string Prefix, IReadOnlyList<RouteTarget> Targets, bool Sticky = false);

/// <param name="Address">Base URL, <c>http://host:port</c>.</param>
/// <param name="Weight">Share of traffic relative to the other targets, 0–1000.</param>
public sealed record RouteTarget(string InstanceId, string Address, int Weight);

/// <summary>
/// <c>POST /gateway/status</c>: sent after a table was applied, when an instance that is no longer routed to has
/// drained, and every second. <c>Version</c> is the table that every new request is routed by.
/// </summary>
public sealed record GatewayStatus(string Gateway, long Version, IReadOnlyList<InstanceTraffic> Instances);

/// <summary>Traffic of one instance through this gateway, counted since the gateway started.</summary>
/// <param name="InFlight">Requests and open WebSockets now.</param>
/// <param name="Errors">Answers 500–599 of the app, and requests that did not get a complete answer.</param>
/// <param name="LatencyMilliseconds">Time to the first byte, counts per bucket of <see cref="LatencyBuckets"/>; the last is everything above.</param>
public sealed record InstanceTraffic(string InstanceId, bool Routed, int InFlight, long Requests, long Errors, IReadOnlyList<long> LatencyMilliseconds);

public static class LatencyBuckets
{
    private static readonly int[] All = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000, 7000, 10000];

    /// <summary>Upper bounds, in milliseconds: each about 1.5 times the one before, so that a ratio of two shows.</summary>
    public static IReadOnlyList<int> Bounds => All;

    /// <summary>The bucket that a time falls into; the last one is everything above the bounds.</summary>
    public static int Of(double milliseconds)
    {
        var found = Array.BinarySearch(All, (int)Math.Ceiling(Math.Min(milliseconds, int.MaxValue)));
        return found < 0 ? ~found : found;
    }
}
