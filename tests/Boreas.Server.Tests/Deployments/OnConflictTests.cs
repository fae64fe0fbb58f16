using System.Net;
using System.Text.Json;

namespace Boreas.Server.Tests.Deployments;

/// <summary>A second deployment of the same app and environment.</summary>
public class OnConflictTests
{
    [Theory, Databases]
    public async Task ItIsRefusedNamingTheActiveOne(string database)
    {
        await using var api = await StartAsync(database);
        var first = await DeployAsync(api, ["shop"]);

        foreach (var rule in (string?[])[null, "reject"])
        {
            var problem = await api.Admin.PostAsync("/api/v1/deployments", new { applicationIds = new[] { "shop" }, onConflict = rule }, HttpStatusCode.Conflict);
            Assert.Equal("active_deployment", problem.Text("code"));
            Assert.Contains(Id(first), problem.Text("detail"), StringComparison.Ordinal);
        }

        var invalid = await api.Admin.PostAsync("/api/v1/deployments", new { applicationIds = new[] { "shop" }, onConflict = "maybe" }, HttpStatusCode.BadRequest);
        Assert.Equal(["onConflict"], invalid.RefusedFields());
        Assert.Single((await api.Admin.GetAsync("/api/v1/deployments")).Items());
    }

    [Theory, Databases]
    public async Task QueuedOnesStartByThemselvesInTheirOrder(string database)
    {
        await using var api = await StartAsync(database);
        var first = await DeployAsync(api, ["shop"]);
        var second = await DeployAsync(api, ["shop"], "queue");
        var third = await DeployAsync(api, ["shop"], "queue");

        Assert.Equal(("pending", $"Waits until deployment {Id(first)} of 'shop' has ended."), (second.Text("status"), second.Text("waitingFor")));
        Assert.Equal([Id(first)], second.GetProperty("queuedBehind").EnumerateArray().Select(id => id.GetString()));
        Assert.All(second.GetProperty("tasks").EnumerateArray(), task => Assert.Equal(second.Text("waitingFor"), task.Text("waitingFor")));
        Assert.Contains(Id(second), third.Text("waitingFor"), StringComparison.Ordinal);

        await CancelAsync(api, first);
        Assert.Equal(["cancelled", "running", "pending"], await StatusesAsync(api, first, second, third));
        await CancelAsync(api, second);
        Assert.Equal(["cancelled", "cancelled", "running"], await StatusesAsync(api, first, second, third));
    }

    [Theory, Databases]
    public async Task OneThatWaitsForSeveralAppsHoldsNoneAndIsNotOvertaken(string database)
    {
        await using var api = await StartAsync(database);
        var shop = await DeployAsync(api, ["shop"]);
        var blog = await DeployAsync(api, ["blog"]);
        var both = await DeployAsync(api, ["shop", "blog"], "queue");
        await CancelAsync(api, shop);
        Assert.Equal("pending", (await ShowAsync(api, both)).Text("status"));

        var late = await DeployAsync(api, ["shop"], "queue");
        Assert.Contains(Id(both), late.Text("waitingFor"), StringComparison.Ordinal);
        await api.Admin.PostAsync("/api/v1/deployments", new { applicationIds = new[] { "shop" } }, HttpStatusCode.Conflict);

        await CancelAsync(api, blog);
        Assert.Equal(["running", "pending"], await StatusesAsync(api, both, late));
    }

    [Fact]
    public async Task OneThatIsCancelledWhileItWaitsKeepsNobodyFromTheirTurn()
    {
        await using var api = await StartAsync("sqlite");
        var first = await DeployAsync(api, ["shop"]);
        var second = await DeployAsync(api, ["shop"], "queue");
        var third = await DeployAsync(api, ["shop"], "queue");

        await CancelAsync(api, second);
        await CancelAsync(api, first);

        Assert.Equal(["cancelled", "cancelled", "running"], await StatusesAsync(api, first, second, third));
    }

    [Fact]
    public async Task OneThatWaitsIsNotStartedByHand()
    {
        await using var api = await StartAsync("sqlite");
        var first = await DeployAsync(api, ["shop"]);
        var second = (await api.Admin.PostAsync("/api/v1/deployments", new { applicationIds = new[] { "shop" }, onConflict = "queue", autoStart = false }, HttpStatusCode.Created)).GetProperty("deployments")[0];

        var problem = await api.Admin.PostAsync($"/api/v1/deployments/{Id(second)}/start", null, HttpStatusCode.Conflict);
        Assert.Contains(Id(first), problem.Text("detail"), StringComparison.Ordinal);

        await CancelAsync(api, first);
        Assert.Equal("pending", (await ShowAsync(api, second)).Text("status"));
        Assert.Equal("running", (await api.Admin.PostAsync($"/api/v1/deployments/{Id(second)}/start", null, HttpStatusCode.OK)).Text("status"));
    }

    [Theory, Databases]
    public async Task ASupersedingOneReplacesWhatWaitsAndWaitsForWhatRuns(string database)
    {
        await using var api = await StartAsync(database);
        var running = await DeployAsync(api, ["shop"]);
        var queued = await DeployAsync(api, ["shop"], "queue");
        var newer = await DeployAsync(api, ["shop"], "supersede");
        var newest = await DeployAsync(api, ["shop"], "supersede");

        Assert.Equal(["running", "cancelled", "cancelled", "pending"], await StatusesAsync(api, running, queued, newer, newest));
        Assert.Contains($"superseded by {Id(newest)}", (await ShowAsync(api, newer)).Text("errorMessage"), StringComparison.Ordinal);

        await CancelAsync(api, running);
        Assert.Equal("running", (await ShowAsync(api, newest)).Text("status"));
    }

    [Fact]
    public async Task ASupersedingOneReplacesWhatWaitsForAPersonAtOnce()
    {
        await using var api = await StartAsync("sqlite");
        var task = new { type = "custom", requireConfirm = true, payload = new { command = "true" } };
        var asked = (await api.Admin.PostAsync("/api/v1/deployments", new { applicationIds = new[] { "shop" }, tasks = new[] { task } }, HttpStatusCode.Created)).GetProperty("deployments")[0];
        Assert.Equal("waiting_confirm", asked.Text("status"));

        var newer = await DeployAsync(api, ["shop"], "supersede");

        Assert.Equal(["cancelled", "running"], await StatusesAsync(api, asked, newer));
    }

    [Fact]
    public async Task AnAppThatSomebodyWaitsForIsInUse()
    {
        await using var api = await StartAsync("sqlite");
        await DeployAsync(api, ["shop"]);
        await DeployAsync(api, ["shop", "blog"], "queue");

        await api.Admin.DeleteAsync("/api/v1/apps/blog", HttpStatusCode.Conflict);
    }

    private static async Task<ApiServer> StartAsync(string database)
    {
        var api = await ApiServer.StartAsync(database);
        foreach (var id in (string[])["shop", "blog"]) await api.Admin.PostAsync("/api/v1/apps", new { id, source = new { embedded = true } }, HttpStatusCode.Created);
        return api;
    }

    private static async Task<JsonElement> DeployAsync(ApiServer api, string[] apps, string? onConflict = null) =>
        (await api.Admin.PostAsync("/api/v1/deployments", new { applicationIds = apps, onConflict }, HttpStatusCode.Created)).GetProperty("deployments")[0];

    private static Task CancelAsync(ApiServer api, JsonElement deployment) => api.Admin.PostAsync($"/api/v1/deployments/{Id(deployment)}/cancel", null, HttpStatusCode.OK);

    private static Task<JsonElement> ShowAsync(ApiServer api, JsonElement deployment) => api.Admin.GetAsync("/api/v1/deployments/" + Id(deployment));

    private static async Task<string[]> StatusesAsync(ApiServer api, params JsonElement[] deployments)
    {
        var statuses = new List<string>();
        foreach (var deployment in deployments) statuses.Add((await ShowAsync(api, deployment)).Text("status"));
        return [.. statuses];
    }

    private static string Id(JsonElement deployment) => deployment.Text("id");
}
