using System.Text.Json;
using System.Text.Json.Nodes;
using Boreas.Agent.Tests.Fixtures;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Processes;

namespace Boreas.Agent.Tests.Containers;

public class ContainerInstanceTests
{
    private readonly string _id = "hello-" + Guid.NewGuid().ToString("N")[..8];

    [PodmanFact]
    public async Task AnImageRunsWithItsEnvironmentAndStopsCleanly()
    {
        await using var agent = await StartAsync();
        await agent.Client.DeployAsync(await RequestAsync(agent));
        var status = await agent.Client.WhenReadyAsync(_id);
        Assert.Equal(await BusyboxImage.IdAsync(), status.Digest);
        Assert.Equal([3000], status.Listening);
        Assert.Equal("hello from the container", await AgentClient.AskAsync(status, "/"));
        Assert.Equal("s3cr3t\nof two lines\n", await AgentClient.AskAsync(status, "/cgi-bin/env?API_KEY"));
        Assert.Equal("not for podman\n", await AgentClient.AskAsync(status, "/cgi-bin/env?CONTAINERS_CONF"));
        await agent.Client.WhenAsync(_id, "both streams", s => s.LastLines.Contains("started") && s.LastLines.Contains("trouble"));

        var stopped = await agent.Client.StopAsync(_id);
        Assert.Equal((InstanceState.Stopped, 0), (stopped.State, stopped.ExitCode));
        Assert.Contains("ended well", stopped.LastLines);
        Assert.Equal("", await PodmanAsync("ps", "--all", "--quiet", "--filter=name=boreas-" + _id));
    }

    [PodmanFact]
    public async Task ContainersCarryLabelsForTraefikAndNoSecretInAnyArgument()
    {
        await using var agent = await StartAsync();
        await agent.Client.DeployAsync(await RequestAsync(agent));
        await agent.Client.WhenReadyAsync(_id);
        using var inspected = JsonDocument.Parse(await PodmanAsync("container", "inspect", "boreas-" + _id));
        var container = inspected.RootElement[0];
        var labels = container.GetProperty("Config").GetProperty("Labels");
        Assert.Equal("PathPrefix(`/runtime/hello`)", labels.GetProperty("traefik.http.routers.hello.rule").GetString());
        Assert.Equal("3000", labels.GetProperty("traefik.http.services.hello.loadbalancer.server.port").GetString());
        Assert.Equal("/runtime/hello", labels.GetProperty("traefik.http.middlewares.hello-strip.stripprefix.prefixes").GetString());
        Assert.Equal(_id, labels.GetProperty("boreas.instance").GetString());
        Assert.DoesNotContain("s3cr3t", container.GetProperty("Config").GetProperty("CreateCommand").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(256L << 20, container.GetProperty("HostConfig").GetProperty("Memory").GetInt64());
        Assert.Equal(100, container.GetProperty("HostConfig").GetProperty("PidsLimit").GetInt64());
    }

    [PodmanFact]
    public async Task AContainerThatEndedIsStartedAgainAtTheSameAddress()
    {
        await using var agent = await StartAsync();
        await agent.Client.DeployAsync(await RequestAsync(agent));
        var before = await agent.Client.WhenReadyAsync(_id);
        await AgentClient.TellAsync(before, "/cgi-bin/crash");
        var ended = await agent.Client.WhenAsync(_id, "ended", s => s.State == InstanceState.Restarting);
        Assert.Equal((ProblemCodes.AppExited, 9), (ended.Failure!.Code, ended.ExitCode));
        var after = await agent.Client.WhenAsync(_id, "started again", s => s is { Restarts: 1, State: InstanceState.Running, Failure: null });
        Assert.Equal(before.Address, after.Address);
        Assert.Equal("hello from the container", await AgentClient.AskAsync(after, "/"));
    }

    [PodmanFact]
    public async Task AContainerRemovedByHandIsMadeAgain()
    {
        await using var agent = await StartAsync();
        await agent.Client.DeployAsync(await RequestAsync(agent));
        var before = await agent.Client.WhenReadyAsync(_id);
        await PodmanAsync("rm", "--force", "--time=0", "boreas-" + _id);
        var after = await agent.Client.WhenAsync(_id, "made again", s => s is { Restarts: 1, State: InstanceState.Running, Failure: null });
        Assert.Equal(before.Address, after.Address);
    }

    [PodmanFact]
    public async Task AContainerThatWasMadeAndNotNotedIsTheOneThatStarts()
    {
        await using var agent = await AgentProcess.StartAsync(engine: AgentEngine.Podman);
        await agent.Client.DeployAsync(new StartInstanceRequest(_id, await ReleaseAsync(), new Dictionary<string, string> { ["API_KEY"] = "s3cr3t" }, null));
        var before = await agent.Client.WhenReadyAsync(_id);
        var container = await PodmanAsync("container", "inspect", "--format={{.Id}}", "boreas-" + _id);
        await agent.KillAsync();
        await PodmanAsync("stop", "--time=1", "boreas-" + _id);
        var file = Path.Combine(agent.Data, "instances", _id, "instance.json");
        var record = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        Assert.True(record.AsObject().Remove("pid") && record.AsObject().Remove("startTicks") && record.AsObject().Remove("containerId"));
        record["life"] = new JsonObject { ["state"] = "preparing", ["restarts"] = 0, ["streak"] = 0, ["everReady"] = false, ["ready"] = false };
        await File.WriteAllTextAsync(file, record.ToJsonString());

        await agent.StartAgainAsync();
        Assert.Equal(before.Address, (await agent.Client.WhenReadyAsync(_id)).Address);
        Assert.Equal(container, await PodmanAsync("container", "inspect", "--format={{.Id}}", "boreas-" + _id));
        await agent.Client.StopAsync(_id);
    }

    [PodmanFact]
    public async Task AnImageThatIsNowhereIsTold()
    {
        await using var agent = await StartAsync();
        var request = await RequestAsync(agent);
        await agent.Client.DeployAsync(request with { Release = request.Release with { Image = new ImageTarget("localhost/no-such-image:1"), Digest = null } });
        var status = await agent.Client.WhenAsync(_id, "given up", s => s.State == InstanceState.Exited);
        Assert.Equal(ProblemCodes.ImageMissingOnNode, status.Failure!.Code);
    }

    [PodmanFact]
    public async Task AnUnreachableRegistryIsToldAndTriedAgain()
    {
        await using var agent = await StartAsync();
        var request = await RequestAsync(agent);
        var target = new ImageTarget($"127.0.0.1:{AgentClient.FreeUrl().Port}/apps/app-hello:1", PlainHttp: true);
        await agent.Client.DeployAsync(request with { Release = request.Release with { Image = target, Digest = "sha256:" + new string('0', 64) } });
        var status = await agent.Client.WhenAsync(_id, "told", s => s.Failure is not null);
        Assert.Equal((ProblemCodes.RegistryUnreachable, FailureKind.Errored), (status.Failure!.Code, status.Failure.Kind));
    }

    [PodmanFact]
    public async Task AnAgentWithoutAnEngineSaysSo()
    {
        await using var agent = await TestAgent.StartAsync();
        await agent.Client.DeployAsync(await RequestAsync(agent));
        var status = await agent.Client.WhenAsync(_id, "told", s => s.Failure is not null);
        Assert.Equal(ProblemCodes.EngineUnreachable, status.Failure!.Code);
        Assert.Equal(InstanceState.Stopped, (await agent.Client.StopAsync(_id)).State);
    }

    private static Task<TestAgent> StartAsync() => TestAgent.StartAsync(options => options with { Engine = AgentEngine.Podman });

    private async Task<StartInstanceRequest> RequestAsync(TestAgent agent)
    {
        return agent.Request(_id, await ReleaseAsync()) with { Secrets = new Dictionary<string, string> { ["API_KEY"] = "s3cr3t\nof two lines" } };
    }

    private static async Task<ReleaseSpec> ReleaseAsync() => AgentClient.Release(new BuiltArtifact("", 0)) with
    {
        Artifact = null,
        Command = null,
        Image = new ImageTarget(BusyboxImage.Name),
        Digest = await BusyboxImage.IdAsync(),
        Limits = new LimitsSpec(MemoryMb: 256, Cpus: 0.5, Processes: 100),
        Variables = new Dictionary<string, string> { ["CONTAINERS_CONF"] = "not for podman", ["PATH"] = "/bin" },
        SecretNames = ["API_KEY"],
    };

    private static async Task<string> PodmanAsync(params string[] arguments)
    {
        var result = await ProgramRunner.RunAsync(new ProgramStart("podman", arguments) { TailLength = 1 << 20 });
        Assert.True(result.Succeeded, result.ErrorTail);
        return result.Output.Trim();
    }
}
