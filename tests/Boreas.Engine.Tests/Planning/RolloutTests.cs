using Boreas.Engine.Planning;
using Boreas.Engine.Runs;

namespace Boreas.Engine.Tests.Planning;

public sealed class RolloutTests
{
    private static readonly DeployStep[] Canary =
    [
        new(BatchSize: 1, BatchInterval: 300, CanaryRatio: 0.1, AutoRollback: true),
        new(BatchSize: 0, CanaryRatio: 1.0, AutoRollback: false),
    ];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 1)]
    [InlineData(11, 2)]
    [InlineData(100, 10)]
    public void ACanaryHasItsShareOfTheInstancesAndAtLeastOne(int replicas, int canary)
    {
        var steps = Rollout.Steps(Canary, replicas, approve: false);

        Assert.Equal([(canary, (double?)0.1, 300), (replicas, 1, 0)], steps.Select(s => (s.Instances, s.Share, s.WatchSeconds)));
        Assert.Equal([true, false], steps.Select(s => s.AutoRollback));
    }

    [Theory]
    [InlineData(3, 6, "3/3 6/0")]
    [InlineData(3, 7, "3/4 6/1 7/0")]
    [InlineData(2, 1, "1/0")]
    [InlineData(100, 2, "2/0")]
    public void BatchesReplaceAsManyAsTheyBring(int batch, int replicas, string expected)
    {
        var steps = Rollout.Steps([new DeployStep(BatchSize: batch, BatchInterval: 60)], replicas, approve: false);

        // The last step leaves the old ones to the health check; they have no traffic any more.
        Assert.Equal(expected, string.Join(' ', steps.Select(s => $"{s.Instances}/{(s.IsLast ? 0 : replicas - s.RetiredOf(replicas))}")));
        Assert.Equal(steps.Select((_, i) => i == 0 ? 0 : 60), steps.Select(s => s.DelaySeconds));
    }

    [Fact]
    public void WithoutStepsEverythingComesAtOnce() =>
        Assert.Equal(new RolloutStep(4, 4, 1), Assert.Single(Rollout.Steps([], 4, approve: false)));

    [Fact]
    public void AStrategyThatEndsEarlyGoesOnToEverything() =>
        Assert.Equal([0.25, 0.5, 1], Rollout.Steps([new DeployStep(CanaryRatio: 0.25), new DeployStep(CanaryRatio: 0.5)], 4, approve: false).Select(s => s.Share));

    [Fact]
    public void BatchesGoOnWhereACanaryEnded()
    {
        var steps = Rollout.Steps([new DeployStep(CanaryRatio: 0.2), new DeployStep(BatchSize: 2)], 5, approve: false);

        Assert.Equal([(1, 0.2), (3, null), (5, null)], steps.Select(s => (s.Instances, s.Share)));
        Assert.Equal([false, false, true], steps.Select(s => s.IsLast));
    }

    [Theory]
    [InlineData(null, StepApproval.Asked)]
    [InlineData(true, StepApproval.NotNeeded)]
    [InlineData(false, StepApproval.Refused)]
    public void AStepSaysItselfWhetherItIsApproved(bool? status, StepApproval expected)
    {
        DeployStep[] strategy = [new(BatchSize: 1, ManualApprovalStatus: status)];

        Assert.Equal([expected, StepApproval.NotNeeded], Rollout.Steps(strategy, 2, approve: true).Select(s => s.Approval));
        Assert.All(Rollout.Steps(strategy, 2, approve: false), s => Assert.Equal(StepApproval.NotNeeded, s.Approval));
    }

    [Theory]
    [InlineData(-1, 0, 0, "batchSize")]
    [InlineData(0, -1, 0, "batchInterval")]
    [InlineData(0, 0, 1.1, "canaryRatio")]
    [InlineData(0, 0, double.NaN, "canaryRatio")]
    [InlineData(0, 0, 0.3, "more traffic than the step before")]
    public void NonsenseIsNamed(int batch, int interval, double ratio, string expected)
    {
        var (step, fault) = Assert.Single(Rollout.Check([new DeployStep(CanaryRatio: 0.3), new DeployStep(batch, interval, ratio)]));

        Assert.Equal(1, step);
        Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingFollowsTheStepThatBringsEverything() =>
        Assert.Equal([0], Rollout.Check([new DeployStep(), new DeployStep(CanaryRatio: 0.5)]).Select(f => f.Step));

    [Fact]
    public void ACanaryIsAChainOfTasksAndWhatWaitsForTheDeployWaitsForItsEnd()
    {
        PlannedApp[] apps = [new("shop", RevisionKind.Built, Replicas: 10), new("pay", RevisionKind.Built)];

        var tasks = DeploymentPlanner.Plan(new PlanInput(apps, ["shop", "pay"], Strategy: Canary), out var problems)!;

        Assert.Empty(problems);
        Assert.Equal(
            ["shop-deploy deploy()", "shop-watch watch(shop-deploy)", "shop-deploy-2 deploy(shop-watch)", "shop-health_check health_check(shop-deploy-2)",
             "pay-deploy deploy(shop-health_check)", "pay-watch watch(pay-deploy)", "pay-deploy-2 deploy(pay-watch)", "pay-health_check health_check(pay-deploy-2)"],
            tasks.Select(t => $"{t.Id} {t.Executor}({string.Join(',', t.BlockBy)})"));
        Assert.Equal(["deploy 1 of 10, 10 % of traffic", "watch for 5 minutes", "deploy all"], tasks.Take(3).Select(t => t.Name));
        Assert.Equal([true, false, false], tasks.Take(3).Select(t => t.Undo is not null));
        Assert.Equal([true, true, false, false], tasks.Take(4).Select(t => t.AutoRollback!.Value));
        Assert.Equal((1, 2, 1, 10, 0.1), DeployPayload.Read(tasks[0].Payload!) is var p ? (p.Step, p.Steps, p.Instances, p.Of, p.Share!.Value) : default);
    }

    [Fact]
    public void ATaskThatIsBlockedByADeployIsBlockedByItsLastStep()
    {
        PlannedTask[] written = [new(RunTaskType.Deploy, "shop", "go", null, []), new(RunTaskType.Custom, null, "by-id", null, ["go"], Payload: "{}"), new(RunTaskType.Custom, null, "by-type", null, ["shop-deploy"], Payload: "{}")];

        var tasks = DeploymentPlanner.Plan(new PlanInput([new PlannedApp("shop", RevisionKind.Built, Replicas: 2)], [], Tasks: written, Strategy: [new DeployStep(BatchSize: 1, BatchInterval: 7)]), out _)!;

        Assert.Equal(["go", "shop-deploy", "by-id", "by-type"], tasks.Select(t => t.Id));
        Assert.Equal(7, tasks[1].DelaySeconds);
        Assert.All(tasks.Skip(2), t => Assert.Equal(["shop-deploy"], t.BlockBy));
    }

    [Theory]
    [InlineData(1, 9, 0.1)]
    [InlineData(1, 1, 0.1)]
    [InlineData(1, 1, 0.005)]
    [InlineData(10, 1, 0.01)]
    [InlineData(3, 50, 0.333)]
    [InlineData(7, 13, 0.97)]
    public void WeightsGiveTheShare(int fresh, int old, double share)
    {
        var (weight, beside) = TrafficSplit.Weights(fresh, old, share);

        Assert.InRange(weight, 1, TrafficSplit.MaxWeight);
        Assert.InRange(beside, 1, TrafficSplit.MaxWeight);
        Assert.InRange((double)(fresh * weight) / ((fresh * weight) + (old * beside)), share - 0.005, share + 0.005);
    }

    [Fact]
    public void WithNothingBesideItTheNewGetsEverything() => Assert.Equal((TrafficSplit.MaxWeight, 0), TrafficSplit.Weights(1, 0, 0.1));
}
