using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Boreas.Forge.Tests;

/// <summary>A forge behind Kestrel with a control plane, both on free ports, and a folder that is gone afterwards.</summary>
internal sealed class ForgeUnderTest : IAsyncDisposable
{
    private WebApplication? _app;

    private ForgeUnderTest(TestControlPlane controlPlane) => ControlPlane = controlPlane;

    public TestControlPlane ControlPlane { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("boreas-forge-").FullName;

    public Uri Url => new(_app!.Urls.Single());

    public string Repository(string name) => Path.Combine(Folder, "data", "repositories", name + ".git");

    /// <summary>Address of a repository for a Git client with this token.</summary>
    public string Remote(string name, string token = TestControlPlane.Writer) => $"http://anybody:{token}@{Url.Authority}/git/{name}.git";

    public static async Task<ForgeUnderTest> StartAsync()
    {
        var result = new ForgeUnderTest(await TestControlPlane.StartAsync());
        await result.StartForgeAsync();
        return result;
    }

    public async Task StopForgeAsync()
    {
        if (_app is null) return;
        await _app.DisposeAsync();
        _app = null;
    }

    public async Task StartForgeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddBoreasForge(new ForgeOptions
        {
            ControlPlane = ControlPlane.Url,
            Token = () => TestControlPlane.ForgeToken,
            DataDirectory = Path.Combine(Folder, "data"),
        });
        _app = builder.Build();
        _app.MapBoreasForge();
        await _app.StartAsync();
    }

    /// <summary>A working copy with one commit on <c>main</c>.</summary>
    public async Task<GitClient> ClientAsync(string name = "work")
    {
        var client = new GitClient(Path.Combine(Folder, name), Directory.CreateDirectory(Path.Combine(Folder, "home")).FullName);
        Directory.CreateDirectory(client.Folder);
        await client.RunAsync("init", "-q", "-b", "main");
        await client.CommitAsync("README", "hello\n");
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await StopForgeAsync();
        await ControlPlane.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
