namespace Boreas.Contracts.Pushes;

/// <summary>
/// <c>GET /forge/access?repository={name}&amp;write={bool}</c> with the pusher's own credentials forwarded: who it is and
/// whether they may. 401, 403 and 404 as for every call.
/// </summary>
/// <param name="CanonicalName">Repository folder name, an app's id.</param>
/// <param name="MaxPushBytes">Cap on one push.</param>
/// <param name="DeployBranch">The branch whose push deploys.</param>
public sealed record ForgeAccess(string User, string CanonicalName, long MaxPushBytes, string DeployBranch);

/// <summary>
/// <c>POST /forge/pushes</c>: refs that Git has accepted. Recorded once per (repository, ref, new commit), so sending
/// it again, at start-up for instance, deploys nothing twice.
/// </summary>
public sealed record PushNotice(string Repository, string Ref, string OldCommit, string NewCommit, string? User);

/// <param name="DeploymentId">The deployment that the push started; null when it started none, then <c>Message</c> says why.</param>
public sealed record PushResult(string? DeploymentId, string Message);
