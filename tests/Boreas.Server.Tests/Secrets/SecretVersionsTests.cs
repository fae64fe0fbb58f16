using System.Net;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Server.Secrets;
using Boreas.Server.Tests.Nodes;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Boreas.Server.Tests.Secrets;

/// <summary>A release runs with the values of its time, whatever its app's secrets are by then.</summary>
public class SecretVersionsTests
{
    [Theory, Databases]
    public async Task GoingBackBringsTheSecretsBackThatTheReleaseRanWith(string database)
    {
        await using var fleet = await StartAsync(database);
        await DeployAsync(fleet);
        await SetAsync(fleet, "TOKEN", "second");
        await SetAsync(fleet, "NEW", "of the second");
        var (_, second) = await DeployAsync(fleet);
        Assert.Equal([("NEW", "of the second"), ("TOKEN", "second")], second);

        await fleet.Api.Admin.PostAsync($"/api/v1/deployments/{fleet.Deployment}/rollback", new { }, HttpStatusCode.Created);

        Assert.Equal([("TOKEN", "first")], Given(await fleet.ClaimAsync()));
    }

    [Theory, Databases]
    public async Task ADeploymentRunsWithTheSecretsOfWhenItWasMade(string database)
    {
        await using var fleet = await StartAsync(database);
        await fleet.DeployAgainAsync("shop");
        await SetAsync(fleet, "TOKEN", "second");
        await fleet.Api.Admin.DeleteAsync("/api/v1/secrets/shop/TOKEN");

        await fleet.ReportNextAsync(ExecutorNames.Checkout);
        Assert.Equal([("TOKEN", "first")], Given(await fleet.ClaimAsync()));
    }

    [Fact]
    public async Task ReleasesThatComeBackTogetherHaveEachItsOwn()
    {
        await using var fleet = await StartAsync("sqlite");
        var (first, _) = await DeployAsync(fleet);
        await SetAsync(fleet, "TOKEN", "second");
        var (second, _) = await DeployAsync(fleet);
        await fleet.ExecuteAsync("update instances set state = 2");
        await fleet.ExecuteAsync("update routes set targets = @targets", new { targets = $$"""[{"instanceId":"{{first}}","address":"http://a:1","weight":1},{"instanceId":"{{second}}","address":"http://b:1","weight":1}]""" });
        await fleet.DeployAgainAsync("shop");
        await fleet.ReportNextAsync(ExecutorNames.Checkout);
        var deploy = await fleet.ClaimAsync();
        await fleet.RouteAsync(deploy, BoreasJson.Read<DeployWork>(deploy.Work).Start);
        await fleet.ReportAsync(deploy, new JobFailure(FailureKind.Failed, "app_exited", "it ended"));

        await fleet.Api.Admin.PostAsync($"/api/v1/deployments/{fleet.Deployment}/rollback", new { }, HttpStatusCode.OK);

        var restore = await fleet.ClaimAsync();
        var back = BoreasJson.Read<RestoreWork>(restore.Work).Previous;
        Assert.Equal(new() { [first] = "first", [second] = "second" }, back.ToDictionary(p => p.Instances.Single().InstanceId, p => restore.Secrets[p.Release.SecretKey("TOKEN")]));
    }

    [Theory, Databases]
    public async Task ASecretThatIsDeletedEverywhereIsGoneFromEarlierReleasesAndItsNumbersAreNotGivenAgain(string database)
    {
        await using var fleet = await StartAsync(database);
        await DeployAsync(fleet);
        await SetAsync(fleet, "TOKEN", "second");
        await DeployAsync(fleet);

        await fleet.Api.Admin.DeleteAsync("/api/v1/secrets/shop/TOKEN?everywhere=true");
        await fleet.Api.Admin.DeleteAsync("/api/v1/secrets/shop/TOKEN?everywhere=true", HttpStatusCode.NotFound);
        await SetAsync(fleet, "TOKEN", "third");

        Assert.Equal([null, null, true], await ValuesAsync(fleet));
        var back = await fleet.Api.Admin.PostAsync($"/api/v1/deployments/{fleet.Deployment}/rollback", new { }, HttpStatusCode.Created);
        await fleet.TryClaimAsync();
        var failed = (await fleet.Api.Admin.GetAsync($"/api/v1/deployments/{back.Text("id")}/tasks/shop-deploy")).GetProperty("failure");
        Assert.Contains("'TOKEN' in its version 1 of app 'shop' is not there any more", failed.Text("message"), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task ValuesThatNoReleaseCanComeBackWithAreDeleted(string database)
    {
        await using var fleet = await StartAsync(database);
        await DeployAsync(fleet);
        await SetAsync(fleet, "TOKEN", "never used");
        await SetAsync(fleet, "TOKEN", "third");
        await SetAsync(fleet, "OTHER", "taken away");
        await fleet.Api.Admin.DeleteAsync("/api/v1/secrets/shop/OTHER");
        var cleanup = fleet.Api.Services.GetServices<IHostedService>().OfType<SecretCleanup>().Single();

        Assert.Equal(2, await cleanup.RunOnceAsync(default));
        Assert.Equal([null, true, null, true], await ValuesAsync(fleet));

        for (var i = 0; i < 11; i++) await DeployAsync(fleet);
        Assert.Equal(1, await cleanup.RunOnceAsync(default));
        Assert.Equal([null, null, null, true], await ValuesAsync(fleet));
        Assert.Equal(0, await cleanup.RunOnceAsync(default));
    }

    /// <summary>An app with one secret, and a node to run it on.</summary>
    private static async Task<TestFleet> StartAsync(string database)
    {
        var fleet = await TestFleet.StartAsync(database);
        await fleet.HeartbeatAsync("one", capacity: 100);
        await fleet.Api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { image = "hub.example/shop:1" } }, HttpStatusCode.Created);
        await SetAsync(fleet, "TOKEN", "first");
        return fleet;
    }

    private static Task SetAsync(TestFleet fleet, string name, string value) => fleet.Api.Admin.PutAsync($"/api/v1/secrets/shop/{name}", new { value }, HttpStatusCode.NoContent);

    /// <returns>The instance, and the secrets that it was started with.</returns>
    private static async Task<(string Instance, IReadOnlyList<(string, string)> Secrets)> DeployAsync(TestFleet fleet)
    {
        await fleet.DeployAgainAsync("shop");
        await fleet.ReportNextAsync(ExecutorNames.Checkout);
        var deploy = await fleet.ClaimAsync();
        var started = await fleet.RouteAsync(deploy, BoreasJson.Read<DeployWork>(deploy.Work).Start);
        await fleet.SucceedAsync(deploy);
        await fleet.ReportNextAsync(ExecutorNames.HealthCheck);
        return (Assert.Single(started), Given(deploy));
    }

    private static List<(string, string)> Given(ClaimedJob deploy)
    {
        Assert.Equal(ExecutorNames.Deploy, deploy.Executor);
        var release = BoreasJson.Read<DeployWork>(deploy.Work).Release;
        Assert.Equal(release.SecretNames.Count, deploy.Secrets.Count);
        return [.. release.SecretNames.Select(name => (name, deploy.Secrets[release.SecretKey(name)]))];
    }

    /// <summary>Whether there is a value, of each version.</summary>
    private static async Task<IReadOnlyList<bool?>> ValuesAsync(TestFleet fleet)
    {
        await using var connection = await fleet.Api.Database.OpenAsync(default);
        return [.. (await connection.QueryAsync<string?>("select value from secret_versions order by name, version")).Select(value => value is null ? (bool?)null : true)];
    }
}
