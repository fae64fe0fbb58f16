using Boreas.Contracts.Access;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Fleet;
using Boreas.Contracts.Jobs;
using Boreas.Processes;

namespace Boreas.Scenarios.World;

/// <summary>A server process with a folder and an address of its own; after a kill it is started again on the same folder.</summary>
internal sealed class BoreasServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private Api? _api;
    private BoreasServer? _owner;

    private BoreasServer(string name, DirectoryInfo folder, params IEnumerable<string> more)
    {
        _folder = folder;
        Address = BoreasProcess.FreeAddress();
        Process = new BoreasProcess(name, folder.FullName, ["server", "--data", Data, "--listen", Address.OriginalString, "--name", name, "--keep-warm", "0", .. more]);
    }

    public Uri Address { get; }

    public BoreasProcess Process { get; }

    public string Data => Path.Combine(_folder.FullName, "data");

    public string Token => File.ReadAllText(Path.Combine(Data, "admin-token")).Trim();

    public Api Api => _api ??= new Api(Address, Token);

    /// <summary>All of Boreas in one process; apps run as plain processes unless <paramref name="more"/> names an engine.</summary>
    public static async Task<BoreasServer> StartAsync(params string[] more) =>
        await StartAsync("all-in-one", more.Contains("--engine") ? more : ["--engine", "process", .. more]);

    public static async Task<BoreasServer> StartAsync(string name, string[] more)
    {
        var server = new BoreasServer(name, Directory.CreateTempSubdirectory("boreas-scenario-"), more);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Another server on the same folder, at an address of its own.</summary>
    public async Task<BoreasServer> StartBesideAsync(string name, params string[] more)
    {
        var beside = new BoreasServer(name, _folder, more) { _owner = this };
        await beside.StartAgainAsync();
        return beside;
    }

    /// <summary>Starts the process and waits until it takes commands.</summary>
    public async Task StartAgainAsync()
    {
        Process.Start();
        await Eventually.TrueAsync("the server is ready", async () =>
        {
            Assert.True(Process.Runs, Process.LogTail);
            return (await _http.GetAsync(new Uri(Address, "/readyz"))).IsSuccessStatusCode;
        }, otherwise: () => Process.LogTail);
    }

    /// <summary>An app whose source is the embedded Git.</summary>
    public Task<App> CreateAppAsync(string id, int replicas = 1, int startSeconds = 60) =>
        Api.PostAsync<App>("/api/v1/apps", new AppInput(id, Source: new AppSource(Embedded: true), Replicas: replicas, HealthCheck: new HealthCheckSpec(StartSeconds: startSeconds)));

    public async Task<string> CreateTokenAsync(TokenKind kind, string name) =>
        (await Api.PostAsync<TokenCreated>("/api/v1/tokens", new TokenInput(name, kind))).Secret;

    /// <summary>Runs a command as its administrator.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var environment = BaseEnvironment.With(new Dictionary<string, string> { ["BOREAS_SERVER"] = Address.OriginalString, ["BOREAS_TOKEN"] = Token, ["HOME"] = _folder.FullName });
        var result = await ProgramRunner.RunAsync(new ProgramStart(BoreasProcess.Program, arguments) { Environment = environment, Timeout = TimeSpan.FromSeconds(60) });
        return result.Succeeded ? result.Output : throw new InvalidOperationException(result.ErrorTail);
    }

    /// <summary>What the app answers at its address.</summary>
    public async Task<string> AskAsync(string app, string path = "/")
    {
        using var answer = await _http.GetAsync(new Uri(Address, $"/runtime/{app}{path}"));
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : throw new HttpRequestException($"{(int)answer.StatusCode}");
    }

    public async Task<IReadOnlyList<InstanceStatus>> InstancesAsync() =>
        [.. (await Api.GetAsync<Page<NodeInfo>>("/api/v1/nodes")).Items.SelectMany(node => node.Instances)];

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _api?.Dispose();
        _http.Dispose();
        if (_owner is not null) return;
        ProcessesIn.Kill(_folder.FullName);
        if (Environment.GetEnvironmentVariable("BOREAS_KEEP_SCENARIOS") is null) _folder.Delete(recursive: true);
    }
}
