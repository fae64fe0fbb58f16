using Boreas.Agent.Tests.Fixtures;
using Boreas.Contracts.Agents;

namespace Boreas.Agent.Tests;

public class HeartbeatTests
{
    [Fact]
    public async Task TheControlPlaneHearsOfNodeAndInstances()
    {
        await using var agent = await TestAgent.StartAsync(options => options with { Labels = ["zone-a"], Capacity = 7 });
        await agent.Client.DeployAsync(agent.Request("hello-1"));
        await Eventually.TrueAsync("the instance runs in a heartbeat", () => agent.ControlPlane.Last?.Instances is [{ State: InstanceState.Running, Listening.Count: 1 }]);
        var beat = agent.ControlPlane.Last!;
        Assert.Equal(("node-1", "process", 7), (beat.Node, beat.Engine, beat.Capacity));
        Assert.Equal(["zone-a", "process"], beat.Labels);
        Assert.Equal(agent.Client.Key, Convert.FromBase64String(beat.Key));
        Assert.Equal("Bearer agent-token", agent.ControlPlane.LastToken);
    }

    [Fact]
    public async Task WhatNobodyWantsIsStoppedAndForgotten()
    {
        await using var agent = await TestAgent.StartAsync();
        await agent.Client.DeployAsync(agent.Request("hello-1"));
        await agent.Client.WhenReadyAsync("hello-1");
        agent.ControlPlane.Remove.Enqueue("hello-1");
        await Eventually.TrueAsync("it is gone", async () => (await agent.Client.ListAsync()).Count == 0);
        Assert.False(Directory.Exists(Path.Combine(agent.Options.DataDirectory, "instances/hello-1")));
    }

    [Fact]
    public async Task EverythingKeepsRunningWhileTheControlPlaneIsAway()
    {
        var nobody = AgentClient.FreeUrl();
        await using var agent = await TestAgent.StartAsync(options => options with { ControlPlane = nobody });
        await agent.Client.DeployAsync(agent.Request("hello-1"));
        Assert.Equal("hello from v1", await AgentClient.AskAsync(await agent.Client.WhenReadyAsync("hello-1"), "/"));
    }
}
