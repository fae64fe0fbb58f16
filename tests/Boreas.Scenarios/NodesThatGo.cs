using System.Diagnostics;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Fleet;
using Boreas.Engine.Runs;
using Boreas.Scenarios.World;

namespace Boreas.Scenarios;

/// <summary>Two nodes, of which one goes: at its administrator's wish, or by itself.</summary>
public sealed class NodesThatGo : IAsyncLifetime
{
    private const string App = "hello";

    /// <summary>Within which a lost node has to be noticed; what comes on top is the time in which the app starts.</summary>
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Started = TimeSpan.FromSeconds(15);

    private Fleet _fleet = null!;
    private AppRepository _repository = null!;

    public async Task InitializeAsync() => _fleet = await Fleet.StartAsync(runners: 1, agents: 2);

    public async Task DisposeAsync()
    {
        await _fleet.DisposeAsync();
        _repository.Dispose();
    }

    [Fact]
    public async Task ANodeIsDrainedUnderRequestsAndNoneFails()
    {
        await ServeAsync(replicas: 2);
        await using var stream = RequestStream.Start(new Uri(_fleet.Gateway, $"/runtime/{App}/"), PushToRunning.Headline);
        await stream.FlowAsync();

        var told = await _fleet.ControlPlane.RunAsync("nodes", "drain", "node-1", "--reason", "new disk");

        Assert.Contains($"{App} in production, 1 instance: Moved", told, StringComparison.Ordinal);
        Assert.Contains("node-1 is drained", told, StringComparison.Ordinal);
        await stream.FlowAsync();
        stream.AssertUnbroken();
        await ExactlyRunAsync(2, on: "node-2");
        var move = Assert.Single((await _fleet.Api.GetAsync<Page<Deployment>>("/api/v1/deployments?kind=move")).Items);
        Assert.Equal((RunStatus.Success, "Node node-1 is drained (new disk)."), (move.Status, move.Reason));
        Assert.Single(await _fleet.Api.DeploymentsAsync(App));
    }

    [Fact]
    public async Task ANodeThatDiesWithItsAppsIsReplacedByTheOtherAndRemovesThemWhenItIsBack()
    {
        await ServeAsync(replicas: 1);
        var died = (await InstancesAsync()).Keys.Single();
        var clock = Stopwatch.StartNew();
        await _fleet.Part(died).KillAsync();
        ProcessesIn.Kill(_fleet.DataOf(died));

        await Eventually.TrueAsync("the app serves from the other node", () => _fleet.AskAsync(App).ContinueWith(a => a.IsCompletedSuccessfully, TaskScheduler.Default), otherwise: () => _fleet.ControlPlane.Process.LogTail);

        Assert.True(clock.Elapsed < Noticed + Started, $"It took {clock.Elapsed}.");
        var other = died == "node-1" ? "node-2" : "node-1";
        await ExactlyRunAsync(1, on: other);
        _fleet.Part(died).Start();
        await Eventually.TrueAsync("the node is back and runs nothing", async () => (await NodeAsync(died)) is { Status: "ready", Instances.Count: 0 });
        await ExactlyRunAsync(1, on: other);
    }

    [Fact]
    public async Task ANodeThatDiesWhileARollOutStartsInstancesOnItIsLeftOut()
    {
        await ServeAsync(replicas: 2);
        await _repository.ReplaceAsync("server.js", "  server.listen(", "  for (const until = Date.now() + 3000; Date.now() < until;);\n  server.listen(");
        await _repository.SayAsync("Second");
        var id = (await _fleet.DeployAsync(_repository, App)).Id;
        await _fleet.Api.WhenAsync(id, "starts its instances", d => d.Tasks.Any(t => t is { Type: RunTaskType.Deploy, Status: RunTaskStatus.Running }));
        await Eventually.TrueAsync("one of them starts on each node", () => _fleet.RunningInstances().Count == 4);

        await _fleet.Part("node-2").KillAsync();
        ProcessesIn.Kill(_fleet.DataOf("node-2"));

        PushToRunning.AssertSucceeded(await _fleet.Api.WhenEndedAsync(id, seconds: 150));
        await ExactlyRunAsync(2, on: "node-1");
        Assert.Equal("Second", PushToRunning.Headline(await _fleet.AskAsync(App)));
    }

    private async Task ServeAsync(int replicas)
    {
        _repository = await _fleet.CreateAppAsync(App, replicas);
        PushToRunning.AssertSucceeded(await _fleet.Api.WhenEndedAsync((await _fleet.DeployAsync(_repository, App)).Id));
        await Eventually.TrueAsync("the nodes tell of every instance", async () => (await InstancesAsync()).Values.Sum() == replicas);
    }

    /// <summary>So many processes of the app, all on this node, and just these are routed to.</summary>
    private Task ExactlyRunAsync(int instances, string on) => Eventually.TrueAsync($"{instances} instances run, all on {on}", async () =>
    {
        var running = ProcessesIn.InstancesOf(_fleet.DataOf(on));
        var routed = (await _fleet.Api.GetAsync<RoutesInfo>("/api/v1/routes")).Routes.Single().Targets.Select(t => t.InstanceId).Order(StringComparer.Ordinal);
        return running.Count == instances && running.SequenceEqual(routed) && _fleet.RunningInstances().Count == instances;
    }, otherwise: () => string.Join(", ", _fleet.RunningInstances()));

    private async Task<NodeInfo> NodeAsync(string name) => (await _fleet.Api.GetAsync<Page<NodeInfo>>("/api/v1/nodes")).Items.Single(n => n.Name == name);

    private async Task<Dictionary<string, int>> InstancesAsync() =>
        (await _fleet.Api.GetAsync<Page<NodeInfo>>("/api/v1/nodes")).Items.Where(n => n.Instances.Any(i => i.State == InstanceState.Running)).ToDictionary(n => n.Name, n => n.Instances.Count, StringComparer.Ordinal);
}
