using Boreas.Agent.Containers;
using Boreas.Agent.Tests.Fixtures;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Processes;

namespace Boreas.Agent.Tests.Containers;

/// <summary>Pulls from a real registry that speaks plain HTTP.</summary>
public sealed class RegistryPullTests : IAsyncLifetime
{
    private readonly string _id = "hello-" + Guid.NewGuid().ToString("N")[..8];
    private readonly string _folder = Directory.CreateTempSubdirectory("boreas-registry-").FullName;
    private readonly Uri _url = AgentClient.FreeUrl();
    private ProcessIdentity? _registry;
    private string _digest = "";

    private string Reference => $"{_url.Host}:{_url.Port}/team/apps/app-hello:1";

    public async Task InitializeAsync()
    {
        if (ProgramPath.Find("docker-registry") is null || new PodmanFactAttribute().Skip is not null) return;
        await File.WriteAllTextAsync(_folder + "/config.yml", $"version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {_folder}/data\nhttp:\n  addr: {_url.Host}:{_url.Port}\n");
        _registry = DetachedProgram.Start(new ProgramStart("docker-registry", ["serve", _folder + "/config.yml"]), _folder + "/log", _folder + "/log");
        using var http = new HttpClient();
        await Eventually.TrueAsync("the registry answers", async () =>
        {
            try
            {
                return (await http.GetAsync(new Uri(_url, "/v2/"))).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        await BusyboxImage.IdAsync();
        Directory.CreateDirectory(_folder + "/image");
        await File.WriteAllTextAsync(_folder + "/image/Dockerfile", $"FROM {BusyboxImage.Name}\nLABEL only={_id}\n");
        await PodmanAsync("build", "--quiet", "--tag", Reference, _folder + "/image");
        await PodmanAsync("push", "--quiet", "--tls-verify=false", $"--digestfile={_folder}/digest", Reference);
        await PodmanAsync("rmi", "--force", Reference);
        _digest = await File.ReadAllTextAsync(_folder + "/digest");
    }

    public async Task DisposeAsync()
    {
        if (_registry is { } registry)
        {
            ProcessTable.Kill(registry);
            await Eventually.TrueAsync("the registry has ended", () => !ProcessTable.IsAlive(registry));
            ProcessTable.Reap(registry.Pid);
            await PodmanAsync("rmi", "--force", "--ignore", ImageName.WithDigest(Reference, _digest));
        }

        Directory.Delete(_folder, recursive: true);
    }

    [RegistryFact]
    public async Task AnImageIsPulledAndReportedByItsDigest()
    {
        await using var agent = await StartAsync();
        await agent.Client.DeployAsync(Request(agent, new ImageTarget(Reference, PlainHttp: true, "robot", "REGISTRY_PASSWORD"), _digest));
        var status = await agent.Client.WhenReadyAsync(_id);
        Assert.Equal(_digest, status.Digest);
        Assert.Equal("hello from the container", await AgentClient.AskAsync(status, "/"));
        Assert.Empty(Directory.GetDirectories(Path.Combine(agent.Options.DataDirectory, "instances", _id, "tmp")));
    }

    [RegistryFact]
    public async Task ARegistryWithoutTlsThatWasNotDeclaredIsTold() =>
        Assert.Equal(ProblemCodes.RegistryPlainHttp, (await FailureAsync(new ImageTarget(Reference.Replace(":1", ":other", StringComparison.Ordinal)), null)).Code);

    [RegistryFact]
    public async Task AnImageThatTheRegistryDoesNotHaveIsTold()
    {
        Assert.Equal(ProblemCodes.ImageNotFound, (await FailureAsync(new ImageTarget(Reference + "-nope", PlainHttp: true), null)).Code);
    }

    [RegistryFact]
    public async Task ALoginWithoutItsPasswordIsTold() =>
        Assert.Equal(ProblemCodes.RegistryLoginMissing, (await FailureAsync(new ImageTarget(Reference + "-nope", PlainHttp: true, "robot", "ABSENT"), null)).Code);

    private static Task<TestAgent> StartAsync() => TestAgent.StartAsync(options => options with { Engine = AgentEngine.Podman });

    private async Task<JobFailure> FailureAsync(ImageTarget image, string? digest)
    {
        await using var agent = await StartAsync();
        await agent.Client.DeployAsync(Request(agent, image, digest));
        return (await agent.Client.WhenAsync(_id, "told", status => status.State == InstanceState.Exited)).Failure!;
    }

    private StartInstanceRequest Request(TestAgent agent, ImageTarget image, string? digest)
    {
        var release = AgentClient.Release(new BuiltArtifact("", 0)) with { Artifact = null, Command = null, Image = image, Digest = digest };
        return agent.Request(_id, release) with { Secrets = new Dictionary<string, string> { ["REGISTRY_PASSWORD"] = "unused-here" } };
    }

    private static async Task PodmanAsync(params string[] arguments)
    {
        var result = await ProgramRunner.RunAsync(new ProgramStart("podman", arguments));
        Assert.True(result.Succeeded, result.ErrorTail);
    }
}

/// <summary>As <see cref="PodmanFactAttribute"/>, and with a registry to pull from.</summary>
public sealed class RegistryFactAttribute : FactAttribute
{
    public RegistryFactAttribute() =>
        Skip = new PodmanFactAttribute().Skip ?? (ProgramPath.Find("docker-registry") is null ? "SKIPPED: docker-registry is not installed" : null);
}
