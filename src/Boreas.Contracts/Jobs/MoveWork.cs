namespace Boreas.Contracts.Jobs;

/// <summary>
/// <c>move</c>: start the same release on other nodes, wait until it is ready, give it the traffic of the instances that
/// are to leave, then let these drain and stop. What serves elsewhere is not touched. Until the switch a failure changes
/// nothing: what was started has no wish behind it any more, and its node removes it.
/// </summary>
/// <param name="Retire">Those of the leaving instances whose node can be asked.</param>
public sealed record MoveWork(ReleaseSpec Release, IReadOnlyList<InstanceTarget> Start, IReadOnlyList<InstanceTarget> Retire, string Reason, int DrainSeconds);

/// <param name="Moved">Instances that were started in place of others.</param>
public sealed record MoveResult(long RouteVersion, IReadOnlyList<StartedInstance> Moved, int Retired);

/// <summary>What a task of the executor <c>move</c> carries.</summary>
/// <param name="Instances">Ids of the instances that leave their node.</param>
public sealed record MovePayload(IReadOnlyList<string> Instances);
