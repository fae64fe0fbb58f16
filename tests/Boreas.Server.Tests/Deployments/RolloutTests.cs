using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
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

    private static async Task<(ClaimedJob Job, IReadOnlyList<InstanceTarget> Start)> DeployJobAsync(TestFleet fleet)
    {
        await fleet.RequestAsync("shop", replicas: 2);
        await fleet.ReportNextAsync(ExecutorNames.Checkout);
        var job = await fleet.ClaimAsync();
        return (job, BoreasJson.Read<DeployWork>(job.Work).Start);
    }
}
