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
    private const string App = "hello";
    private BoreasServer _server = null!;
    private AppRepository _repository = null!;

    public async Task InitializeAsync() => _server = await BoreasServer.StartAsync();

    public async Task DisposeAsync()
    {
        _repository.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("blue-green", 1)]
    [InlineData("blue-green", 2)]
    [InlineData("canary:50%:1s", 1)]
    [InlineData("canary:25%:1s", 6)]
    [InlineData("rolling:1", 2)]
    [InlineData("rolling:2:1s", 6)]
    public async Task AStrategyRollsOutWithoutAFailedRequest(string strategy, int replicas)
    {
        await ServeFirstAsync(replicas);
        await using var stream = Stream();
        var id = await DeployAsync("Second", "--strategy", strategy);
        var ended = await _server.Api.WhenEndedAsync(id);
        PushToRunning.AssertSucceeded(ended);
        await stream.FlowAsync();
        stream.AssertUnbroken();
        Assert.True(stream.Saw("Second"));
        Assert.Equal(["First", "Second"], stream.Answers.Order());
        Assert.Equal("Second", PushToRunning.Headline(await _server.AskAsync(App)));
        var last = ended.Tasks.Last(t => t.Type == RunTaskType.Deploy).Result!.Value;
        Assert.Equal(replicas, BoreasJson.Read<DeployResult>(last).Instances.Count);
    }

    [Fact]
    public async Task ACanaryGetsItsShareWaitsForAPersonAndIsTakenBack()
    {
        await ServeFirstAsync(replicas: 2);
        await using var stream = Stream();
        var id = await DeployAsync("Second", "--require-confirm", "--strategy", "canary:20%:0s");
        await _server.Api.WhenAsync(id, "waits for the canary to be approved", d => d.Status == RunStatus.WaitingConfirm);
        await _server.RunAsync("confirm", id);
        await _server.Api.WhenAsync(id, "waits for the rest to be approved", d => d.Status == RunStatus.WaitingConfirm && d.Tasks.Count(t => t.Status == RunTaskStatus.Success) == 4);
        Assert.InRange(await ShareAsync("Second", 10_000), 0.18, 0.22);
        await _server.RunAsync("rollback", id, "--reason", "not today");
        await _server.Api.WhenAsync(id, "is rolled back", d => d.Status == RunStatus.RolledBack);
        Assert.Equal(0, await ShareAsync("Second", 500));
        stream.AssertUnbroken();
    }

    [Fact]
    public async Task ACanaryThatFailsMoreIsTakenBackByItself()
    {
        await ServeFirstAsync(replicas: 2);
        await using var stream = Stream();
        await _repository.ReplaceAsync("server.js", "path === '/' ? [200,", "path === '/' ? [request.headers['x-forwarded-prefix'] ? 500 : 200,");
        var id = await DeployAsync("Second", "--strategy", "canary:50%:600s");
        var ended = await _server.Api.WhenAsync(id, "is rolled back", d => d.Status == RunStatus.RolledBack);
        Assert.Equal("canary_worse", ended.Tasks.Single(t => t.Name.StartsWith("watch", StringComparison.Ordinal)).Failure!.Code);
        Assert.Equal(1, await ShareAsync("First", 500));
    }

    [Fact]
    public async Task TooLittleTrafficAsksAPerson()
    {
        await ServeFirstAsync(replicas: 1);
        var id = await DeployAsync("Second", "--strategy", "canary:50%:1s");
        var asking = await _server.Api.WhenAsync(id, "asks a person", d => d.Status == RunStatus.WaitingConfirm);
        Assert.Contains("Too little traffic to tell", asking.Tasks.Single(t => t.Status == RunTaskStatus.WaitingConfirm).WaitingFor, StringComparison.Ordinal);
        PushToRunning.AssertSucceeded(await ConfirmToEndAsync(id));
    }

    [Fact]
    public async Task CancellingInTheMiddleBringsBackWhatRan()
    {
        await ServeFirstAsync(replicas: 4);
        await using var stream = Stream();
        var id = await DeployAsync("Second", "--strategy", "rolling:2:1h");
        await _server.Api.WhenAsync(id, "has done its first batch", d => d.Tasks.Any(t => t.Id == "hello-deploy" && t.Status == RunTaskStatus.Success));
        Assert.InRange(await ShareAsync("Second", 1_000), 0.48, 0.52);
        await _server.RunAsync("cancel", id);
        await _server.Api.WhenAsync(id, "is cancelled", d => d.Status == RunStatus.Cancelled);
        Assert.Equal(1, await ShareAsync("First", 500));
        await stream.FlowAsync();
        stream.AssertUnbroken();
    }

    [Fact]
    public async Task WarmInstancesServeAgainAtOnceAndAreGoneAfterTheirTime()
    {
        await ServeFirstAsync(replicas: 1);
        var first = (await _server.InstancesAsync()).Single().InstanceId;
        await using var stream = Stream();
        var id = await DeployAsync("Second", "--keep-warm", "1h");
        var second = await _server.Api.WhenEndedAsync(id);
        PushToRunning.AssertSucceeded(second);
        Assert.InRange(second.WarmUntil!.Value - second.CompletedAt!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
        var back = await _server.Api.PostAsync<Deployment>($"/api/v1/deployments/{id}/rollback");
        var ended = await _server.Api.WhenEndedAsync(back.Id);
        PushToRunning.AssertSucceeded(ended);
        Assert.Equal(first, BoreasJson.Read<DeployResult>(ended.Tasks.First().Result!.Value).Instances.Single().InstanceId);
        Assert.Equal("First", PushToRunning.Headline(await _server.AskAsync(App)));

        // The next one keeps nothing: what it replaces goes, and what was warm before it too.
        PushToRunning.AssertSucceeded(await _server.Api.WhenEndedAsync(await DeployAsync("Third", "--keep-warm", "0")));
        await Eventually.TrueAsync("one instance runs", async () => (await _server.InstancesAsync()).Count == 1);
        stream.AssertUnbroken();
    }

    private async Task ServeFirstAsync(int replicas)
    {
        await _server.CreateAppAsync(App, replicas);
        _repository = await AppRepository.CreateAsync(_server, App);
        await _repository.SayAsync("First");
        PushToRunning.AssertSucceeded(await _repository.DeployToEndAsync());
    }

    /// <summary>Another branch than the one that pushes deploy, deployed with a strategy.</summary>
    private async Task<string> DeployAsync(string headline, params string[] options)
    {
        await _repository.SayAsync(headline);
        var commit = await _repository.CommitAsync();
        var pushed = await _repository.PushAsync("main:next");
        Assert.True(pushed.Succeeded, pushed.ErrorTail);
        await _server.RunAsync(["deploy", App, "--ref", commit, .. options]);
        return (await _server.Api.DeploymentsAsync(App))[0].Id;
    }

    private async Task<Deployment> ConfirmToEndAsync(string id)
    {
        await _server.RunAsync("confirm", id);
        return await _server.Api.WhenEndedAsync(id);
    }

    private async Task<double> ShareAsync(string headline, int requests)
    {
        using var http = new HttpClient();
        var address = new Uri(_server.Address, $"/runtime/{App}/");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var count = 0;
            for (var i = 0; i < requests / 8; i++) count += PushToRunning.Headline(await http.GetStringAsync(address)) == headline ? 1 : 0;
            return count;
        }));
        return (double)answers.Sum() / (requests / 8 * 8);
    }

    private RequestStream Stream() => RequestStream.Start(new Uri(_server.Address, $"/runtime/{App}/"), PushToRunning.Headline);
}
