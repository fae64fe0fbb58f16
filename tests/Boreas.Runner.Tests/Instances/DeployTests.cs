using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Tests.World;
using Microsoft.AspNetCore.Http;

namespace Boreas.Runner.Tests.Instances;

public sealed class DeployTests : IAsyncLifetime
{
    private static readonly string Digest = new('a', 64);
    private TestRunner _runner = null!;
    private TestAgent _agent = null!;

    public async Task InitializeAsync() => (_runner, _agent) = (await TestRunner.StartAsync(), await TestAgent.StartAsync());

    public async Task DisposeAsync()
    {
        await _runner.DisposeAsync();
        await _agent.DisposeAsync();
    }

    [Fact]
    public async Task ReadyInstancesGetTheTraffic()
    {
        var job = Deploy(Release(), "hello-1", "hello-2");
        var result = await job.SucceedsAsync<DeployResult>();
        Assert.Equal(["hello-1", "hello-2"], result.Instances.Select(instance => instance.InstanceId));
        var route = Assert.Single(_runner.Plane.Routes);
        Assert.Equal(["hello-1", "hello-2"], route.Instances.Select(instance => instance.InstanceId));
        Assert.All(route.Instances, instance => Assert.StartsWith(_agent.Url + "/app/", instance.Address, StringComparison.Ordinal));
        Assert.Empty(_agent.Stopped);
    }

    [Fact]
    public async Task OnlyTheSecretsOfTheReleaseReachTheAgent()
    {
        var job = _runner.Plane.Offer(ExecutorNames.Deploy, new DeployWork(Release() with { SecretNames = ["DB"] }, [_agent.Target("hello-1")], [], 1000, [], [], 0, 1, 30), new Dictionary<string, string> { ["DB"] = "postgres-password", ["OTHER"] = "not-for-it", ["boreas_artifact@" + Digest] = "right", ["boreas_artifact@other"] = "not-for-it" });
        await job.SucceedsAsync<DeployResult>();
        var request = _agent.Started["hello-1"];
        Assert.Equal(new() { ["DB"] = "postgres-password", ["boreas_artifact"] = "right" }, request.Secrets.ToDictionary());
        Assert.Equal(new Uri(_runner.Plane.Url, "artifacts/" + Digest).AbsoluteUri, request.ArtifactUrl);
    }

    [Fact]
    public async Task AnUnhealthyInstanceIsStoppedAndGetsNoTraffic()
    {
        _agent.Answer = _ => Results.Text("no database", statusCode: 503);
        var failure = await Deploy(Release(startSeconds: 1), "hello-1").FailsAsync(ProblemCodes.HealthCheckFailed);
        Assert.Contains("503", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no database", failure.Message, StringComparison.Ordinal);
        Assert.Contains("hello-1", _agent.Stopped.Keys);
        Assert.Empty(_runner.Plane.Routes);
    }

    [Fact]
    public async Task OneBadInstanceStopsTheOthersToo()
    {
        _agent.Change = status => status.InstanceId == "hello-2" ? status with { State = InstanceState.Exited, ExitCode = 1, LastLines = ["cannot open config"] } : status;
        _agent.Answer = id => id == "hello-1" ? Results.StatusCode(503) : Results.Ok();
        var failure = await Deploy(Release(startSeconds: 300), "hello-1", "hello-2").FailsAsync(ProblemCodes.AppExited);
        Assert.Contains("cannot open config", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["hello-1", "hello-2"], _agent.Stopped.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ANodeThatIsAwayIsNotWaitedForAgainToStopWhatWasStarted()
    {
        await using var other = await TestAgent.StartAsync();
        other.Change = status =>
        {
            other.Started.Clear();
            return status with { State = InstanceState.Preparing };
        };
        _agent.Answer = _ => Results.StatusCode(503);
        var work = new DeployWork(Release(startSeconds: 300), [_agent.Target("hello-1"), other.Target("hello-2") with { Node = "node-2" }], [], 1000, [], [], 0, 1, 30);
        await _runner.Plane.Offer(ExecutorNames.Deploy, work).FailsAsync(ProblemCodes.NodeUnreachable);
        Assert.Equal(["hello-1"], _agent.Stopped.Keys);
        Assert.Empty(other.Stopped);
    }

    [Fact]
    public async Task AnotherDigestIsNotASuccess()
    {
        _agent.Change = status => status with { Digest = "sha256:" + new string('b', 64) };
        await Deploy(Release(), "hello-1").FailsAsync(ProblemCodes.DigestMismatch);
        Assert.Empty(_runner.Plane.Routes);
    }

    [Fact]
    public async Task ARedirectIsHealthyAndIsNotFollowed()
    {
        _agent.Answer = _ => Results.Redirect("http://127.0.0.1:1/");
        await Deploy(Release(), "hello-1").SucceedsAsync<DeployResult>();
    }

    [Fact]
    public async Task AnAppOnAnotherPortIsToldWhich()
    {
        _agent.Change = status => status with { Address = "http://127.0.0.1:1", Listening = [8080] };
        var failure = await Deploy(Release(startSeconds: 1) with { Artifact = null, Digest = null, Image = new ImageTarget("registry.example.org/hello:1") }, "hello-1").FailsAsync(ProblemCodes.AppWrongPort);
        Assert.Contains("8080", failure.Advice, StringComparison.Ordinal);
        Assert.Contains("3000", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAppThatDoesNotListenIsSaidSo()
    {
        _agent.Change = status => status with { Address = "http://127.0.0.1:1", Listening = [], LastLines = ["waiting for godot"] };
        var failure = await Deploy(Release(startSeconds: 1), "hello-1").FailsAsync(ProblemCodes.AppNotListening);
        Assert.Contains("godot", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatTheAgentKnowsIsToldAsItIs()
    {
        _agent.Change = status => status with { State = InstanceState.Exited, Failure = new JobFailure(FailureKind.Failed, ProblemCodes.ImageMissingOnNode, "The node has no such image.", "Push it.") };
        Assert.Equal("The node has no such image.", (await Deploy(Release(), "hello-1").FailsAsync(ProblemCodes.ImageMissingOnNode)).Message);
    }

    [Fact]
    public async Task CancelStopsWhatWasStarted()
    {
        _agent.Answer = _ => Results.StatusCode(503);
        var job = Deploy(Release(startSeconds: 300), "hello-1");
        await job.LineAsync("hello-1 runs at");
        job.CancelReason = "changed my mind";
        await job.FailsAsync(ProblemCodes.Refused);
        Assert.Contains("hello-1", _agent.Stopped.Keys);
    }

    [Fact]
    public async Task WhoLostTheLeaseLeavesTheInstancesToTheNewOwner()
    {
        _agent.Answer = _ => Results.StatusCode(503);
        var job = Deploy(Release(startSeconds: 300), "hello-1");
        await job.LineAsync("hello-1 runs at");
        job.GiveToAnother();
        await _runner.Plane.Offer(ExecutorNames.Nothing).ReportAsync();
        await _runner.StopAsync();
        Assert.Empty(_agent.Stopped);
    }

    [Fact]
    public async Task HealthCheckRetiresOnlyWhatHasDrained()
    {
        await Deploy(Release(), "old-1", "hello-1").SucceedsAsync<DeployResult>();
        _runner.Plane.InFlight["old-1"] = 2;
        var job = _runner.Plane.Offer(ExecutorNames.HealthCheck, new HealthCheckWork(Release(), [_agent.Target("hello-1")], NoRestarts, [_agent.Target("old-1")], 300));
        await job.LineAsync("hello-1 is healthy");
        Assert.False(job.Reported.Task.IsCompleted);
        Assert.Empty(_agent.Stopped);
        _runner.Plane.InFlight["old-1"] = 0;
        Assert.Equal(new HealthCheckResult(1, 1), await job.SucceedsAsync<HealthCheckResult>());
        Assert.Equal(["old-1"], _agent.Stopped.Keys);
    }

    [Fact]
    public async Task DrainingHasAnEnd()
    {
        await Deploy(Release(), "old-1").SucceedsAsync<DeployResult>();
        _runner.Plane.InFlight["old-1"] = 1;
        var job = _runner.Plane.Offer(ExecutorNames.HealthCheck, new HealthCheckWork(Release(), [], NoRestarts, [_agent.Target("old-1")], 0));
        await job.SucceedsAsync<HealthCheckResult>();
        Assert.Contains(job.Lines, line => line.Contains("still has 1 requests", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnUnhealthyReleaseRetiresNothing()
    {
        await Deploy(Release(), "old-1", "hello-1").SucceedsAsync<DeployResult>();
        _agent.Answer = id => id == "hello-1" ? Results.StatusCode(500) : Results.Ok();
        await _runner.Plane.Offer(ExecutorNames.HealthCheck, new HealthCheckWork(Release(startSeconds: 1), [_agent.Target("hello-1")], NoRestarts, [_agent.Target("old-1")], 0)).FailsAsync(ProblemCodes.HealthCheckFailed);
        Assert.Empty(_agent.Stopped);
    }

    [Fact]
    public async Task AnInstanceThatEndedSinceItWasReadyFailsTheCheckThoughItRunsAgain()
    {
        Assert.Equal(0, (await Deploy(Release(), "hello-1").SucceedsAsync<DeployResult>()).Instances.Single().Restarts);
        _agent.Change = status => status with { Restarts = 1, ExitCode = 7 };
        var failure = await _runner.Plane.Offer(ExecutorNames.HealthCheck, new HealthCheckWork(Release(), [_agent.Target("hello-1")], NoRestarts, [], 0)).FailsAsync(ProblemCodes.AppExited);
        Assert.Contains("exit code 7", failure.Message, StringComparison.Ordinal);
        await _runner.Plane.Offer(ExecutorNames.HealthCheck, new HealthCheckWork(Release(), [_agent.Target("hello-1")], new Dictionary<string, int> { ["hello-1"] = 1 }, [], 0)).SucceedsAsync<HealthCheckResult>();
    }

    [Fact]
    public async Task RestoreBringsBackWhatWasStoppedAndRemovesTheNew()
    {
        await Deploy(Release(), "old-1", "hello-1").SucceedsAsync<DeployResult>();
        _agent.Stopped["old-1"] = "replaced";
        var report = await _runner.Plane.Offer(ExecutorNames.Restore, new RestoreWork("hello", "production", [new PreviousRelease(Release(), [_agent.Target("old-1")], [700])], [_agent.Target("hello-1")], 5)).ReportAsync();
        Assert.Equal(JobOutcome.Succeeded, report.Status);
        Assert.Equal(["hello-1"], _agent.Stopped.Keys);
        Assert.Equal([("old-1", 700)], _runner.Plane.Routes.Last().Instances.Select(instance => (instance.InstanceId, instance.Weight)));
    }

    [Fact]
    public async Task AStepSharesTheTrafficAndStopsWhatItReplaced()
    {
        await Deploy(Release(), "old-1", "old-2", "new-1").SucceedsAsync<DeployResult>();
        var beside = new WeightedInstance("old-2", _agent.Url + "/app/old-2", 300);
        var step = new DeployWork(Release(), [_agent.Target("new-2")], [_agent.Target("new-1")], 700, [beside], [_agent.Target("old-1")], 0.5, 0.8, 30);
        var result = await _runner.Plane.Offer(ExecutorNames.Deploy, step).SucceedsAsync<DeployResult>();
        Assert.Equal([("new-1", 700), ("new-2", 700), ("old-2", 300)], _runner.Plane.Routes.Last().Instances.Select(instance => (instance.InstanceId, instance.Weight)));
        Assert.Equal(["old-1"], _agent.Stopped.Keys);
        Assert.Equal(("new-2", "old-1", 0.5, 0.8), (result.Started.Single(), result.Stopped.Single(), result.ShareBefore, result.Share));
    }

    [Fact]
    public async Task AStepThatFailsLeavesWhatServesAlready()
    {
        await Deploy(Release(), "new-1").SucceedsAsync<DeployResult>();
        _agent.Answer = id => id == "new-2" ? Results.StatusCode(503) : Results.Ok();
        await _runner.Plane.Offer(ExecutorNames.Deploy, new DeployWork(Release(startSeconds: 1), [_agent.Target("new-2")], [_agent.Target("new-1")], 1, [], [], 0.5, 1, 30)).FailsAsync(ProblemCodes.HealthCheckFailed);
        Assert.Equal(["new-2"], _agent.Stopped.Keys);
    }

    [Fact]
    public async Task RestoringToNothingTakesTheTrafficAway()
    {
        await Deploy(Release(), "hello-1").SucceedsAsync<DeployResult>();
        await _runner.Plane.Offer(ExecutorNames.Restore, new RestoreWork("hello", "production", [], [_agent.Target("hello-1")], 5)).ReportAsync();
        Assert.Empty(_runner.Plane.Routes.Last().Instances);
        Assert.Equal(["hello-1"], _agent.Stopped.Keys);
    }

    private static readonly Dictionary<string, int> NoRestarts = new() { ["hello-1"] = 0 };

    private static ReleaseSpec Release(int startSeconds = 30) => new(
        "hello", "production", "v1", null, null, Digest, new BuiltArtifact(Digest, 10), ["node", "server.js"], null, 3000,
        new HealthCheckSpec("/healthz", startSeconds, 2, 2, 20), new LimitsSpec(), new Dictionary<string, string>(), []);

    private TestJob Deploy(ReleaseSpec release, params string[] instances) =>
        _runner.Plane.Offer(ExecutorNames.Deploy, new DeployWork(release, [.. instances.Select(_agent.Target)], [], 1000, [], [], 0, 1, 30), new Dictionary<string, string>());
}
