using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Boreas.Runner.Tests.World;

/// <summary>A control plane and one runner that works for it, in a folder that goes with it.</summary>
internal sealed class TestRunner : IAsyncDisposable
{
    private readonly IHost _host;

    private TestRunner(TestControlPlane plane, IHost host, DirectoryInfo data) => (Plane, _host, Data) = (plane, host, data);

    public TestControlPlane Plane { get; }

    public DirectoryInfo Data { get; }

    /// <summary>Folders of jobs that are there now; none when no job runs.</summary>
    public IEnumerable<string> Workspaces => Directory.Exists(Path.Combine(Data.FullName, "workspaces")) ? Directory.EnumerateDirectories(Path.Combine(Data.FullName, "workspaces")) : [];

    public static async Task<TestRunner> StartAsync(EnginePreference engine = EnginePreference.None, int capacity = 2, Func<RunnerOptions, RunnerOptions>? change = null)
    {
        var plane = await TestControlPlane.StartAsync();
        var data = Directory.CreateTempSubdirectory("boreas-runner");
        var options = new RunnerOptions { ControlPlane = plane.Url, Token = () => TestControlPlane.Token, Name = "runner-1", Labels = ["extra"], Capacity = capacity, DataDirectory = data.FullName, EnginePreference = engine };
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        if (Environment.GetEnvironmentVariable("BOREAS_TEST_LOG") is not null) builder.Logging.AddConsole();
        builder.Services.AddBoreasRunner(change?.Invoke(options) ?? options);
        var host = builder.Build();
        await host.StartAsync();
        return new TestRunner(plane, host, data);
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await Plane.DisposeAsync();
        Data.Delete(recursive: true);
    }
}
