using Boreas.Contracts.Access;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Fleet;
using Boreas.Contracts.Jobs;

namespace Boreas.Scenarios.World;

/// <summary>
/// Boreas as several processes on one machine: a control plane, and runners, agents, a gateway and a forge, each with a
/// token of its own kind from a file. Sources come from the forge, or from a Git server that is no part of Boreas.
/// </summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("boreas-fleet-");
    private readonly List<BoreasProcess> _parts = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };

    private Fleet(BoreasServer controlPlane, GitHost git, Uri forge) => (ControlPlane, Git, Forge) = (controlPlane, git, forge);

    public BoreasServer ControlPlane { get; }

    public GitHost Git { get; }

    public Api Api => ControlPlane.Api;

    public IReadOnlyList<BoreasProcess> Parts => _parts;

    /// <summary>Where the gateway answers.</summary>
    public Uri Gateway { get; } = BoreasProcess.FreeAddress();

    /// <summary>Where the forge answers.</summary>
    public Uri Forge { get; }

    public static async Task<Fleet> StartAsync(int runners, int agents, int agentCapacity = 50, params string[] controlPlane)
    {
        var forge = BoreasProcess.FreeAddress();
        var fleet = new Fleet(await BoreasServer.StartAsync("control-plane", ["--control-plane-only", "--git-url", forge.OriginalString, .. controlPlane]), await GitHost.StartAsync(), forge);
        for (var i = 1; i <= runners; i++) await fleet.AddAsync(TokenKind.Runner, $"runner-{i}", "--engine", "none");
        for (var i = 1; i <= agents; i++) await fleet.AddAsync(TokenKind.Agent, $"node-{i}", "--engine", "process", "--capacity", $"{agentCapacity}", "--listen", BoreasProcess.FreeAddress().OriginalString);
        await fleet.AddAsync(TokenKind.Gateway, "gateway", "--listen", fleet.Gateway.OriginalString);
        await fleet.AddAsync(TokenKind.Forge, "forge", "--listen", fleet.Forge.OriginalString);
        await fleet.CompleteAsync(runners, agents);
        return fleet;
    }

    public BoreasProcess Part(string name) => _parts.Single(p => p.Name == name);

    public string DataOf(string part) => Path.Combine(_folder.FullName, part);

    /// <summary>Waits until the control plane has heard of every part.</summary>
    public Task CompleteAsync(int runners, int agents) => Eventually.TrueAsync("every part has come to the control plane", async () =>
        (await Api.GetAsync<Page<RunnerInfo>>("/api/v1/runners")).Items.Count(r => r.Status == "online") >= runners
        && (await Api.GetAsync<Page<NodeInfo>>("/api/v1/nodes")).Items.Count(n => n.Status == "ready") >= agents
        && (await Api.GetAsync<RoutesInfo>("/api/v1/routes")).Gateways.Any(g => g.Alive),
        otherwise: () => string.Join('\n', _parts.Select(p => p.LogTail)));

    /// <summary>An app that is built from a repository on the Git server, and the clone to push it from.</summary>
    public async Task<AppRepository> CreateAppAsync(string id, int replicas = 1)
    {
        var repository = await AppRepository.CreateAsync(await Git.CreateAsync(id));
        await Api.PostAsync<App>("/api/v1/apps", new AppInput(id, Source: new AppSource(Git.UrlOf(id)), Replicas: replicas, HealthCheck: new HealthCheckSpec(StartSeconds: 20)));
        return repository;
    }

    /// <summary>Commits and pushes everything, and asks for a deployment of it.</summary>
    public async Task<Deployment> DeployAsync(AppRepository repository, string app)
    {
        await repository.CommitAsync();
        var pushed = await repository.PushAsync();
        Assert.True(pushed.Succeeded, pushed.ErrorTail);
        return await RequestAsync(app);
    }

    public async Task<Deployment> RequestAsync(string app) =>
        (await Api.PostAsync<DeploymentsCreated>("/api/v1/deployments", new CreateDeployment(ApplicationIds: [app]))).Deployments[0];

    /// <summary>Instances that have a process on one of the nodes, once per process.</summary>
    public IReadOnlyList<string> RunningInstances() =>
        [.. _parts.Where(p => p.Name.StartsWith("node-", StringComparison.Ordinal)).SelectMany(p => ProcessesIn.InstancesOf(DataOf(p.Name)))];

    public async Task<string> AskAsync(string app)
    {
        using var answer = await _http.GetAsync(new Uri(Gateway, $"/runtime/{app}/"));
        var body = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? body : throw new HttpRequestException($"{(int)answer.StatusCode}: {body}");
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_parts.Select(part => part.DisposeAsync().AsTask()));
        ProcessesIn.Kill(_folder.FullName);
        await ControlPlane.DisposeAsync();
        await Git.DisposeAsync();
        _http.Dispose();
        if (Environment.GetEnvironmentVariable("BOREAS_KEEP_SCENARIOS") is null) _folder.Delete(recursive: true);
    }

    private async Task AddAsync(TokenKind kind, string name, params string[] more)
    {
        var tokenFile = Path.Combine(_folder.FullName, name + ".token");
        await File.WriteAllTextAsync(tokenFile, await ControlPlane.CreateTokenAsync(kind, name));
        var part = new BoreasProcess(name, _folder.FullName,
            [kind.ToString().ToLowerInvariant(), "--server", ControlPlane.Address.OriginalString, "--token-file", tokenFile, "--data", DataOf(name), "--name", name, .. more]);
        part.Start();
        _parts.Add(part);
    }
}
