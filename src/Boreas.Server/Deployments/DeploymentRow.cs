using Boreas.Contracts.Deployments;
using Boreas.Engine.Runs;
using Boreas.Server.Problems;

namespace Boreas.Server.Deployments;

/// <summary>A deployment with its run.</summary>
internal sealed class DeploymentRow
{
    private DeploymentSpec? _spec;

    public string Id { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Project { get; init; } = "";

    public int Status { get; init; }

    public int Progress { get; init; }

    public bool RollingBack { get; init; }

    public bool Active { get; init; }

    public int GraphVersion { get; init; }

    public string? ErrorMessage { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public string VersionId { get; init; } = "";

    public string VersionName { get; init; } = "";

    public string EnvironmentId { get; init; } = "";

    public string Environment { get; init; } = "";

    public string AppIds { get; init; } = "";

    public string Spec { get; init; } = "{}";

    public string CreatedBy { get; init; } = "";

    public RunStatus RunStatus => (RunStatus)Status;

    /// <summary>Names the version of the graph, whatever its tasks do.</summary>
    public string GraphTag => ETags.Of(GraphVersion, CreatedAt);

    public DeploymentSpec ReadSpec() => _spec ??= DeploymentQueries.ReadSpec(Spec);

    /// <param name="members">Who may confirm it because of each of the groups that its rule names.</param>
    public Deployment ToDeployment(IReadOnlyList<DeploymentTask> tasks, Wait? wait, DateTimeOffset now, Func<string, string> urlOf, DateTimeOffset? warmUntil = null, IReadOnlyDictionary<string, IReadOnlyList<string>>? members = null)
    {
        var spec = ReadSpec();
        return new Deployment(
            Id, VersionId, VersionName, EnvironmentId, Environment,
            [.. spec.Apps.Select(a => a.App.Id)], [.. spec.Apps.Select(a => a.App.Name)], spec.MustInOrder, spec.Strategy, spec.ManualApproval,
            RunStatus, Progress, spec.ManualApproval, spec.Strategy.Any(s => s.CanaryRatio is > 0 and < 1), spec.Strategy.Where(s => s.CanaryRatio is > 0 and < 1).Select(s => s.CanaryRatio).FirstOrDefault(), spec.Reason, CreatedBy, CreatedAt, UpdatedAt, StartedAt,
            Active ? null : CompletedAt,
            StartedAt is { } start ? Math.Round(((Active ? now : CompletedAt ?? now) - start).TotalSeconds, 3) : null,
            ErrorMessage, wait?.For, tasks,
            [.. spec.Apps.Select(a => urlOf(Routes.RouteTables.PrefixOf(a.App.Id, Environment, spec.DefaultEnvironment)))],
            GraphVersion, spec.Confirm, spec.Template, Kind, spec.BreakGlass, wait?.Behind, warmUntil, members);
    }
}
