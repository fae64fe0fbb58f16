using System.ComponentModel.DataAnnotations;
using Boreas.Contracts.Agents;

namespace Boreas.Contracts.Fleet;

/// <param name="Status"><c>online</c> or <c>lost</c> (nothing heard for 45 s).</param>
public sealed record RunnerInfo(string Name, IReadOnlyList<string> Labels, int Capacity, string? Version, [property: AllowedValues("online", "lost")] string Status, DateTimeOffset SeenAt, IReadOnlyList<RunnerJob> Jobs);

/// <param name="Watches">It watches a canary, which takes nothing of the runner's capacity.</param>
public sealed record RunnerJob(string JobId, string DeploymentId, string TaskId, string? AppId, DateTimeOffset StartedAt, DateTimeOffset LeaseExpiresAt, bool Watches);

/// <param name="Status"><c>ready</c>, <c>cordoned</c>, <c>draining</c> (instances have still to leave) or <c>lost</c> (nothing heard for 20 s).</param>
/// <param name="Leaving">What has to leave it and has not yet.</param>
/// <param name="Cordon">Why it takes no new instances; null when nobody has said that it is not to.</param>
public sealed record NodeInfo(
    string Name,
    string Url,
    string Engine,
    IReadOnlyList<string> Labels,
    int Capacity,
    [property: AllowedValues("ready", "cordoned", "draining", "lost")] string Status,
    string? Version,
    DateTimeOffset SeenAt,
    IReadOnlyList<InstanceStatus> Instances,
    NodeCordon? Cordon = null,
    IReadOnlyList<NodeDeparture>? Leaving = null);

public sealed record NodeCordon(string? Reason, string By, DateTimeOffset At);

/// <summary>Instances of an app in an environment that have to go from a node which is drained or lost.</summary>
/// <param name="DeploymentId">The run that moves them, or for which they wait; null when there is none.</param>
/// <param name="Why">What happens to them, or why they are still there.</param>
public sealed record NodeDeparture(string AppId, string Environment, int Instances, string? DeploymentId, string Why);

public sealed record GatewayInfo(string Name, long Version, bool Alive, DateTimeOffset SeenAt);

/// <summary><c>GET /api/v1/routes</c>: the table that gateways serve, the gateways, and who has confirmed what.</summary>
public sealed record RoutesInfo(long Version, IReadOnlyList<Gateways.AppRoute> Routes, IReadOnlyList<GatewayInfo> Gateways);
