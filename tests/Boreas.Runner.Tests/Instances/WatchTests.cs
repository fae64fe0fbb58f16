using Boreas.Contracts.Agents;
using Boreas.Contracts.Gateways;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Engine.Planning;
using Boreas.Runner.Instances;
using Boreas.Runner.Tests.World;

namespace Boreas.Runner.Tests.Instances;

public sealed class WatchTests : IAsyncLifetime
{
    private static readonly ReleaseSpec Released = new(
        "hello", "production", "v2", null, null, new string('a', 64), null, ["node", "server.js"], null, 3000,
        new HealthCheckSpec("/healthz", 30, 2, 2, 20), new LimitsSpec(), new Dictionary<string, string>(), []);

    private TestRunner _runner = null!;
    private TestAgent _agent = null!;

    public async Task InitializeAsync()
    {
        (_runner, _agent) = (await TestRunner.StartAsync(), await TestAgent.StartAsync());
        _agent.Started["new"] = new StartInstanceRequest("new", Released, new Dictionary<string, string>(), null);
    }

    public async Task DisposeAsync()
    {
        await _runner.DisposeAsync();
        await _agent.DisposeAsync();
    }

    [Fact]
    public async Task ACanaryThatDoesWellSucceedsWithItsFigures()
    {
        _runner.Plane.TrafficSeen = look => [Traffic("new", look * 100, 0), Traffic("old", look * 900, look)];
        var result = await Watch(1, new WatchPolicy()).SucceedsAsync<WatchResult>();
        Assert.True(result.Enough);
        Assert.InRange(result.New.Requests, 100, 500);
        Assert.Equal(result.New.Requests * 9, result.Old.Requests);
    }

    [Fact]
    public async Task ACanaryThatFailsMoreEndsTheWatchAtOnce()
    {
        _runner.Plane.TrafficSeen = look => [Traffic("new", look * 100, look * 10), Traffic("old", look * 900, 0)];
        var failure = await Watch(3600, new WatchPolicy()).FailsAsync(ProblemCodes.CanaryWorse);
        Assert.Contains("10 % of its requests", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnInstanceThatEndedEndsTheWatchThoughItRunsAgainAndNoRequestFailed()
    {
        _runner.Plane.TrafficSeen = look => [Traffic("new", look * 100, 0), Traffic("old", look * 900, 0)];
        var watch = Watch(3600, new WatchPolicy());
        await watch.LineAsync("Watching");
        _agent.Change = status => status with { Restarts = 1, ExitCode = 7 };
        Assert.Contains("exit code 7", (await watch.FailsAsync(ProblemCodes.AppExited)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ANodeThatIsAwaySaysNothingOfTheVersion()
    {
        _runner.Plane.TrafficSeen = look => [Traffic("new", look * 100, 0), Traffic("old", look * 900, 0)];
        var watch = Watch(3, new WatchPolicy());
        await watch.LineAsync("Watching");
        await _agent.DisposeAsync();
        Assert.True((await watch.SucceedsAsync<WatchResult>()).Enough);
    }

    [Theory]
    [InlineData(TooFewRequests.Ask, true)]
    [InlineData(TooFewRequests.Pass, false)]
    public async Task TooLittleTrafficIsItsOwnAnswer(TooFewRequests policy, bool asks)
    {
        _runner.Plane.TrafficSeen = look => [Traffic("new", look, 0), Traffic("old", look * 900, 0)];
        var report = await Watch(1, new WatchPolicy(TooFew: policy)).ReportAsync();
        Assert.Equal(JobOutcome.Succeeded, report.Status);
        Assert.Equal(asks, report.Question?.StartsWith("Too little traffic to tell:", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task CanariesThatAreWatchedLeaveTheRunnersCapacityToOthers()
    {
        var watches = Enumerable.Range(0, 3).Select(_ => Watch(3600, new WatchPolicy())).ToList();
        foreach (var watch in watches) await watch.LineAsync("Watching");
        Assert.Equal(JobOutcome.Succeeded, (await _runner.Plane.Offer(ExecutorNames.Nothing).ReportAsync()).Status);
        await _runner.StopAsync();
        foreach (var watch in watches) Assert.Equal(ProblemCodes.RunnerLost, (await watch.ReportAsync()).Failure?.Code);
    }

    [Fact]
    public async Task WaitingForMoreTrafficHasAnEnd()
    {
        _runner.Plane.TrafficSeen = look => [Traffic("new", look, 0)];
        var job = Watch(1, new WatchPolicy(TooFew: TooFewRequests.Wait));
        Assert.NotNull((await job.ReportAsync()).Question);
        Assert.Contains(job.Lines, line => line.Contains("for 1 s more", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(50, 1, 1000, 0, 5, 5, false, true)]
    [InlineData(50, 2, 1000, 20, 5, 5, false, true)]
    [InlineData(100, 5, 1000, 20, 5, 5, true, true)]
    [InlineData(5, 2, 1000, 0, 5, 5, true, true)]
    [InlineData(5, 1, 1000, 0, 5, 5, false, false)]
    [InlineData(100, 0, 1000, 0, 100, 20, true, true)]
    [InlineData(100, 0, 1000, 0, 20, 1, false, true)]
    [InlineData(100, 0, 3, 0, 1000, 20, false, true)]
    [InlineData(100, 0, 0, 0, 1000, null, false, true)]
    public void TheVerdictFollowsFromTheFigures(int requests, int errors, int oldRequests, int oldErrors, int p95, int? oldP95, bool worse, bool enough)
    {
        var verdict = CanaryVerdict.Of(Counted(requests, errors, (p95, requests)), Counted(oldRequests, oldErrors, (oldP95 ?? 1, oldRequests)), new WatchPolicy());

        Assert.Equal((worse, enough), (verdict.IsWorse, verdict.IsEnough));
    }

    [Theory]
    [InlineData(53, 3, 159, 0, false)]
    [InlineData(53, 9, 159, 0, true)]
    [InlineData(1000, 49, 3000, 0, false)]
    [InlineData(1000, 60, 3000, 0, true)]
    [InlineData(1000, 60, 3000, 150, false)]
    [InlineData(1000, 90, 3000, 140, true)]
    public void AFewSlowAnswersAreNoVerdict(int requests, int slow, int oldRequests, int oldSlow, bool worse)
    {
        var verdict = CanaryVerdict.Of(Counted(requests, 0, (20, requests - slow), (70, slow)), Counted(oldRequests, 0, (20, oldRequests - oldSlow), (70, oldSlow)), new WatchPolicy());

        Assert.Equal(worse, verdict.IsWorse);
        Assert.True(verdict.IsEnough);
    }

    [Fact]
    public void WhatMayBeAsFastAsAllowedIsNotSlower()
    {
        var old = Counted(1000, 0, (20, 1000));

        Assert.False(CanaryVerdict.Of(Counted(1000, 0, (50, 1000)), old, new WatchPolicy()).IsWorse);
        Assert.Contains("100 % of its answers began after more than 40 ms, 0 % of the old one's.", CanaryVerdict.Of(Counted(1000, 0, (70, 1000)), old, new WatchPolicy()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void AGatewayThatStartedAnewCountsFromNothing()
    {
        var count = new TrafficCount(["new"]);
        foreach (var requests in new long[] { 1000, 1010, 5, 8 }) count.Add(new TrafficReport([Traffic("new", requests, 0), Traffic("other", 7, 7)]));

        Assert.Equal(new TrafficSeen(18, 0, 3), count.Seen);
    }

    /// <param name="latency">How many answers began within these milliseconds, each a bound of a bucket.</param>
    private static TrafficCount Counted(long requests, long errors, params (int Milliseconds, long Answers)[] latency)
    {
        var buckets = new long[LatencyBuckets.Bounds.Count + 1];
        foreach (var (milliseconds, answers) in latency) buckets[LatencyBuckets.Bounds.ToList().IndexOf(milliseconds)] += answers;
        var count = new TrafficCount(["one"]);
        count.Add(new TrafficReport([]));
        count.Add(new TrafficReport([new InstanceTraffic("one", true, 0, requests, errors, buckets)]));
        return count;
    }

    private static InstanceTraffic Traffic(string id, long requests, long errors) => new(id, true, 0, requests, errors, [0, 0, requests]);

    private TestJob Watch(int seconds, WatchPolicy policy) => _runner.Plane.Offer(ExecutorNames.Watch, new WatchWork(["new"], ["old"], seconds, policy, Released, [_agent.Target("new")], new Dictionary<string, int> { ["new"] = 0 }));
}
