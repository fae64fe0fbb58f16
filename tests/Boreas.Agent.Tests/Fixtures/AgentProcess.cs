using Boreas.Processes;

namespace Boreas.Agent.Tests.Fixtures;

/// <summary>An agent in a process of its own, over a data directory that outlives it.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    private readonly bool _stopApps;
    private readonly AgentEngine _engine;
    private ProcessIdentity _process;

    private AgentProcess(TestControlPlane controlPlane, bool stopApps, AgentEngine engine)
    {
        (ControlPlane, _stopApps, _engine) = (controlPlane, stopApps, engine);
        Data = Directory.CreateTempSubdirectory("boreas-agent-").FullName;
        Client = new AgentClient(AgentClient.FreeUrl(), Data);
    }

    public TestControlPlane ControlPlane { get; }

    public string Data { get; }

    public AgentClient Client { get; }

    /// <summary>A word that only this test's app has among its arguments.</summary>
    public string Tag { get; } = "tag-" + Guid.NewGuid().ToString("N");

    public static async Task<AgentProcess> StartAsync(bool stopApps = false, AgentEngine engine = AgentEngine.Process)
    {
        var agent = new AgentProcess(await TestControlPlane.StartAsync(), stopApps, engine);
        await agent.StartAgainAsync();
        return agent;
    }

    public async Task StartAgainAsync()
    {
        var start = new ProgramStart("dotnet", [AgentClient.HostDll, "agent", ControlPlane.Url.ToString(), Client.Url.ToString(), Data, _engine.ToString(), _stopApps.ToString()]);
        _process = DetachedProgram.Start(start, Path.Combine(Data, "agent.log"), Path.Combine(Data, "agent.log"));
        await Eventually.TrueAsync("the agent answers", async () =>
        {
            try
            {
                _ = await Client.ListAsync();
                return true;
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                return false;
            }
        });
    }

    public Boreas.Contracts.Agents.StartInstanceRequest Request(string id)
    {
        var artifact = ControlPlane.Add(Archive.Of(Archive.File("readme.txt", Tag)));
        return new(id, AgentClient.Release(artifact, Tag), new Dictionary<string, string> { ["boreas_artifact"] = TestControlPlane.ArtifactRight }, new Uri(ControlPlane.Url, "/artifacts/" + artifact.Digest).ToString());
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => EndAsync(ProcessTable.Kill);

    /// <summary>SIGTERM.</summary>
    public Task EndAsync() => EndAsync(ProcessTable.Terminate);

    /// <summary>The processes of this test's app that run now.</summary>
    public IReadOnlyList<int> Apps() =>
        [.. Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0]) && Arguments(path).Contains(Tag))
            .Select(path => int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture))];

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        foreach (var pid in Apps())
            if (ProcessTable.Identify(pid) is { } app) ProcessTable.Kill(app);
        await ControlPlane.DisposeAsync();
        Directory.Delete(Data, recursive: true);
    }

    private async Task EndAsync(Func<ProcessIdentity, bool> signal)
    {
        signal(_process);
        await Eventually.TrueAsync("the agent has ended", () => !ProcessTable.IsAlive(_process));
        ProcessTable.Reap(_process.Pid);
    }

    private static string[] Arguments(string path)
    {
        try
        {
            return File.ReadAllText(path + "/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
