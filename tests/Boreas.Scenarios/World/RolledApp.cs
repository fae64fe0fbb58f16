using System.Text.Json;
using Boreas.Contracts;
using Boreas.Engine.Planning;

namespace Boreas.Scenarios.World;

/// <summary>A server with an app that serves, whose next versions are rolled out with a strategy.</summary>
internal sealed class RolledApp : IAsyncDisposable
{
    public const string App = "hello";
    private AppRepository? _repository;

    private RolledApp(BoreasServer server) => Server = server;

    public BoreasServer Server { get; }

    public AppRepository Repository => _repository ?? throw new InvalidOperationException("nothing serves yet");

    private Uri Address => new(Server.Address, $"/runtime/{App}/");

    public static async Task<RolledApp> StartAsync(params string[] server) => new(await BoreasServer.StartAsync(server));

    /// <param name="startSeconds">How long an instance may take until it is healthy.</param>
    public async Task ServeFirstAsync(int replicas, string sample = "hello", int startSeconds = 60)
    {
        await Server.CreateAppAsync(App, replicas, startSeconds);
        _repository = await AppRepository.CreateAsync(Server, App, sample);
        await Repository.SayAsync("First");
        PushToRunning.AssertSucceeded(await Repository.DeployToEndAsync());
    }

    /// <summary>A canary whose watch has nothing against slowness: what is slow here is the machine with all its tests.</summary>
    /// <returns>The name of a file for <c>--strategy</c>.</returns>
    public async Task<string> CanaryAsync(double ratio, int seconds)
    {
        var file = Path.Combine(Server.Data, "canary.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new[] { new DeployStep(CanaryRatio: ratio, BatchInterval: seconds, Watch: seconds > 0 ? new WatchPolicy(MaxLatencyRatio: 1000) : null), new DeployStep(CanaryRatio: 1) }, BoreasJson.Options));
        return file;
    }

    /// <summary>Another branch than the one that pushes deploy, deployed with options of <c>boreas deploy</c>.</summary>
    /// <returns>The deployment's id.</returns>
    public async Task<string> DeployAsync(string headline, params string[] options)
    {
        await Repository.SayAsync(headline);
        var commit = await Repository.CommitAsync();
        var pushed = await Repository.PushAsync("main:next");
        Assert.True(pushed.Succeeded, pushed.ErrorTail);
        await Server.RunAsync(["deploy", App, "--ref", commit, .. options]);
        return (await Server.Api.DeploymentsAsync(App))[0].Id;
    }

    /// <summary>The share of answers with this headline, 0–1.</summary>
    public async Task<double> ShareAsync(string headline, int requests)
    {
        using var http = new HttpClient();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var count = 0;
            for (var i = 0; i < requests / 8; i++) count += PushToRunning.Headline(await http.GetStringAsync(Address)) == headline ? 1 : 0;
            return count;
        }));
        return (double)answers.Sum() / (requests / 8 * 8);
    }

    public RequestStream Stream() => RequestStream.Start(Address, PushToRunning.Headline);

    /// <summary>Clients of every kind, once a first version of the app <c>streams</c> serves.</summary>
    public RequestStream MixedStream() => RequestStream.StartMixed(Address, PushToRunning.Headline);

    public async ValueTask DisposeAsync()
    {
        _repository?.Dispose();
        await Server.DisposeAsync();
    }
}
