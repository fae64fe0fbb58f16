using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Agents;

namespace Boreas.Server.Nodes;

/// <summary>A row of <c>nodes</c>.</summary>
public sealed class NodeRow
{
    public const string Select = "select name, url, engine, node_key, labels, capacity, cordoned, cordoned_because, cordoned_by, cordoned_at, draining, version, instances, seen_at, lost_at from nodes order by name";

    public string Name { get; init; } = "";

    public string Url { get; init; } = "";

    public string Engine { get; init; } = "";

    /// <summary>Base64 of the key that signs tickets for its agent.</summary>
    public string NodeKey { get; init; } = "";

    public string Labels { get; init; } = "[]";

    public int Capacity { get; init; }

    public bool Cordoned { get; init; }

    public string? CordonedBecause { get; init; }

    public string? CordonedBy { get; init; }

    public DateTimeOffset? CordonedAt { get; init; }

    public string? Version { get; init; }

    public string Instances { get; init; } = "[]";

    public DateTimeOffset SeenAt { get; init; }

    /// <summary>Whether its instances are to be moved to other nodes; then it is cordoned too.</summary>
    public bool Draining { get; init; }

    /// <summary>Since when it counts as lost, as <see cref="NodeWatch"/> found; null from its next heartbeat on.</summary>
    public DateTimeOffset? LostAt { get; init; }

    public bool IsLost => LostAt is not null;

    public IReadOnlyList<string> ReadLabels() => JsonSerializer.Deserialize<List<string>>(Labels) ?? [];

    public IReadOnlyList<InstanceStatus> ReadInstances() => ReadInstances(Instances);

    public static IReadOnlyList<InstanceStatus> ReadInstances(string reported) => JsonSerializer.Deserialize<List<InstanceStatus>>(reported, BoreasJson.Options) ?? [];
}

/// <summary>How far an instance is on its way.</summary>
public enum InstanceRowState
{
    /// <summary>Asked for; takes no traffic yet.</summary>
    Planned,
    Routed,

    /// <summary>Took traffic and takes none any more; kept while its successor may be taken back.</summary>
    Replaced,

    /// <summary>Nobody wants it: its node removes it.</summary>
    Removed,

    /// <summary>Replaced by a deployment that succeeded, and kept until its moment so that traffic can go back at once.</summary>
    Warm,
}
