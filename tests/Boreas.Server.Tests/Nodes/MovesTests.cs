using System.Net;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Server.Nodes;
using Boreas.Server.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Boreas.Server.Tests.Nodes;

public class MovesTests
{
    [Theory, Databases]
    public async Task ADrainedNodeGivesItsInstancesToOthersAndIsNoDeployment(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        var (first, second) = await TwoOnTwoNodesAsync(fleet);

        var draining = await fleet.Api.Admin.PostAsync("/api/v1/nodes/one/drain", new { reason = "new disk" }, HttpStatusCode.OK);
        await fleet.LookAsync();

        Assert.Equal("draining", draining.Text("status"));
        var job = await fleet.ClaimAsync();
        var work = BoreasJson.Read<MoveWork>(job.Work);
        Assert.Equal((ExecutorNames.Move, "Node one is drained (new disk)."), (job.Executor, work.Reason));
        Assert.Equal(["two"], work.Start.Select(i => i.Node));
        Assert.Equal([first], work.Retire.Select(i => i.InstanceId));
        Assert.Equal([first, second], await fleet.ServingAsync());

        var moved = Assert.Single(await fleet.RouteAsync(job, work.Start));
        Assert.Equal([second, moved], await fleet.ServingAsync());
        Assert.Empty((await fleet.HeartbeatAsync("one", instances: [TestFleet.Running(first)])).Remove);
        Assert.Equal("draining", (await fleet.NodeAsync("one")).Text("status"));
        await fleet.SucceedAsync(job);

        Assert.Equal([first], (await fleet.HeartbeatAsync("one", instances: [TestFleet.Running(first)])).Remove);
        Assert.Equal("cordoned", (await fleet.NodeAsync("one")).Text("status"));
        Assert.Equal([fleet.Deployment], (await fleet.Api.Admin.GetAsync("/api/v1/deployments")).Items().Select(d => d.Text("id")));
        var move = Assert.Single((await fleet.Api.Admin.GetAsync("/api/v1/deployments?kind=move")).Items());
        Assert.Equal((job.DeploymentId, "move", "Node one is drained (new disk).", "success"), (move.Text("id"), move.Text("kind"), move.Text("reason"), move.Text("status")));
        await fleet.Api.Admin.PostAsync($"/api/v1/deployments/{job.DeploymentId}/rollback", new { }, HttpStatusCode.Conflict);
        Assert.NotEmpty((await fleet.Api.Admin.GetAsync($"/api/v1/deployments/{job.DeploymentId}/events")).Items());

        await fleet.LookAsync();
        Assert.Null(await fleet.TryClaimAsync());
    }

    [Theory, Databases]
    public async Task AnActiveDeploymentComesFirst(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        await TwoOnTwoNodesAsync(fleet);
        var active = await fleet.DeployAgainAsync("shop");
        await fleet.Api.Admin.PostAsync("/api/v1/nodes/one/drain", new { }, HttpStatusCode.OK);

        await fleet.LookAsync();

        var leaving = Assert.Single((await fleet.NodeAsync("one")).GetProperty("leaving").EnumerateArray());
        Assert.Equal(("shop", active, $"Waits until deployment {active} has ended."), (leaving.Text("appId"), leaving.Text("deploymentId"), leaving.Text("why")));

        await fleet.Api.Admin.PostAsync($"/api/v1/deployments/{active}/cancel", new { }, HttpStatusCode.OK);
        await fleet.LookAsync();
        Assert.Equal(ExecutorNames.Move, (await fleet.ClaimAsync()).Executor);
    }

    [Theory, Databases]
    public async Task InstancesOnALostNodeTakeNoRequestsAndAreStartedElsewhereAndItRemovesThemWhenItIsBack(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        var (first, second) = await TwoOnTwoNodesAsync(fleet);
        await fleet.LoseAsync("one");

        await fleet.LookAsync();

        Assert.Equal([second], await fleet.ServingAsync());
        Assert.Equal("lost", (await fleet.NodeAsync("one")).Text("status"));
        var job = await fleet.ClaimAsync();
        var work = BoreasJson.Read<MoveWork>(job.Work);
        Assert.Equal(["two"], work.Start.Select(i => i.Node));
        Assert.Empty(work.Retire);
        var moved = Assert.Single(await fleet.RouteAsync(job, work.Start));
        await fleet.SucceedAsync(job);
        Assert.Equal([second, moved], await fleet.ServingAsync());

        // Whom only we did not reach it may still be answering.
        Assert.Empty((await fleet.HeartbeatAsync("one", capacity: 11, TestFleet.Running(first))).Remove);
        await fleet.ExecuteAsync("update instances set changed_at = changed_at - @drained", new { drained = 43_000_000L });
        Assert.Equal([first], (await fleet.HeartbeatAsync("one", capacity: 12, TestFleet.Running(first))).Remove);
    }

    [Theory, Databases]
    public async Task ANodeThatIsBackRemovesWhatWasMovedAwayAsSoonAsNoGatewayHasARequestThere(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        var (first, _) = await TwoOnTwoNodesAsync(fleet);
        await fleet.GatewayAsync("near", inFlight: (first, 1));
        await fleet.GatewayAsync("far", version: 0);
        await fleet.LoseAsync("one");
        await fleet.LookAsync();
        var job = await fleet.ClaimAsync();
        await fleet.RouteAsync(job, BoreasJson.Read<MoveWork>(job.Work).Start);
        await fleet.GatewayAsync("near", inFlight: (first, 0));
        await fleet.GatewayAsync("far", inFlight: (first, 0));
        Assert.Empty(await RemovedAsync());
        await fleet.SucceedAsync(job);

        await fleet.GatewayAsync("near", inFlight: (first, 1));
        Assert.Empty(await RemovedAsync());
        await fleet.GatewayAsync("near", inFlight: (first, 0));
        await fleet.GatewayAsync("far", version: 1);
        Assert.Empty(await RemovedAsync());
        await fleet.GatewayAsync("far");
        Assert.Equal([first], await RemovedAsync());

        async Task<IReadOnlyList<string>> RemovedAsync() => (await fleet.HeartbeatAsync("one", instances: TestFleet.Running(first))).Remove;
    }

    [Theory, Databases]
    public async Task WhatIsAboutToStartOnANodeThatWasLostIsGivenUpForItsOwnAppOnly(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        await fleet.HeartbeatAsync("one");
        foreach (var app in new[] { "shop", "blog" }) await fleet.Api.Admin.PostAsync("/api/v1/apps", new { id = app, source = new { image = "hub.example/shop:1" } }, HttpStatusCode.Created);
        await fleet.Api.Admin.PostAsync("/api/v1/deployments", new { applicationIds = new[] { "shop", "blog" }, tasks = new[] { new { type = "prepare", appId = "shop" }, new { type = "prepare", appId = "blog" }, new { type = "deploy", appId = "shop" }, new { type = "deploy", appId = "blog" } } }, HttpStatusCode.Created);
        await fleet.ReportNextAsync(ExecutorNames.Checkout);
        await fleet.ReportNextAsync(ExecutorNames.Checkout);
        var first = await fleet.ClaimAsync();
        var started = BoreasJson.Read<DeployWork>(first.Work).Start;

        await fleet.LoseAsync("one");
        await fleet.HeartbeatAsync("two");
        var other = BoreasJson.Read<DeployWork>((await fleet.ClaimAsync()).Work).Start;

        Assert.Equal(["one", "two"], [started.Single().Node, other.Single().Node]);
        Assert.Empty((await fleet.HeartbeatAsync("one", capacity: 11, TestFleet.Running(started[0].InstanceId))).Remove);
        Assert.Equal([started[0].InstanceId], await fleet.RouteAsync(first, started));
    }

    [Theory, Databases]
    public async Task WithoutAnotherNodeNothingIsRemovedAndItSaysWhy(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        await fleet.HeartbeatAsync("one");
        var only = Assert.Single(await fleet.ServeAsync("shop", replicas: 1));
        await fleet.LoseAsync("one");

        await fleet.LookAsync();

        Assert.Equal([only], await fleet.ServingAsync());
        Assert.Null(await fleet.TryClaimAsync());
        var leaving = Assert.Single((await fleet.NodeAsync("one")).GetProperty("leaving").EnumerateArray());
        Assert.Equal("No node has room for the instance: one is lost.", leaving.Text("why"));
        Assert.Empty((await fleet.HeartbeatAsync("one", capacity: 11, TestFleet.Running(only))).Remove);
    }

    [Theory, Databases]
    public async Task ANodeThatIsBackBeforeItWasReplacedServesAgain(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        var (first, second) = await TwoOnTwoNodesAsync(fleet, room: 1);
        await fleet.LoseAsync("one");
        await fleet.LookAsync();
        Assert.Equal([second], await fleet.ServingAsync());
        Assert.Null(await fleet.TryClaimAsync());

        await fleet.HeartbeatAsync("one", capacity: 2, TestFleet.Running(first) with { State = InstanceState.Restarting });
        await fleet.LookAsync();
        Assert.Equal([second], await fleet.ServingAsync());

        await fleet.HeartbeatAsync("one", capacity: 2, TestFleet.Running(first));
        await fleet.LookAsync();
        Assert.Equal([second, first], await fleet.ServingAsync());
    }

    [Theory, Databases]
    public async Task AsManyMoveAsThereIsRoomFor(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        await fleet.HeartbeatAsync("one");
        await fleet.ServeAsync("shop", replicas: 3);
        await fleet.HeartbeatAsync("two", capacity: 2);
        await fleet.Api.Admin.PostAsync("/api/v1/nodes/one/drain", new { }, HttpStatusCode.OK);

        await fleet.LookAsync();

        Assert.Equal(["two", "two"], BoreasJson.Read<MoveWork>((await fleet.ClaimAsync()).Work).Start.Select(i => i.Node));
    }

    [Theory, Databases]
    public async Task AMoveThatFailsLeavesWhatServesAndIsBegunAgainLater(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        var (first, second) = await TwoOnTwoNodesAsync(fleet);
        await fleet.Api.Admin.PostAsync("/api/v1/nodes/one/drain", new { }, HttpStatusCode.OK);
        await fleet.LookAsync();
        var job = await fleet.ClaimAsync();
        var started = BoreasJson.Read<MoveWork>(job.Work).Start[0].InstanceId;

        await fleet.ReportAsync(job, new JobFailure(FailureKind.Failed, ProblemCodes.HealthCheckFailed, "It is not well."));
        await fleet.LookAsync();

        Assert.Equal([first, second], await fleet.ServingAsync());
        Assert.Equal([started], (await fleet.HeartbeatAsync("two", instances: [TestFleet.Running(second), TestFleet.Running(started)])).Remove);
        var leaving = Assert.Single((await fleet.NodeAsync("one")).GetProperty("leaving").EnumerateArray());
        Assert.StartsWith("Moving failed and is tried again at ", leaving.Text("why"), StringComparison.Ordinal);
        Assert.EndsWith("It is not well.", leaving.Text("why"), StringComparison.Ordinal);

        await fleet.ExecuteAsync("update runs set completed_at = completed_at - 61000000 where kind = 'move'");
        await fleet.LookAsync();
        Assert.Equal(ExecutorNames.Move, (await fleet.ClaimAsync()).Executor);
    }

    [PostgresFact]
    public async Task OfTwoControlPlanesOneBeginsTheMove()
    {
        await using var fleet = await TestFleet.StartAsync("postgres");
        await TwoOnTwoNodesAsync(fleet);
        await using var other = new Journal(fleet.Api.Database, TimeProvider.System, new JournalOptions(15), NullLogger<Journal>.Instance);
        other.Start();
        using var beside = new NodeWatch(fleet.Api.Database, other, TimeProvider.System, NullLogger<NodeWatch>.Instance);
        await fleet.LoseAsync("one");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => i % 2 == 0 ? fleet.LookAsync() : beside.LookAsync(CancellationToken.None)));

        Assert.Single((await fleet.Api.Admin.GetAsync("/api/v1/deployments?kind=move")).Items());
    }

    [Fact]
    public async Task ANodeIsNotLostBecauseNobodyListened()
    {
        await using var fleet = await TestFleet.StartAsync();
        var (first, second) = await TwoOnTwoNodesAsync(fleet);
        var time = new MovableTime();
        using var watch = new NodeWatch(fleet.Api.Database, fleet.Api.Journal, time, NullLogger<NodeWatch>.Instance);
        await fleet.SilenceAsync("one");

        await LookAfterAsync(0, 5, 5, 5, 9, 5, 5, 5);
        Assert.Equal([first, second], await fleet.ServingAsync());

        await LookAfterAsync(5);
        Assert.Equal([second], await fleet.ServingAsync());

        async Task LookAfterAsync(params int[] seconds)
        {
            foreach (var passed in seconds)
            {
                time.Advance(TimeSpan.FromSeconds(passed));
                await fleet.ExecuteAsync("update nodes set seen_at = @now where name = 'two'", new { now = time.GetUtcNow() });
                await watch.RunOnceAsync(CancellationToken.None);
            }
        }
    }

    private static async Task<(string OnOne, string OnTwo)> TwoOnTwoNodesAsync(TestFleet fleet, int room = 10)
    {
        await fleet.HeartbeatAsync("one", room);
        await fleet.HeartbeatAsync("two", room);
        var served = await fleet.ServeAsync("shop", replicas: 2);
        return (served[0], served[1]);
    }
}
