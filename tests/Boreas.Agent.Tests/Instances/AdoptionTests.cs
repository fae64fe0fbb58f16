using System.Text.Json.Nodes;
using Boreas.Agent.Tests.Fixtures;
using Boreas.Contracts.Agents;
using Boreas.Processes;

namespace Boreas.Agent.Tests.Instances;

public class AdoptionTests
{
    [Fact]
    public async Task AnAppOutlivesAKilledAgentAndIsAdopted()
    {
        await using var agent = await AgentProcess.StartAsync();
        await agent.Client.DeployAsync(agent.Request("hello-1"));
        var before = await agent.Client.WhenReadyAsync("hello-1");
        var pid = await AgentClient.AskAsync(before, "/pid");
        await agent.KillAsync();
        Assert.Equal(pid, await AgentClient.AskAsync(before, "/pid"));

        await agent.StartAgainAsync();
        var after = await agent.Client.StatusAsync("hello-1");
        Assert.Equal((InstanceState.Running, before.Address, 0), (after.State, after.Address, after.Restarts));
        Assert.Equal(pid, await AgentClient.AskAsync(after, "/pid"));
        Assert.Equal(InstanceState.Stopped, (await agent.Client.StopAsync("hello-1")).State);
        Assert.Empty(agent.Apps());
    }

    [Fact]
    public async Task AnAppThatWasStartedAndNotNotedIsFoundByItsMark()
    {
        await using var agent = await AgentProcess.StartAsync();
        await agent.Client.DeployAsync(agent.Request("hello-1"));
        var pid = await AgentClient.AskAsync(await agent.Client.WhenReadyAsync("hello-1"), "/pid");
        await agent.KillAsync();
        var file = Path.Combine(agent.Data, "instances/hello-1/instance.json");
        var record = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        Assert.True(record.AsObject().Remove("pid") && record.AsObject().Remove("startTicks"));
        record["life"] = new JsonObject { ["state"] = "preparing", ["restarts"] = 0, ["streak"] = 0, ["everReady"] = false, ["ready"] = false };
        await File.WriteAllTextAsync(file, record.ToJsonString());

        await agent.StartAgainAsync();
        Assert.Equal(pid, await AgentClient.AskAsync(await agent.Client.WhenReadyAsync("hello-1"), "/pid"));
        Assert.Single(agent.Apps());
    }

    [Theory]
    [InlineData("instances/hello-1/instance.json")]
    [InlineData("instances/hello-1/app")]
    [InlineData("instances/hello-1/logs/stdout.log")]
    public async Task KilledWhileItStartsAnInstanceItRunsExactlyOnce(string moment)
    {
        await using var agent = await AgentProcess.StartAsync();
        var file = Path.Combine(agent.Data, moment);
        var request = agent.Request("hello-1");
        var deploying = agent.Client.DeployAsync(request);
        while (!File.Exists(file) && !Directory.Exists(file)) await Task.Yield();
        await agent.KillAsync();
        try
        {
            await deploying;
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            // The agent died before it answered; the runner would ask again.
        }

        await agent.StartAgainAsync();
        await agent.Client.DeployAsync(request);
        await agent.Client.WhenReadyAsync("hello-1");
        Assert.Single(agent.Apps());
    }

    [Fact]
    public async Task AnAppThatDiedWhileTheAgentWasAwayIsStartedAgain()
    {
        await using var agent = await AgentProcess.StartAsync();
        await agent.Client.DeployAsync(agent.Request("hello-1"));
        var before = await agent.Client.WhenReadyAsync("hello-1");
        await agent.KillAsync();
        ProcessTable.Kill(ProcessTable.Identify(agent.Apps()[0])!.Value);
        await Eventually.TrueAsync("the app is gone", () => agent.Apps().Count == 0);
        await agent.StartAgainAsync();
        var after = await agent.Client.WhenReadyAsync("hello-1");
        Assert.Equal(before.Address, after.Address);
        Assert.Single(agent.Apps());
    }

    [Fact]
    public async Task AppsOfNoRecordAreEnded()
    {
        await using var agent = await AgentProcess.StartAsync();
        await agent.Client.DeployAsync(agent.Request("hello-1"));
        await agent.Client.WhenReadyAsync("hello-1");
        await agent.KillAsync();
        await File.WriteAllTextAsync(Path.Combine(agent.Data, "instances/hello-1/instance.json"), "{ broken");
        await agent.StartAgainAsync();
        Assert.Empty(agent.Apps());
        Assert.Empty(await agent.Client.ListAsync());
        Assert.Single(Directory.GetDirectories(Path.Combine(agent.Data, "unreadable")));
    }

    [Fact]
    public async Task AnAgentOnItsOwnEndsWithoutTouchingApps()
    {
        await using var agent = await AgentProcess.StartAsync();
        await agent.Client.DeployAsync(agent.Request("hello-1"));
        var before = await agent.Client.WhenReadyAsync("hello-1");
        var pid = await AgentClient.AskAsync(before, "/pid");
        await agent.EndAsync();
        Assert.Equal(pid, await AgentClient.AskAsync(before, "/pid"));
        await agent.StartAgainAsync();
        Assert.Equal(pid, await AgentClient.AskAsync(await agent.Client.WhenReadyAsync("hello-1"), "/pid"));
    }

    [Fact]
    public async Task AServerWithEverythingInOneEndsItsAppsAndStartsThemAgain()
    {
        await using var agent = await AgentProcess.StartAsync(stopApps: true);
        await agent.Client.DeployAsync(agent.Request("hello-1"));
        var before = await agent.Client.WhenReadyAsync("hello-1");
        await agent.EndAsync();
        Assert.Empty(agent.Apps());
        await agent.StartAgainAsync();
        var after = await agent.Client.WhenReadyAsync("hello-1");
        Assert.Equal((before.Address, 0), (after.Address, after.Restarts));
        Assert.Contains("ended well", after.LastLines);
    }
}
