using System.ComponentModel.DataAnnotations;
using Boreas.Contracts.Agents;

namespace Boreas.Contracts.Fleet;

/// <param name="Status"><c>online</c> or <c>lost</c> (nothing heard for 30 s).</param>
public sealed record RunnerInfo(string Name, IReadOnlyList<string> Labels, int Capacity, string? Version, [property: AllowedValues("online", "lost")] string Status, DateTimeOffset SeenAt, IReadOnlyList<RunnerJob> Jobs);

public sealed record RunnerJob(string JobId, string DeploymentId, string TaskId, string? AppId, DateTimeOffset StartedAt, DateTimeOffset LeaseExpiresAt);

/// <param name="Status"><c>ready</c>, <c>cordoned</c> or <c>lost</c>.</param>
/// <param name="Cordon">Why it takes no new instances; null when nobody has said that it is not to.</param>
public sealed record NodeInfo(
    string Name,
    string Url,
    string Engine,
    IReadOnlyList<string> Labels,
    int Capacity,
    [property: AllowedValues("ready", "cordoned", "lost")] string Status,
    string? Version,
    DateTimeOffset SeenAt,
    IReadOnlyList<InstanceStatus> Instances,
    NodeCordon? Cordon = null);

public sealed record NodeCordon(string? Reason, string By, DateTimeOffset At);

public sealed record GatewayInfo(string Name, long Version, bool Alive, DateTimeOffset SeenAt);

/// <summary><c>GET /api/v1/routes</c>: the table that gateways serve, the gateways, and who has confirmed what.</summary>
public sealed record RoutesInfo(long Version, IReadOnlyList<Gateways.AppRoute> Routes, IReadOnlyList<GatewayInfo> Gateways);
