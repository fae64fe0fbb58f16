using System.Net;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Jobs;

namespace Boreas.Server.Tests.Deployments;

/// <summary>Deploy jobs that bring their app along, and the endpoint of the older API.</summary>
public class DirectJobTests
{
    private const string Older = "/api/fun-ai/deploy/job/create";

    [Theory, Databases]
    public async Task AnAppIsDeployedByItsId(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var dan = await api.UserAsync("dan", Role.Developer);
        await dan.PostAsync("/api/v1/apps", new { id = "shop", source = new { image = "registry.example.org/shop:1" } }, HttpStatusCode.Created);

        var created = await dan.PostAsync($"{Older}?userId=dan&appId=shop", null, HttpStatusCode.Created);

        var deployment = created.GetProperty("deployments")[0];
        Assert.Equal(("dan", "shop"), (deployment.Text("createdBy"), deployment.GetProperty("applicationIds")[0].GetString()));
        var second = await dan.PostAsync($"{Older}?appId=shop", new { }, HttpStatusCode.Conflict);
        Assert.Equal("active_deployment", second.Text("code"));
        Assert.Contains(created.Text("id"), second.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheTokenSaysWhoTheUserIs()
    {
        await using var api = await ApiServer.StartAsync("sqlite");
        var dan = await api.UserAsync("dan", Role.Developer);

        var refused = await dan.PostAsync($"{Older}?userId=eve&appId=shop", new { image = "registry.example.org/shop:1" }, HttpStatusCode.Forbidden);

        Assert.Contains("one of 'dan', and userId says 'eve'", refused.Text("detail"), StringComparison.Ordinal);
        Assert.Empty((await api.Admin.GetAsync("/api/v1/apps")).Items());
        var vic = await api.UserAsync("vic", Role.Viewer);
        await vic.PostAsync($"{Older}?appId=shop", new { image = "registry.example.org/shop:1" }, HttpStatusCode.Forbidden);
        await dan.PostAsync($"{Older}?appId=nothing", new { }, HttpStatusCode.NotFound);
        Assert.Equal(["appId"], (await dan.PostAsync($"{Older}?appId=No%20Slug", new { }, HttpStatusCode.BadRequest)).RefusedFields());
    }

    [Theory, Databases]
    public async Task AFourthAppIsRefusedNamingTheThreeAndNothingOfItStays(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var dan = await api.UserAsync("dan", Role.Developer);
        foreach (var app in new[] { "one", "two", "three" }) await dan.PostAsync($"{Older}?appId={app}", new { image = "registry.example.org/x:1", containerPort = 8080 }, HttpStatusCode.Created);

        foreach (var (path, body) in new (string, object)[] { ($"{Older}?appId=four", new { image = "registry.example.org/x:1" }), ("/deploy/jobs", new { type = "DEPLOY_IMAGE", payload = new { appId = "four", image = "registry.example.org/x:1" } }) })
        {
            var refused = await dan.PostAsync(path, body, HttpStatusCode.Conflict);
            Assert.Equal("quota_exceeded", refused.Text("code"));
            Assert.Contains("one, three, two", refused.Text("detail"), StringComparison.Ordinal);
        }

        await dan.GetAsync("/api/v1/apps/four", HttpStatusCode.NotFound);
        Assert.Equal(8080, (await dan.GetAsync("/api/v1/apps/one")).GetProperty("containerPort").GetInt32());
    }

    [Fact]
    public async Task ARefusedJobLeavesTheAppAsItWas()
    {
        await using var api = await ApiServer.StartAsync("sqlite");
        await JobAsync(api, "registry.example.org/shop:1", HttpStatusCode.Created);

        await JobAsync(api, "registry.example.org/shop:2", HttpStatusCode.Conflict);

        Assert.Equal("registry.example.org/shop:1", (await api.Admin.GetAsync("/api/v1/apps/shop")).GetProperty("source").Text("image"));
    }

    [Fact]
    public async Task ABuiltImageIsTaggedAsTheJobSays()
    {
        await using var api = await ApiServer.StartAsync("sqlite");
        object Job(string tag) => new { type = "BUILD_AND_DEPLOY", payload = new { appId = "shop", repoSshUrl = "https://git.example.org/shop.git", imageRepo = "registry.example.org/shop", imageTag = tag } };
        Assert.Equal(["payload.imageTag"], (await api.Admin.PostAsync("/deploy/jobs", Job("a/b:c"), HttpStatusCode.BadRequest)).RefusedFields());
        await api.Admin.PostAsync("/deploy/jobs", Job("nightly"), HttpStatusCode.Created);
        var runner = await api.MachineAsync(TokenKind.Runner);

        var checkout = await ClaimAsync(runner);
        var result = BoreasJson.ToElement(new CheckoutResult(new BuildPlan(BuildKind.Dockerfile, "Dockerfile", [], []), new string('a', 40)));
        await runner.PostAsync($"/deploy/jobs/{checkout.JobId}/report", new ReportRequest(checkout.Lease, checkout.Epoch, JobOutcome.Succeeded, result), HttpStatusCode.NoContent);

        Assert.Equal("registry.example.org/shop:nightly", (await ClaimAsync(runner)).Work.GetProperty("target").Text("reference"));
    }

    private static async Task<ClaimedJob> ClaimAsync(Api runner) =>
        BoreasJson.Read<ClaimedJob>(await runner.PostAsync("/deploy/jobs/claim", new ClaimRequest("test", ["linux", "podman", "docker", "process", "git"], WaitSeconds: 20), HttpStatusCode.OK));

    private static Task<JsonElement> JobAsync(ApiServer api, string image, HttpStatusCode status) =>
        api.Admin.PostAsync("/deploy/jobs", new { type = "DEPLOY_IMAGE", payload = new { appId = "shop", image } }, status);
}
