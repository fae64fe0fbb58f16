using System.Globalization;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Planning;
using Boreas.Engine.Runs;
using Boreas.Scenarios.World;

namespace Boreas.Scenarios;

/// <summary>Strategies over real processes, while requests flow: none fails, and each answer is of a version that was meant to serve.</summary>
public sealed class RollOuts : IAsyncLifetime
{
    private RolledApp _app = null!;

    public async Task InitializeAsync() => _app = await RolledApp.StartAsync();

    public Task DisposeAsync() => _app.DisposeAsync().AsTask();

    [Theory]
    [InlineData("blue-green", 1)]
    [InlineData("blue-green", 2)]
    [InlineData("canary of 0.5", 1)]
    [InlineData("canary of 0.25", 6)]
    [InlineData("rolling:1", 2)]
    [InlineData("rolling:2:1s", 6)]
    public async Task AStrategyRollsOutWithoutAFailedRequest(string strategy, int replicas)
    {
        await _app.ServeFirstAsync(replicas, AppRepository.Streams);
        await using var stream = _app.MixedStream();
        await stream.FlowAsync();
        var steps = strategy.StartsWith("canary", StringComparison.Ordinal) ? await _app.CanaryAsync(double.Parse(strategy[10..], CultureInfo.InvariantCulture), 2) : strategy;
        var ended = await _app.Server.Api.WhenEndedAsync(await _app.DeployAsync("Second", "--strategy", steps));
        PushToRunning.AssertSucceeded(ended);
        await stream.FlowAsync();
        stream.AssertUnbroken();
        Assert.True(stream.Saw("Second"));
        Assert.Equal(["First", "Second"], stream.Answers.Order());
        Assert.Equal("Second", PushToRunning.Headline(await _app.Server.AskAsync(RolledApp.App)));
        var last = ended.Tasks.Last(t => t.Type == RunTaskType.Deploy).Result!.Value;
        Assert.Equal(replicas, BoreasJson.Read<DeployResult>(last).Instances.Count);
    }

    [Fact]
    public async Task AClientStaysWithItsInstanceWhereTheAppWantsThat()
    {
        await _app.ServeFirstAsync(replicas: 3, AppRepository.Streams);
        await _app.Server.RunAsync("apps", "set", RolledApp.App, "--sticky");
        using var client = new HttpClient();
        await Eventually.TrueAsync("one instance answers one client", async () => (await AskedAsync(client, 12)).Count == 1);
        Assert.True((await AskedAsync(null, 24)).Count > 1);
        var before = (await AskedAsync(client, 1)).Single();

        // A canary does not take clients from the instances that stay, and those who go find another one.
        await using var stream = _app.MixedStream();
        var id = await _app.DeployAsync("Second", "--require-confirm", "--strategy", "canary:50%:0s");
        await _app.Server.Api.WhenAsync(id, "waits for the canary to be approved", d => d.Status == RunStatus.WaitingConfirm);
        await _app.Server.RunAsync("confirm", id);
        await Eventually.TrueAsync("the new version answers others", () => stream.Saw("Second"));
        Assert.Equal([before], await AskedAsync(client, 24));
        await _app.Server.Api.WhenAsync(id, "waits for the rest to be approved", d => d.Status == RunStatus.WaitingConfirm);
        PushToRunning.AssertSucceeded(await ConfirmToEndAsync(id));
        Assert.NotEqual(before, Assert.Single(await AskedAsync(client, 12)));
        stream.AssertUnbroken();

        async Task<HashSet<string>> AskedAsync(HttpClient? known, int times)
        {
            var instances = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < times; i++)
            {
                using var fresh = new HttpClient();
                instances.Add(await (known ?? fresh).GetStringAsync(new Uri(_app.Server.Address, $"/runtime/{RolledApp.App}/instance")));
            }

            return instances;
        }
    }

    [Fact]
    public async Task ACanaryGetsItsShareWaitsForAPersonAndIsTakenBack()
    {
        await _app.ServeFirstAsync(replicas: 2);
        await using var stream = _app.Stream();
        var id = await _app.DeployAsync("Second", "--require-confirm", "--strategy", "canary:20%:0s");
        await _app.Server.Api.WhenAsync(id, "waits for the canary to be approved", d => d.Status == RunStatus.WaitingConfirm);
        await _app.Server.RunAsync("confirm", id);
        await _app.Server.Api.WhenAsync(id, "waits for the rest to be approved", d => d.Status == RunStatus.WaitingConfirm && d.Tasks.Count(t => t.Status == RunTaskStatus.Success) == 4);
        Assert.InRange(await _app.ShareAsync("Second", 10_000), 0.18, 0.22);
        await _app.Server.RunAsync("rollback", id, "--reason", "not today");
        await _app.Server.Api.WhenAsync(id, "is rolled back", d => d.Status == RunStatus.RolledBack);
        Assert.Equal(0, await _app.ShareAsync("Second", 500));
        stream.AssertUnbroken();
    }

    [Fact]
    public async Task ACanaryThatFailsMoreIsTakenBackByItself()
    {
        await _app.ServeFirstAsync(replicas: 2);
        await using var stream = _app.Stream();
        await _app.Repository.ReplaceAsync("server.js", "path === '/' ? [200,", "path === '/' ? [request.headers['x-forwarded-prefix'] ? 500 : 200,");
        var id = await _app.DeployAsync("Second", "--strategy", "canary:50%:600s");
        var ended = await _app.Server.Api.WhenAsync(id, "is rolled back", d => d.Status == RunStatus.RolledBack);
        Assert.Equal("canary_worse", ended.Tasks.Single(t => t.Name.StartsWith("watch", StringComparison.Ordinal)).Failure!.Code);
        Assert.Equal(1, await _app.ShareAsync("First", 500));
    }

    [Fact]
    public async Task TooLittleTrafficAsksAPerson()
    {
        await _app.ServeFirstAsync(replicas: 1);
        var id = await _app.DeployAsync("Second", "--strategy", "canary:50%:1s");
        var asking = await _app.Server.Api.WhenAsync(id, "asks a person", d => d.Status == RunStatus.WaitingConfirm);
        Assert.Contains("Too little traffic to tell", asking.Tasks.Single(t => t.Status == RunTaskStatus.WaitingConfirm).WaitingFor, StringComparison.Ordinal);
        PushToRunning.AssertSucceeded(await ConfirmToEndAsync(id));
    }

    [Fact]
    public async Task WarmInstancesServeAgainAtOnceAndAreGoneAfterTheirTime()
    {
        await _app.ServeFirstAsync(replicas: 1);
        var first = (await _app.Server.InstancesAsync()).Single().InstanceId;
        await using var stream = _app.Stream();
        var id = await _app.DeployAsync("Second", "--keep-warm", "1h");
        var second = await _app.Server.Api.WhenEndedAsync(id);
        PushToRunning.AssertSucceeded(second);
        Assert.InRange(second.WarmUntil!.Value - second.CompletedAt!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        var back = await _app.Server.Api.PostAsync<Deployment>($"/api/v1/deployments/{id}/rollback");
        var ended = await _app.Server.Api.WhenEndedAsync(back.Id);
        PushToRunning.AssertSucceeded(ended);
        Assert.Equal(first, BoreasJson.Read<DeployResult>(ended.Tasks.First().Result!.Value).Instances.Single().InstanceId);
        Assert.Equal("First", PushToRunning.Headline(await _app.Server.AskAsync(RolledApp.App)));

        // The next one keeps nothing: what it replaces goes, and what was warm before it too.
        PushToRunning.AssertSucceeded(await _app.Server.Api.WhenEndedAsync(await _app.DeployAsync("Third", "--keep-warm", "0")));
        await Eventually.TrueAsync("one instance runs", async () => (await _app.Server.InstancesAsync()).Count == 1);
        stream.AssertUnbroken();
    }

    private async Task<Deployment> ConfirmToEndAsync(string id)
    {
        await _app.Server.RunAsync("confirm", id);
        return await _app.Server.Api.WhenEndedAsync(id);
    }
}
