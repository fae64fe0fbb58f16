namespace Boreas.Engine.Planning;

/// <summary>One step of the roll-out of one app: what runs and what traffic it has when the step is done.</summary>
/// <param name="Instances">New instances that run then, those of earlier steps included.</param>
/// <param name="Of">New instances that run in the end.</param>
/// <param name="Share">Share of traffic that they have then, 0–1; null: as their number is to the number of all.</param>
/// <param name="Retires">Whether old instances stop as new ones come, so that their sum stays.</param>
/// <param name="DelaySeconds">How long after the step before it begins.</param>
/// <param name="WatchSeconds">How long it is watched before the next step.</param>
public sealed record RolloutStep(
    int Instances,
    int Of,
    double? Share,
    bool Retires = false,
    int DelaySeconds = 0,
    int WatchSeconds = 0,
    WatchPolicy? Watch = null,
    bool AutoRollback = true,
    StepApproval Approval = StepApproval.NotNeeded)
{
    /// <summary>Whether nothing of what ran before has traffic afterwards.</summary>
    public bool IsLast => Instances == Of && Share is null or >= 1;

    /// <summary>How many of <paramref name="old"/> instances have stopped when this step is done; the last step leaves them to the health check.</summary>
    public int RetiredOf(int old) => Retires && !IsLast ? old * Instances / Of : 0;
}

public enum StepApproval
{
    NotNeeded,
    Asked,
    Refused,
}

/// <summary>Turns a strategy into the steps of one app.</summary>
public static class Rollout
{
    /// <summary>More steps than this help nobody.</summary>
    public const int MaxSteps = 100;

    /// <summary>What is wrong with a strategy, with the index of the step; the first fault of each step.</summary>
    public static IEnumerable<(int Step, string Fault)> Check(IReadOnlyList<DeployStep> strategy)
    {
        var share = 0.0;
        for (var i = 0; i < strategy.Count; i++)
        {
            var step = strategy[i];
            if (Fault(step, share, isLast: i == strategy.Count - 1) is { } fault) yield return (i, fault);
            if (double.IsFinite(step.CanaryRatio)) share = Math.Max(share, step.CanaryRatio);
        }
    }

    /// <summary>The steps that bring <paramref name="replicas"/> new instances in; the last one has all traffic.</summary>
    /// <param name="approve">Whether steps that nobody has approved wait for a person.</param>
    public static IReadOnlyList<RolloutStep> Steps(IReadOnlyList<DeployStep> strategy, int replicas, bool approve)
    {
        var steps = new List<RolloutStep>();
        var started = 0;
        foreach (var step in strategy.DefaultIfEmpty(new DeployStep()))
        {
            var approval = !approve ? StepApproval.NotNeeded : step.ManualApprovalStatus switch { null => StepApproval.Asked, true => StepApproval.NotNeeded, false => StepApproval.Refused };
            if (step.CanaryRatio is > 0 and < 1)
            {
                // A hair less than the product: 0.1 × 10 is not eleven tenths of an instance.
                started = Math.Clamp(Math.Max((int)Math.Ceiling((step.CanaryRatio * replicas) - 1e-9), step.BatchSize), Math.Max(1, started), replicas);
                steps.Add(new RolloutStep(started, replicas, step.CanaryRatio, WatchSeconds: step.BatchInterval, Watch: step.Watch, AutoRollback: step.AutoRollback, Approval: approval));
            }
            else if (step is { CanaryRatio: 0, BatchSize: > 0 })
            {
                for (var delay = 0; started < replicas; delay = step.BatchInterval)
                {
                    started = Math.Min(started + step.BatchSize, replicas);
                    steps.Add(new RolloutStep(started, replicas, null, Retires: true, DelaySeconds: delay, AutoRollback: step.AutoRollback, Approval: approval));
                    approval = StepApproval.NotNeeded;
                }

                // Every new instance runs already, with a canary's share: what is left of this step is the traffic.
                if (steps.Count == 0 || !steps[^1].IsLast) steps.Add(new RolloutStep(replicas, replicas, null, AutoRollback: step.AutoRollback, Approval: approval));
            }
            else
            {
                started = replicas;
                steps.Add(new RolloutStep(replicas, replicas, 1, AutoRollback: step.AutoRollback, Approval: approval));
            }
        }

        if (!steps[^1].IsLast) steps.Add(new RolloutStep(replicas, replicas, 1, AutoRollback: steps[^1].AutoRollback, Approval: approve ? StepApproval.Asked : StepApproval.NotNeeded));
        return steps;
    }

    private static string? Fault(DeployStep step, double shareBefore, bool isLast) => step switch
    {
        { BatchSize: < 0 or > 1000 } => "must have a batchSize of 0 (all) to 1000",
        { BatchInterval: < 0 or > 86_400 } => "must have a batchInterval of 0 to 86400 seconds",
        _ when !(step.CanaryRatio is >= 0 and <= 1) => "must have a canaryRatio of 0 to 1",
        { CanaryRatio: > 0 } when step.CanaryRatio <= shareBefore => $"must give the new instances more traffic than the step before it ({shareBefore})",
        { CanaryRatio: 0 or 1 } when !isLast => "gives the new instances all of the traffic, so no step can follow it",
        { Watch: { MinRequests: < 1 or > 1_000_000 } } => "must watch with minRequests of 1 to 1000000",
        { Watch: { } watch } when !(watch.MaxErrorRate is >= 0 and <= 1) => "must watch with a maxErrorRate of 0 to 1",
        { Watch: { } watch } when !(watch.MaxLatencyRatio is >= 1 and <= 1000) => "must watch with a maxLatencyRatio of 1 to 1000",
        { Watch: not null } when step.CanaryRatio is 0 or 1 || step.BatchInterval == 0 => "can be watched only while it has a canaryRatio below 1 and a batchInterval",
        _ => null,
    };
}
