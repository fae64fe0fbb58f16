using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Gateways;

namespace Boreas.Server.Routes;

/// <summary>A row of <c>routes</c>, or what a run found there.</summary>
internal sealed class RouteRow
{
    public string AppId { get; init; } = "";

    public string EnvironmentId { get; init; } = "";

    public string Environment { get; init; } = "";

    public string Prefix { get; init; } = "";

    /// <summary>The run whose instances serve; null in what a run found when nothing served.</summary>
    public string? RunId { get; init; }

    public string? VersionName { get; init; }

    public string? CommitId { get; init; }

    public string Targets { get; init; } = "[]";

    public IReadOnlyList<RouteTarget> ReadTargets() => ReadTargets(Targets);

    public static IReadOnlyList<RouteTarget> ReadTargets(string targets) => JsonSerializer.Deserialize<List<RouteTarget>>(targets, BoreasJson.Options) ?? [];
}
