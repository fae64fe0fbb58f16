using Boreas.Contracts.Deployments;
using Boreas.Contracts.Fleet;
using Boreas.Contracts.Problems;
using Boreas.Engine.Runs;
using Boreas.Scenarios.World;

namespace Boreas.Scenarios;

/// <summary>
/// Roll-outs that do not reach their end, while clients of every kind use the app: what ran before serves alone again, in
/// as many instances, and nobody was cut off. Only an instance that dies with requests in its hands takes these along.
/// </summary>
public sealed class RollOutsTakenBack : IAsyncLifetime
{
    private RolledApp _app = null!;

    public async Task InitializeAsync() => _app = await RolledApp.StartAsync();

    public Task DisposeAsync() => _app.DisposeAsync().AsTask();

    [Theory]
    [InlineData("blue-green", 1)]
    [InlineData("canary", 6)]
    [InlineData("rolling:1", 2)]
    public async Task AVersionThatIsNotHealthyTakesNoTraffic(string strategy, int replicas)
    {
        await _app.ServeFirstAsync(replicas, AppRepository.Streams, startSeconds: 6);
        await using var stream = _app.MixedStream();
        await _app.Repository.ReplaceAsync("server.js", "response.end('ok\\n')", "response.writeHead(503).end('not ready\\n')");

        var ended = await EndAsync(await _app.DeployAsync("Second", "--strategy", await StepsAsync(strategy)), RunStatus.RolledBack);

        Assert.Equal(ProblemCodes.HealthCheckFailed, ended.Tasks.Single(t => t.Failure is not null).Failure!.Code);
        await OnlyFirstServesAsync(stream, replicas);
        Assert.False(stream.Saw("Second"));
    }

    [Fact]
    public async Task ABatchThatFailsTakesTheBatchesBeforeItBack()
    {
        await ServeAsync(replicas: 2);
        await using var stream = _app.MixedStream();
        var mark = Path.Combine(_app.Server.Data, "first-of-its-kind");
        await _app.Repository.ReplaceAsync("server.js", "server.listen(", $"require('node:fs').mkdirSync('{mark}');\nserver.listen(");

        var ended = await EndAsync(await _app.DeployAsync("Second", "--strategy", "rolling:1"), RunStatus.RolledBack);

        Assert.Equal([("hello-deploy", RunTaskStatus.RolledBack), ("hello-deploy-2", RunTaskStatus.Failed)], ended.Tasks.Where(t => t.Type == RunTaskType.Deploy).Select(t => (t.Id, t.Status)));
        Assert.Contains("EEXIST", ended.Tasks.Single(t => t.Status == RunTaskStatus.Failed).Failure!.Message, StringComparison.Ordinal);
        await OnlyFirstServesAsync(stream, replicas: 2);
        Assert.True(stream.Saw("Second"));
    }

    [Theory]
    [InlineData("rolling:2:1h", 6, "hello-deploy")]
    [InlineData("canary", 2, "hello-deploy")]
    [InlineData("blue-green", 2, "hello-test")]
    public async Task CancellingInTheMiddleBringsBackWhatRan(string strategy, int replicas, string after)
    {
        await ServeAsync(replicas);
        await using var stream = _app.MixedStream();

        // The last one is cancelled while its instances start.
        if (strategy == "blue-green") await _app.Repository.ReplaceAsync("server.js", "server.listen(", "for (const until = Date.now() + 3000; Date.now() < until;);\nserver.listen(");
        var id = await _app.DeployAsync("Second", "--strategy", await StepsAsync(strategy));
        await _app.Server.Api.WhenAsync(id, $"has done {after}", d => d.Tasks.Any(t => t.Id == after && t.Status == RunTaskStatus.Success));
        await stream.FlowAsync();
        await _app.Server.RunAsync("cancel", id);

        await EndAsync(id, RunStatus.Cancelled);
        await OnlyFirstServesAsync(stream, replicas);
    }

    [Theory]
    [InlineData("canary:50%:0s", 1)]
    [InlineData("canary:25%:0s", 6)]
    public async Task APersonWhoLooksAndRefusesBringsBackWhatRan(string strategy, int replicas)
    {
        await ServeAsync(replicas);
        await using var stream = _app.MixedStream();
        var id = await _app.DeployAsync("Second", "--require-confirm", "--strategy", strategy);
        await _app.Server.Api.WhenAsync(id, "waits for a person", d => d.Status == RunStatus.WaitingConfirm);
        await _app.Server.RunAsync("confirm", id);
        await Eventually.TrueAsync("the new version answers", () => stream.Saw("Second"));
        await _app.Server.Api.WhenAsync(id, "waits for the rest", d => d.Status == RunStatus.WaitingConfirm);
        await _app.Server.RunAsync("rollback", id, "--reason", "not today");

        await EndAsync(id, RunStatus.RolledBack);
        await OnlyFirstServesAsync(stream, replicas);
    }

    [Theory]
    [InlineData("right after its health check", "response.end('ok\\n')", "{ response.end('ok\\n'); setTimeout(() => process.exit(7), 1); }")]
    [InlineData("with its first requests", "response.end(headline),", "process.exit(7),")]
    [InlineData("half a second after it began to serve", "response.end('ok\\n')", "{ response.end('ok\\n'); setTimeout(() => process.exit(7), 500); }")]
    public async Task AnInstanceThatDiesIsTakenBackByItself(string moment, string working, string dying)
    {
        await ServeAsync(replicas: 1);
        await using var stream = _app.Stream();
        await _app.Repository.ReplaceAsync("server.js", working, dying);

        var id = await _app.DeployAsync("Second", "--strategy", await _app.CanaryAsync(0.5, 20));
        var ended = await EndAsync(id, RunStatus.RolledBack);

        Assert.True(ended.Tasks.Count(t => t.Failure is not null) == 1, moment);
        await Eventually.TrueAsync("only the first version answers", async () => await _app.ShareAsync("First", 100) == 1);
    }

    private async Task<string> StepsAsync(string strategy) => strategy == "canary" ? await _app.CanaryAsync(0.25, 600) : strategy;

    private async Task ServeAsync(int replicas) => await _app.ServeFirstAsync(replicas, AppRepository.Streams);

    private Task<Deployment> EndAsync(string id, RunStatus status) => _app.Server.Api.WhenAsync(id, $"ends {status}", d => d.Status == status && d.CompletedAt is not null);

    private async Task OnlyFirstServesAsync(RequestStream stream, int replicas)
    {
        Assert.Equal(1, await _app.ShareAsync("First", 200));
        await stream.FlowAsync();
        stream.AssertUnbroken();
        var routed = (await _app.Server.Api.GetAsync<RoutesInfo>("/api/v1/routes")).Routes.Single().Targets.Where(t => t.Weight > 0).Select(t => t.InstanceId).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(replicas, routed.Count);
        await Eventually.TrueAsync("exactly the instances from before run", () => ProcessesIn.InstancesOf(Path.Combine(_app.Server.Data, "agent")).SequenceEqual(routed));
    }
}
