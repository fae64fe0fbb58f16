using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Boreas.Agent.Tests.Fixtures;

/// <summary>A control plane and an agent in this process, with a data directory of their own. Disposal ends what the agent runs.</summary>
internal sealed class TestAgent : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestAgent(TestControlPlane controlPlane, WebApplication app, AgentOptions options)
    {
        (ControlPlane, _app, Options) = (controlPlane, app, options);
        Client = new AgentClient(options.Url, options.DataDirectory);
    }

    public TestControlPlane ControlPlane { get; }

    public AgentOptions Options { get; }

    public AgentClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<TestAgent> StartAsync(Func<AgentOptions, AgentOptions>? change = null)
    {
        var controlPlane = await TestControlPlane.StartAsync();
        var options = new AgentOptions
        {
            ControlPlane = controlPlane.Url,
            Token = () => "agent-token",
            Url = AgentClient.FreeUrl(),
            DataDirectory = Directory.CreateTempSubdirectory("boreas-agent-").FullName,
            Engine = AgentEngine.Process,
            StopAppsOnExit = true,
            SelfCommand = AgentClient.Self,
            Name = "node-1",
        };
        options = change?.Invoke(options) ?? options;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(options.Url.ToString());
        builder.Logging.ClearProviders();
        builder.Services.AddBoreasAgent(options);
        var app = builder.Build();
        app.MapBoreasAgent();
        await app.StartAsync();
        return new TestAgent(controlPlane, app, options);
    }

    /// <summary>A request for the test app, whose artifact is a file that nobody needs.</summary>
    public StartInstanceRequest Request(string id, params string[] appOptions)
    {
        var artifact = ControlPlane.Add(Archive.Of(Archive.File("readme.txt", id)));
        return Request(id, AgentClient.Release(artifact, appOptions));
    }

    public StartInstanceRequest Request(string id, ReleaseSpec release) => new(
        id, release, new Dictionary<string, string> { ["boreas_artifact"] = TestControlPlane.ArtifactRight },
        new Uri(ControlPlane.Url, "/artifacts/" + release.Artifact?.Digest).ToString());

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in await Client.ListAsync()) await Client.StopAsync(instance.InstanceId, grace: 0);
        await _app.StopAsync();
        await _app.DisposeAsync();
        await ControlPlane.DisposeAsync();
        Directory.Delete(Options.DataDirectory, recursive: true);
    }
}
