using System.Net;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Server.Tests.Nodes;

namespace Boreas.Server.Tests.Deployments;

/// <summary>A roll-back does not need the nodes that ran the version before.</summary>
public class RollbackTests
{
    [Theory, Databases]
    public async Task InThePlaceOfWhatIsOnALostNodeAnotherIsStarted(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        var (first, second) = await TwoOnTwoNodesAsync(fleet, room: 10);
        var failed = await FailAfterSwitchAsync(fleet);
        await fleet.LoseAsync("one");

        var job = await RollBackAsync(fleet);
        var work = BoreasJson.Read<RestoreWork>(job.Work);
        var previous = Assert.Single(work.Previous);
        Assert.Equal([second, previous.Instances[1].InstanceId], previous.Instances.Select(i => i.InstanceId));
        Assert.Equal(["two", "two"], previous.Instances.Select(i => i.Node));
        Assert.Equal([100, 100], previous.Weights);
        Assert.Contains("one is lost", previous.Instances[1].Why, StringComparison.Ordinal);
        Assert.Equal(failed.Where(i => i.Node == "two").Select(i => i.InstanceId), work.Remove.Select(i => i.InstanceId));

        var serving = await fleet.RouteAsync(job, previous.Instances);
        await fleet.SucceedAsync(job);
        await fleet.LookAsync();
        Assert.Equal(serving, await fleet.ServingAsync());
        Assert.Null(await fleet.TryClaimAsync());
        Assert.Equal("rolled_back", (await fleet.Api.Admin.GetAsync($"/api/v1/deployments/{fleet.Deployment}")).Text("status"));

        // Whom only we did not reach it may still be answering.
        Assert.Empty((await BeatAsync()).Remove);
        await fleet.ExecuteAsync("update instances set changed_at = changed_at - @drained", new { drained = 43_000_000L });
        Assert.Equal(2, (await BeatAsync()).Remove.Count);

        Task<Contracts.Agents.NodeInstructions> BeatAsync() => fleet.HeartbeatAsync("one", instances: [TestFleet.Running(first), TestFleet.Running(failed.Single(i => i.Node == "one").InstanceId)]);
    }

    [Theory, Databases]
    public async Task NodesThatWereSilentWhileNobodyListenedAreNotLost(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        var (first, second) = await TwoOnTwoNodesAsync(fleet, room: 10);
        var failed = await FailAfterSwitchAsync(fleet);
        await fleet.SilenceAsync("one");
        await fleet.SilenceAsync("two");

        var job = await RollBackAsync(fleet);

        Assert.Equal([first, second], BackIn(job));
        Assert.Equal(failed.Select(i => i.InstanceId), BoreasJson.Read<RestoreWork>(job.Work).Remove.Select(i => i.InstanceId));
    }

    [Theory, Databases]
    public async Task TheSameIsStartedWhenTheRollBackIsTriedAgain(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        await TwoOnTwoNodesAsync(fleet, room: 10);
        await FailAfterSwitchAsync(fleet);
        await fleet.LoseAsync("one");

        var job = await RollBackAsync(fleet);
        await fleet.ReportAsync(job, new JobFailure(FailureKind.Errored, "route_not_confirmed", "A gateway is slow."));
        var again = await fleet.ClaimAsync();

        Assert.Equal(BackIn(job), BackIn(again));
    }

    [Theory, Databases]
    public async Task WithoutRoomWhatLivesServesAndTheRestIsMovedWhenThereIsSome(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        var (first, second) = await TwoOnTwoNodesAsync(fleet, room: 2);
        await FailAfterSwitchAsync(fleet);
        await fleet.LoseAsync("one");

        var job = await RollBackAsync(fleet);
        Assert.Equal([second], BackIn(job));
        await fleet.RouteAsync(job, BoreasJson.Read<RestoreWork>(job.Work).Previous[0].Instances);
        await fleet.SucceedAsync(job);
        Assert.Equal([second], await fleet.ServingAsync());
        await fleet.LookAsync();

        var move = BoreasJson.Read<MoveWork>((await fleet.ClaimAsync()).Work);
        Assert.Equal(["two"], move.Start.Select(i => i.Node));
        Assert.DoesNotContain(move.Start, i => i.InstanceId == first);
    }

    [Theory, Databases]
    public async Task WhenAllThatServedIsLostItServesFromAnotherNodeAsSoonAsOneCanTakeIt(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        await fleet.HeartbeatAsync("one", capacity: 1);
        await fleet.ServeAsync("shop", replicas: 1);
        await fleet.HeartbeatAsync("two", capacity: 2);
        await FailAfterSwitchAsync(fleet);
        await fleet.LoseAsync("one");
        await fleet.Api.Admin.PostAsync("/api/v1/nodes/two/cordon", new { reason = "new disk" }, HttpStatusCode.OK);

        await fleet.Api.Admin.PostAsync($"/api/v1/deployments/{fleet.Deployment}/rollback", new { }, HttpStatusCode.OK);
        Assert.Null(await fleet.TryClaimAsync());
        await fleet.Api.Admin.PostAsync("/api/v1/nodes/two/uncordon", new { }, HttpStatusCode.OK);

        var job = await fleet.ClaimAsync();
        Assert.Equal(["two"], BoreasJson.Read<RestoreWork>(job.Work).Previous.Single().Instances.Select(i => i.Node));
    }

    private static IEnumerable<string> BackIn(ClaimedJob job) => BoreasJson.Read<RestoreWork>(job.Work).Previous.SelectMany(p => p.Instances).Select(i => i.InstanceId);

    private static async Task<(string First, string Second)> TwoOnTwoNodesAsync(TestFleet fleet, int room)
    {
        await fleet.HeartbeatAsync("one", room);
        await fleet.HeartbeatAsync("two", room);
        var instances = await fleet.ServeAsync("shop", replicas: 2);
        return (instances[0], instances[1]);
    }

    /// <summary>A deployment whose instances have the traffic when it fails.</summary>
    private static async Task<IReadOnlyList<InstanceTarget>> FailAfterSwitchAsync(TestFleet fleet)
    {
        await fleet.DeployAgainAsync("shop");
        await fleet.ReportNextAsync(ExecutorNames.Checkout);
        var deploy = await fleet.ClaimAsync();
        var start = BoreasJson.Read<DeployWork>(deploy.Work).Start;
        await fleet.RouteAsync(deploy, start);
        await fleet.ReportAsync(deploy, new JobFailure(FailureKind.Failed, "app_exited", "It ended."));
        return start;
    }

    private static async Task<ClaimedJob> RollBackAsync(TestFleet fleet)
    {
        await fleet.Api.Admin.PostAsync($"/api/v1/deployments/{fleet.Deployment}/rollback", new { }, HttpStatusCode.OK);
        var job = await fleet.ClaimAsync();
        Assert.Equal(ExecutorNames.Restore, job.Executor);
        return job;
    }
}
