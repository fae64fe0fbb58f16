using System.Net;
using System.Text.Json;
using Boreas.Contracts.Access;

namespace Boreas.Server.Tests.Deployments;

/// <summary>A dry run says what a request would do, and what is in its way.</summary>
public class PreviewTests
{
    private static readonly object Shop = new { applicationIds = new[] { "shop" } };

    [Theory, Databases]
    public async Task ItShowsTheGraphWithWhatEachStepDoes(string database)
    {
        await using var api = await StartAsync(database);

        var plan = await PlanAsync(api.Admin, new { applicationIds = new[] { "shop" }, strategy = new[] { new { canaryRatio = 0.5, batchInterval = 60 }, new { canaryRatio = 1.0, batchInterval = 0 } } });

        Assert.Equal(["shop-prepare", "shop-deploy", "shop-watch", "shop-deploy-2", "shop-health_check"], plan.GetProperty("deployments")[0].GetProperty("tasks").EnumerateArray().Select(t => t.Text("id")));
        var payloads = plan.GetProperty("deployments")[0].GetProperty("tasks").EnumerateArray().ToDictionary(t => t.Text("id")!, t => t.TryGetProperty("payload", out var payload) ? payload : default);
        Assert.Equal((1, 2, 0.5), (payloads["shop-deploy"].GetProperty("instances").GetInt32(), payloads["shop-deploy"].GetProperty("of").GetInt32(), payloads["shop-deploy"].GetProperty("share").GetDouble()));
        Assert.Equal(60, payloads["shop-watch"].GetProperty("seconds").GetInt32());
        Assert.Equal(JsonValueKind.Undefined, payloads["shop-prepare"].ValueKind);
        var change = plan.GetProperty("changes")[0];
        Assert.Equal(("shop", "production", "registry.example.org/shop:1", 2), (change.Text("appId"), change.Text("environment"), change.GetProperty("after").Text("revision"), change.GetProperty("after").GetProperty("instances").GetInt32()));
        Assert.False(change.TryGetProperty("before", out _));
        Assert.Equal(0, plan.GetProperty("refusals").GetArrayLength());
        Assert.Empty((await api.Admin.GetAsync("/api/v1/deployments")).Items());
        Assert.Empty((await api.Admin.GetAsync("/api/v1/versions")).Items());
    }

    [Theory, Databases]
    public async Task WhatIsActiveIsNamedAsARefusalOrAsWhatItWouldWaitFor(string database)
    {
        await using var api = await StartAsync(database);
        var active = (await api.Admin.PostAsync("/api/v1/deployments", Shop, HttpStatusCode.Created)).Text("id");

        var refused = (await PlanAsync(api.Admin, Shop)).GetProperty("refusals");
        Assert.Equal((1, "active_deployment"), (refused.GetArrayLength(), refused[0].Text("code")));
        Assert.Contains(active, refused[0].Text("message"), StringComparison.Ordinal);

        var queued = await PlanAsync(api.Admin, new { applicationIds = new[] { "shop" }, onConflict = "queue" });
        Assert.Equal(0, queued.GetProperty("refusals").GetArrayLength());
        Assert.Equal($"Waits until deployment {active} of 'shop' has ended.", queued.GetProperty("deployments")[0].Text("waitingFor"));
    }

    [Fact]
    public async Task AFrozenEnvironmentIsSaidAndGlassIsBrokenByApproversOnly()
    {
        await using var api = await StartAsync("sqlite");
        var dan = await api.UserAsync("dan", Role.Developer);
        var environment = "/api/v1/environments/" + (await api.Admin.GetAsync("/api/v1/environments")).Items().Single().Text("id");
        await api.Admin.PutAsync(environment, new { freezes = new[] { new { name = "always", timeZone = "UTC", start = "2020-01-01T00:00", end = "2999-01-01T00:00" } } }, HttpStatusCode.OK);

        Assert.Equal("The environment production is frozen (always) until 2999-01-01 00:00 UTC.", (await PlanAsync(dan, Shop)).GetProperty("deployments")[0].Text("waitingFor"));
        var broken = await PlanAsync(dan, new { applicationIds = new[] { "shop" }, breakGlass = "now" });
        Assert.False(broken.GetProperty("deployments")[0].TryGetProperty("waitingFor", out _));
        Assert.Equal("forbidden", broken.GetProperty("refusals")[0].Text("code"));
    }

    [Fact]
    public async Task TheQuotaIsNamedWithTheAppsThatUseIt()
    {
        await using var api = await StartAsync("sqlite");
        var dan = await api.UserAsync("dan", Role.Developer);
        foreach (var app in new[] { "one", "two", "three", "four" })
        {
            await dan.PostAsync("/api/v1/apps", new { id = app, source = new { image = "registry.example.org/x:1" } }, HttpStatusCode.Created);
            if (app != "four") await dan.PostAsync("/api/v1/deployments", new { applicationIds = new[] { app } }, HttpStatusCode.Created);
        }

        var refusal = (await PlanAsync(dan, new { applicationIds = new[] { "four" } })).GetProperty("refusals")[0];

        Assert.Equal(("quota_exceeded", true), (refusal.Text("code"), refusal.Text("message").Contains("one, three, two", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task AnAppWhoseImagesAreTidiedIsNeitherRunningNorDeploying()
    {
        await using var api = await ApiServer.StartAsync("sqlite");
        var dan = await api.UserAsync("dan", Role.Developer);
        await api.Admin.PostAsync("/api/v1/registries", new { name = "hub", host = "hub.example" }, HttpStatusCode.Created);
        foreach (var app in new[] { "one", "two", "three", "four" })
        {
            await dan.PostAsync("/api/v1/apps", new { id = app, source = new { image = "registry.example.org/x:1" }, registry = "hub" }, HttpStatusCode.Created);
            if (app != "four") await dan.PostAsync($"/api/v1/apps/{app}/images/tidy", new { }, HttpStatusCode.Created);
        }

        Assert.Equal(0, (await PlanAsync(dan, new { applicationIds = new[] { "four" } })).GetProperty("refusals").GetArrayLength());
    }

    private static Task<JsonElement> PlanAsync(Api caller, object request) => caller.PostAsync("/api/v1/deployments?dryRun=true", request, HttpStatusCode.OK);

    private static async Task<ApiServer> StartAsync(string database)
    {
        var api = await ApiServer.StartAsync(database);
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { image = "registry.example.org/shop:1" }, replicas = 2 }, HttpStatusCode.Created);
        return api;
    }
}
