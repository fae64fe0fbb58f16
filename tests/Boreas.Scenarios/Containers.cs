using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Engine.Runs;
using Boreas.Processes;
using Boreas.Scenarios.World;

namespace Boreas.Scenarios;

/// <summary>Images built by a real engine, kept in a real registry that asks for a login, run by their digest.</summary>
public sealed class Containers : IAsyncLifetime
{
    private readonly string _app = "app-" + Guid.NewGuid().ToString("n")[..6];
    private BoreasServer _server = null!;
    private TestRegistry _registry = null!;

    public async Task InitializeAsync()
    {
        if (new ContainerFactAttribute().Skip is not null) return;
        _registry = await TestRegistry.StartAsync();
        _server = await BoreasServer.StartAsync("--engine", "podman");
    }

    public async Task DisposeAsync()
    {
        if (_server is null) return;
        await _server.DisposeAsync();
        var images = (await PodmanAsync("images", "--quiet", "--no-trunc", "--filter", $"reference=*{_app}*")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await PodmanAsync(["rmi", "--force", "--ignore", .. images]);
        await _registry.DisposeAsync();
    }

    [ContainerFact]
    public async Task ADockerfileIsBuiltPushedAndRunByItsDigest()
    {
        await DeclareAsync();
        await _server.Api.PostAsync<App>("/api/v1/apps", new AppInput(_app, Source: new AppSource(Embedded: true), Registry: "private", ImageRepository: $"{_registry.Host}/team/apps/app-{_app}"));
        using var repository = await AppRepository.CreateAsync(_server, _app, "static");
        await ContainerApp.WriteAsync(repository.Folder);
        var deployment = await repository.DeployToEndAsync();
        PushToRunning.AssertSucceeded(deployment);
        Assert.Equal("Hello from a container", PushToRunning.Headline(await _server.AskAsync(_app)));

        var built = Result<BuildResult>(deployment, RunTaskType.Build).Image!;
        Assert.True(built.Pushed);
        Assert.Equal($"{_registry.Host}/team/apps/app-{_app}@{built.Digest}", built.Reference);
        Assert.Equal(built.Digest, Assert.Single(await _server.InstancesAsync()).Digest);
        Assert.All(Result<DeployResult>(deployment, RunTaskType.Deploy).Instances, instance => Assert.Equal(built.Digest, instance.Digest));

        await using var stream = RequestStream.Start(new Uri(_server.Address, $"/runtime/{_app}/"), PushToRunning.Headline);
        await ContainerApp.WriteAsync(repository.Folder, "<h1>Hello from the next one</h1>");
        PushToRunning.AssertSucceeded(await repository.DeployToEndAsync());
        await stream.FlowAsync();
        stream.AssertUnbroken();
        Assert.True(stream.Saw("Hello from the next one"));
    }

    [ContainerFact]
    public async Task TheNewestImagesStayInTheRegistryAndStableFollowsWhatServes()
    {
        var name = $"team/apps/app-{_app}";
        await DeclareAsync();
        await _server.Api.PostAsync<App>("/api/v1/apps", new AppInput(_app, Source: new AppSource(Embedded: true), Registry: "private", ImageRepository: $"{_registry.Host}/{name}"));
        using var repository = await AppRepository.CreateAsync(_server, _app, "static");
        await _registry.PushAsync(name, "by-hand", ContainerApp.Dockerfile);
        var built = new List<BuiltImage>();
        var last = "";
        for (var version = 1; version <= 4; version++)
        {
            await ContainerApp.WriteAsync(repository.Folder, $"<h1>{version}</h1>");
            var deployment = await repository.DeployToEndAsync();
            PushToRunning.AssertSucceeded(deployment);
            (last, var image) = (deployment.Id, Result<BuildResult>(deployment, RunTaskType.Build).Image!);
            built.Add(image);
        }

        string[] kept = ["by-hand", "stable", .. built.Skip(1).Select(image => image.Tag!)];
        await Eventually.TrueAsync("the newest three are left", async () => (await _registry.TagsAsync(name)).Order().SequenceEqual(kept.Order()));
        await StableIsAsync(built[3]);

        var back = await _server.Api.PostAsync<Deployment>($"/api/v1/deployments/{last}/rollback");
        PushToRunning.AssertSucceeded(await _server.Api.WhenEndedAsync(back.Id));
        await StableIsAsync(built[2]);

        var dryRun = await _server.RunAsync("images", "tidy", "--app", _app, "--keep", "1", "--dry-run");
        Assert.Matches($"{built[1].Tag} +[0-9a-f]{{12}} +deleted", dryRun);
        Assert.Matches($"{built[2].Tag} +[0-9a-f]{{12}} +kept +it serves in production", dryRun);
        Assert.Matches("by-hand +[0-9a-f]{12} +left alone", dryRun);
        Assert.Equal(kept.Order(), (await _registry.TagsAsync(name)).Order());
        await _server.RunAsync("images", "tidy", "--registry", "private", "--keep", "1");
        Assert.Equal(kept.Except([built[1].Tag!]).Order(), (await _registry.TagsAsync(name)).Order());

        Task StableIsAsync(BuiltImage image) => Eventually.TrueAsync("stable names what serves", async () => await _registry.DigestAsync(name, "stable") == image.Digest);
    }

    [ContainerFact]
    public async Task AnImageThatExistsIsRunAsTheDigestThatItsTagHas()
    {
        var digest = await _registry.PushAsync($"team/{_app}", "v1", ContainerApp.Dockerfile);
        await DeclareAsync();
        await CreateImageAppAsync("v1");
        var deployment = await _server.Api.WhenEndedAsync(await DeployImageAsync($"{_registry.Host}/team/{_app}:v1"), seconds: 90);
        PushToRunning.AssertSucceeded(deployment);
        Assert.Equal(digest, Assert.Single(await _server.InstancesAsync()).Digest);
        Assert.Equal("Hello from a container", PushToRunning.Headline(await _server.AskAsync(_app)));
    }

    [ContainerFact]
    public async Task AWrongPasswordIsToldAsSuch()
    {
        await _registry.PushAsync($"team/{_app}", "v1", ContainerApp.Dockerfile);
        await DeclareAsync(password: "wrong");
        await CreateImageAppAsync("v1");
        await FailsAsync("v1", ProblemCodes.RegistryLoginMissing, ProblemCodes.RegistryAccessDenied);
    }

    [ContainerFact]
    public async Task AMissingLoginIsToldAsSuch()
    {
        await _registry.PushAsync($"team/{_app}", "v1", ContainerApp.Dockerfile);
        await DeclareAsync(user: null);
        await CreateImageAppAsync("v1");
        await FailsAsync("v1", ProblemCodes.RegistryLoginMissing);
    }

    [ContainerFact]
    public async Task ARegistryWithoutTlsThatNobodyDeclaredIsTold()
    {
        await DeclareAsync(plainHttp: false);
        await CreateImageAppAsync("v1");
        await FailsAsync("v1", ProblemCodes.RegistryPlainHttp);
    }

    [ContainerFact]
    public async Task AnImageThatIsNotThereIsTold()
    {
        await DeclareAsync();
        await CreateImageAppAsync("nowhere");
        await FailsAsync("nowhere", ProblemCodes.ImageNotFound);
    }

    [ContainerFact]
    public async Task ARegistryThatBreaksDownWhileItIsPushedToAndPulledFromCostsTimeAndNoRequest()
    {
        await using var faulty = await FaultyRegistry.StartAsync(_registry);
        await _server.Api.PostAsync<Registry>("/api/v1/registries", new RegistryInput("private", faulty.Host, PlainHttp: true, UserName: TestRegistry.User, Password: TestRegistry.Password));
        await _server.Api.PostAsync<App>("/api/v1/apps", new AppInput(_app, Source: new AppSource(Embedded: true), Registry: "private", ImageRepository: $"{faulty.Host}/team/apps/app-{_app}"));
        using var repository = await AppRepository.CreateAsync(_server, _app, "static");
        await ContainerApp.WriteAsync(repository.Folder);
        PushToRunning.AssertSucceeded(await repository.DeployToEndAsync());
        await using var stream = RequestStream.Start(new Uri(_server.Address, $"/runtime/{_app}/"), PushToRunning.Headline);

        faulty.Break(request => request.Method == "PUT" && request.Path.Value!.Contains("/manifests/", StringComparison.Ordinal));
        await ContainerApp.WriteAsync(repository.Folder, "<h1>Pushed at last</h1>");
        var pushing = repository.DeployToEndAsync();
        var second = await Eventually.GetAsync("the push makes a deployment", async () => (await _server.Api.DeploymentsAsync(_app)) is [var newest, _] ? newest : null);
        await WillTryAgainAsync(second.Id, RunTaskType.Build);
        faulty.Mend();
        PushToRunning.AssertSucceeded(await pushing);
        Assert.True(faulty.Broken > 0);

        // Nobody on this machine has the next image: it has to be pulled.
        var digest = await _registry.PushAsync($"team/{_app}", "v2", ContainerApp.Dockerfile + "ENV NEW=1\n");
        faulty.Break(request => request.Method == "GET" && request.Path.Value!.Contains("/blobs/", StringComparison.Ordinal));
        var pulling = await DeployImageAsync($"{faulty.Host}/team/{_app}:v2");
        await WillTryAgainAsync(pulling, RunTaskType.Deploy);
        faulty.Mend();
        PushToRunning.AssertSucceeded(await _server.Api.WhenEndedAsync(pulling, seconds: 120));
        await Eventually.TrueAsync("only the pulled image runs", async () => (await _server.InstancesAsync()) is [var one] && one.Digest == digest);
        stream.AssertUnbroken();
    }

    private static T Result<T>(Deployment deployment, RunTaskType type) =>
        Boreas.Contracts.BoreasJson.Read<T>(deployment.Tasks.Single(t => t.Type == type).Result!.Value);

    private Task WillTryAgainAsync(string id, RunTaskType type) =>
        _server.Api.WhenAsync(id, $"will try its {type} again", d => d.Tasks.Any(t => t.Type == type && (t.Attempt > 1 || t is { Attempt: 1, Status: RunTaskStatus.Pending })), seconds: 120);

    private Task<Registry> DeclareAsync(bool plainHttp = true, string? user = TestRegistry.User, string password = TestRegistry.Password) =>
        _server.Api.PostAsync<Registry>("/api/v1/registries", new RegistryInput("private", _registry.Host, PlainHttp: plainHttp, UserName: user, Password: user is null ? null : password));

    private Task<App> CreateImageAppAsync(string tag) =>
        _server.Api.PostAsync<App>("/api/v1/apps", new AppInput(_app, Source: new AppSource(Image: $"{_registry.Host}/team/{_app}:{tag}"), Registry: "private"));

    private async Task<string> DeployImageAsync(string image) =>
        (await _server.Api.PostAsync<DeploymentsCreated>("/deploy/jobs", new { type = "DEPLOY_IMAGE", payload = new { appId = _app, image, containerPort = 3000 } })).Id;

    private async Task FailsAsync(string tag, params string[] codes)
    {
        var deployment = await _server.Api.WhenEndedAsync(await DeployImageAsync($"{_registry.Host}/team/{_app}:{tag}"), seconds: 90);
        Assert.Equal(RunStatus.Failed, deployment.Status);
        var failure = deployment.Tasks.Select(t => t.Failure).OfType<TaskFailure>().First();
        Assert.Contains(failure.Code, codes);
        Assert.NotEmpty(failure.Advice!);
        Assert.DoesNotContain(TestRegistry.Password, World.Api.Describe(deployment), StringComparison.Ordinal);
        Assert.Empty(await _server.InstancesAsync());
    }

    private static Task<ProgramResult> PodmanAsync(params string[] arguments) => ProgramRunner.RunAsync(new ProgramStart("podman", arguments));
}
