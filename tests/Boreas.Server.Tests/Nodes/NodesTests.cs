using System.Net;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;

namespace Boreas.Server.Tests.Nodes;

public class NodesTests
{
    [Theory, Databases]
    public async Task ACordonedNodeTakesNoNewInstancesAndItsLogSaysWhy(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        await fleet.HeartbeatAsync("one");
        await fleet.HeartbeatAsync("two", capacity: 5);
        await fleet.Api.Admin.PostAsync("/api/v1/nodes/one/cordon", new { reason = "new disk" }, HttpStatusCode.OK);

        var deploy = await fleet.DeployJobAsync("shop", replicas: 2);

        Assert.Equal(["two", "two"], deploy.Start.Select(i => i.Node));
        Assert.Equal("has none of this release and room for 5; one is cordoned (new disk)", deploy.Start[0].Why);
    }

    [Theory, Databases]
    public async Task CordoningIsRecordedShownAndTakenBack(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        await fleet.HeartbeatAsync("one");

        var cordoned = await fleet.Api.Admin.PostAsync("/api/v1/nodes/one/cordon", new { reason = "new disk" }, HttpStatusCode.OK);
        await fleet.HeartbeatAsync("one");
        var listed = Assert.Single((await fleet.Api.Admin.GetAsync("/api/v1/nodes")).Items());

        Assert.Equal(("cordoned", "new disk", "admin"), (listed.Text("status"), listed.GetProperty("cordon").Text("reason"), listed.GetProperty("cordon").Text("by")));
        Assert.Equal(cordoned.GetProperty("cordon").GetRawText(), listed.GetProperty("cordon").GetRawText());
        var entry = (await fleet.Api.Admin.GetAsync("/api/v1/audit?limit=1")).Items().First();
        Assert.Equal(("CordonNode", "node/one", "new disk"), (entry.Text("action"), entry.Text("target"), entry.Text("detail")));

        var taken = await fleet.Api.Admin.PostAsync("/api/v1/nodes/one/uncordon", null, HttpStatusCode.OK);

        Assert.Equal("ready", taken.Text("status"));
        Assert.False(taken.TryGetProperty("cordon", out _));
        Assert.Equal(["one", "one"], (await fleet.DeployJobAsync("shop", replicas: 2)).Start.Select(i => i.Node));
    }

    [Theory, Databases]
    public async Task ALostNodeIsForgottenWhenNothingServesThereAnyMore(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        await fleet.HeartbeatAsync("one");
        await fleet.ServeAsync("shop", replicas: 1);
        Assert.Contains("was heard of", (await fleet.Api.Admin.DeleteAsync("/api/v1/nodes/one", HttpStatusCode.Conflict)).Text("detail"), StringComparison.Ordinal);
        await fleet.LoseAsync("one");
        Assert.Contains("not been started elsewhere yet: shop", (await fleet.Api.Admin.DeleteAsync("/api/v1/nodes/one", HttpStatusCode.Conflict)).Text("detail"), StringComparison.Ordinal);
        await fleet.HeartbeatAsync("two");
        await fleet.LookAsync();
        var move = await fleet.ClaimAsync();
        await fleet.RouteAsync(move, BoreasJson.Read<MoveWork>(move.Work).Start);
        await fleet.SucceedAsync(move);

        await fleet.Api.Admin.DeleteAsync("/api/v1/nodes/one");

        Assert.Equal("two", Assert.Single((await fleet.Api.Admin.GetAsync("/api/v1/nodes")).Items()).Text("name"));
        await fleet.Api.Admin.DeleteAsync("/api/v1/nodes/one", HttpStatusCode.NotFound);
        await fleet.HeartbeatAsync("one", capacity: 11);
        Assert.Equal("ready", (await fleet.NodeAsync("one")).Text("status"));
    }

    [Fact]
    public async Task OnlyAnAdministratorCordons()
    {
        await using var fleet = await TestFleet.StartAsync();
        await fleet.HeartbeatAsync("one");
        var developer = await fleet.Api.UserAsync("dan", Role.Admin);

        foreach (var act in (string[])["cordon", "uncordon"])
        {
            await developer.PostAsync($"/api/v1/nodes/one/{act}", new { }, HttpStatusCode.Forbidden);
            await fleet.Api.Admin.PostAsync($"/api/v1/nodes/none/{act}", new { }, HttpStatusCode.NotFound);
        }

        await developer.DeleteAsync("/api/v1/nodes/one", HttpStatusCode.Forbidden);

        Assert.Equal(["reason"], (await fleet.Api.Admin.PostAsync("/api/v1/nodes/one/cordon", new { reason = new string('x', 201) }, HttpStatusCode.BadRequest)).RefusedFields());
    }

    [Theory, Databases]
    public async Task WithoutRoomTheTaskSaysOfEachNodeWhyNotAndIsTriedAgain(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        await fleet.HeartbeatAsync("small", capacity: 1);
        await fleet.HeartbeatAsync("other", capacity: 9);
        await fleet.Api.Admin.PostAsync("/api/v1/nodes/other/cordon", new { }, HttpStatusCode.OK);

        await fleet.RequestAsync("shop", replicas: 2);
        await fleet.ReportNextAsync(ExecutorNames.Checkout);
        Assert.Null(await fleet.TryClaimAsync());

        var waiting = await fleet.TaskAsync("shop-deploy");
        Assert.Equal(ProblemCodes.NoNode, waiting.GetProperty("failure").Text("code"));
        Assert.Equal("No node has room for instance 2 of 2: other is cordoned, small is full (1 of 1).", waiting.GetProperty("failure").Text("message"));
        Assert.Contains("No node has room", waiting.Text("waitingFor"), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task WhatWasToStartOnANodeThatIsLostIsPlacedAnew(string database)
    {
        await using var fleet = await TestFleet.StartAsync(database);
        await fleet.HeartbeatAsync("one");
        await fleet.HeartbeatAsync("two");
        await fleet.RequestAsync("shop", replicas: 2);
        await fleet.ReportNextAsync(ExecutorNames.Checkout);
        var first = await fleet.ClaimAsync();
        Assert.Equal(["one", "two"], BoreasJson.Read<DeployWork>(first.Work).Start.Select(i => i.Node));

        await fleet.LoseAsync("one");
        await fleet.ReportAsync(first, new JobFailure(FailureKind.Errored, ProblemCodes.NodeUnreachable, "It is away."));
        var second = BoreasJson.Read<DeployWork>((await fleet.ClaimAsync()).Work);

        Assert.Equal(["two", "two"], second.Start.Select(i => i.Node));
        Assert.Equal(3, BoreasJson.Read<DeployWork>(first.Work).Start.Concat(second.Start).Select(i => i.InstanceId).Distinct().Count());
    }
}
