namespace Boreas.Contracts.Deployments;

/// <summary><c>POST /api/v1/deployments?dryRun=true</c>: what would be made, what it changes, and what is in the way at present. Nothing is recorded.</summary>
/// <param name="Deployments">One for each environment; <c>waitingFor</c> says what would keep it waiting.</param>
/// <param name="Refusals">Why it would be refused now; none: it would be made.</param>
public sealed record DeploymentPlan(IReadOnlyList<Deployment> Deployments, IReadOnlyList<PlannedChange> Changes, IReadOnlyList<PlannedRefusal> Refusals);

/// <param name="Before">What serves now; null: nothing does.</param>
public sealed record PlannedChange(string AppId, string Environment, ServedApp? Before, ServedApp After);

/// <param name="Revision">Commit, branch or tag, or image; null where it is not known.</param>
public sealed record ServedApp(string? Version, string? Revision, int Instances);

/// <param name="Code">The code of the problem that the request would be answered with.</param>
public sealed record PlannedRefusal(string Code, string Message, string? Advice);
