using Boreas.Contracts;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Server.Nodes;
using Boreas.Server.Tests.Nodes;

namespace Boreas.Server.Tests.Deployments;

/// <summary>What serves is not stopped by attempts that fail.</summary>
public class RolloutTests
{
    [Theory, Databases]
    public async Task WhatHasTrafficSinceAnEarlierAttemptIsNotStartedByTheNextOne(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        await fleet.HeartbeatAsync("one");
        var (job, start) = await DeployJobAsync(fleet);
        var serving = await fleet.RouteAsync(job, start);

        await fleet.ReportAsync(job, new JobFailure(FailureKind.Errored, ProblemCodes.RouteNotConfirmed, "A gateway is slow."));
        var again = BoreasJson.Read<DeployWork>((await fleet.ClaimAsync()).Work);

        // What a failing attempt has started it stops.
        Assert.Empty(again.Start);
        Assert.Equal(serving, again.Running.Select(i => i.InstanceId));
    }

    [Theory, Databases]
    public async Task WhatLostItsTrafficMayDrainThoughItsDeploymentHasEnded(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        await fleet.HeartbeatAsync("one");
        var first = Assert.Single(await fleet.ServeAsync("shop", replicas: 1));
        await fleet.DeployAgainAsync("shop");
        await fleet.ReportNextAsync(ExecutorNames.Checkout);
        var deploy = await fleet.ClaimAsync();
        var second = Assert.Single(await fleet.RouteAsync(deploy, BoreasJson.Read<DeployWork>(deploy.Work).Start));
        var broken = new JobFailure(FailureKind.Failed, ProblemCodes.HealthCheckFailed, "It is not well.");
        await fleet.ReportAsync(deploy, broken);
        await fleet.ReportAsync(await fleet.ClaimAsync(), broken);

        Assert.Empty((await BeatAsync()).Remove);

        await fleet.ExecuteAsync("update instances set changed_at = changed_at - @drained", new { drained = 43_000_000L });
        Assert.Equal([first], (await BeatAsync()).Remove);

        Task<Contracts.Agents.NodeInstructions> BeatAsync() => fleet.HeartbeatAsync("one", instances: [TestFleet.Running(first), TestFleet.Running(second)]);
    }

    [Theory, Databases]
    public async Task AStepInThePlaceOfAnotherHasInstancesOfItsOwn(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        await fleet.HeartbeatAsync("one");
        var (job, start) = await DeployJobAsync(fleet);

        await fleet.ExecuteAsync("update instances set task_id = 'shop-deploy-before', state = @removed", new { removed = (int)InstanceRowState.Removed });
        await fleet.ReportAsync(job, new JobFailure(FailureKind.Errored, ProblemCodes.RouteNotConfirmed, "A gateway is slow."));
        var again = BoreasJson.Read<DeployWork>((await fleet.ClaimAsync()).Work);

        Assert.Equal(2, again.Start.Count);
        Assert.Empty(again.Start.Select(i => i.InstanceId).Intersect(start.Select(i => i.InstanceId)));
    }

    [Fact]
    public async Task WhoWatchesForLongMayAskTheAgentsAsLong()
    {
        await using var fleet = await TestFleet.StartAsync();
        await fleet.HeartbeatAsync("one");
        await fleet.ServeAsync("shop", replicas: 1);
        var hours = TimeSpan.FromHours(6);
        await fleet.DeployAgainAsync("shop", strategy: new object[] { new { canaryRatio = 0.5, batchInterval = hours.TotalSeconds }, new { canaryRatio = 1 } });
        await fleet.ReportNextAsync(ExecutorNames.Checkout);
        var deploy = await fleet.ClaimAsync();
        await fleet.RouteAsync(deploy, BoreasJson.Read<DeployWork>(deploy.Work).Start);
        await fleet.SucceedAsync(deploy);

        var watched = Assert.Single(BoreasJson.Read<WatchWork>((await fleet.ClaimAsync()).Work).Check);

        Assert.True(AgentTicket.Covers(TestFleet.Key, watched.Ticket, watched.InstanceId, TimeProvider.System.GetUtcNow() + hours));
    }

    private static async Task<(ClaimedJob Job, IReadOnlyList<InstanceTarget> Start)> DeployJobAsync(TestFleet fleet)
    {
        await fleet.RequestAsync("shop", replicas: 2);
        await fleet.ReportNextAsync(ExecutorNames.Checkout);
        var job = await fleet.ClaimAsync();
        return (job, BoreasJson.Read<DeployWork>(job.Work).Start);
    }
}
