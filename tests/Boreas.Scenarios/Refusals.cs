using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;
using Boreas.Scenarios.World;

namespace Boreas.Scenarios;

/// <summary>What somebody would write who wants more than a deployment. One server for all of it: what is refused leaves nothing there, and what is not has an app of its own.</summary>
public sealed class Refusals(Refusals.OneServer one) : IClassFixture<Refusals.OneServer>
{
    private readonly BoreasServer _server = one.Server;

    [Fact]
    public async Task HostileSourcesAreRefusedByTheirFieldAndNothingIsRecorded()
    {
        const string Good = "https://git.example.org/team/app.git";
        var hostile = new List<(string Field, AppSource Source)>();
        foreach (var url in (string[])["ext::sh -c id", "ext::sh%20-c%20id", "file:///etc", "/etc", "../secrets", "--upload-pack=touch /tmp/x", "https://user:secret@git.example.org/a.git", "ssh://-oProxyCommand=id/x", "-oProxyCommand=id@host:x", "git@host:../../x", "https://git.example.org/a.git;id"])
            hostile.Add(("source.repositoryUrl", new AppSource(url)));
        foreach (var name in (string[])["a;id", "a$(id)", "--upload-pack=x", "a..b", "a b", "a\nb", "refs/heads/*", "@{-1}", ":main", "+main", "a`id`", "-"])
            hostile.Add(("source.ref", new AppSource(Good, Ref: name)));
        foreach (var path in (string[])["../Dockerfile", "/etc/passwd", "a/../../b", ".git/config", "$(id)", "-f", "a\0b", "a\\..\\b"])
        {
            hostile.Add(("source.dockerfilePath", new AppSource(Good, DockerfilePath: path)));
            hostile.Add(("source.buildContext", new AppSource(Good, BuildContext: path)));
        }

        var before = await RecordedAsync();
        foreach (var (field, source) in hostile)
        {
            var problem = await _server.Api.RefusalAsync(HttpMethod.Post, "/api/v1/apps", new AppInput("hostile", Source: source));
            Assert.Equal((ProblemCodes.Invalid, 400), (problem.Code, problem.Status));
            Assert.Contains(problem.Errors!, error => error.Field == field && error.Message.Length > 10);
        }

        Assert.Equal(before, await RecordedAsync());
    }

    [Theory]
    [InlineData("payload.repoSshUrl", "ext::sh -c id", "main", ".")]
    [InlineData("payload.repoSshUrl", "file:///etc", "main", ".")]
    [InlineData("payload.gitRef", "https://git.example.org/a.git", "a;id", ".")]
    [InlineData("payload.gitRef", "https://git.example.org/a.git", "--upload-pack=x", ".")]
    [InlineData("payload.buildContext", "https://git.example.org/a.git", "main", "../..")]
    public async Task ADirectJobIsRefusedByTheFieldThatTheClientWrote(string field, string url, string gitRef, string buildContext)
    {
        var before = await RecordedAsync();
        var problem = await _server.Api.RefusalAsync(HttpMethod.Post, "/deploy/jobs",
            new { type = "BUILD_AND_DEPLOY", payload = new { appId = "hostile", repoSshUrl = url, gitRef, buildContext } });
        Assert.Contains(problem.Errors!, error => error.Field == field);
        Assert.Equal(before, await RecordedAsync());
    }

    [Theory]
    [InlineData("a;id")]
    [InlineData("a$(id)")]
    [InlineData("--upload-pack=x")]
    public async Task ADeploymentOfAHostileRefIsRefusedAndNothingIsRecorded(string gitRef)
    {
        var before = await RecordedAsync();
        var problem = await _server.Api.RefusalAsync(HttpMethod.Post, "/api/v1/deployments", new CreateDeployment(ApplicationIds: [OneServer.App], Ref: gitRef));
        Assert.Contains(problem.Errors!, error => error.Field == "ref");
        Assert.Equal(before, await RecordedAsync());
    }

    [Fact]
    public async Task ABranchWhoseNameIsACommandIsOnlyAName()
    {
        await _server.CreateAppAsync("branches");
        using var repository = await AppRepository.CreateAsync(_server, "branches");
        await repository.CommitAsync();
        var witness = Path.Combine(repository.Folder, "witness");
        foreach (var branch in (string[])[$"a;touch${{IFS}}{witness}", "a$(id)", "a`id`"])
        {
            await repository.PushAsync($"main:refs/heads/{branch}");
            Assert.False(File.Exists(witness), $"the branch '{branch}' was run");
        }

        Assert.Empty(await _server.Api.DeploymentsAsync("branches"));
        PushToRunning.AssertSucceeded(await repository.DeployToEndAsync());
    }

    [Fact]
    public async Task ALinkOutOfTheCheckoutIsNeverFollowed()
    {
        var secret = Path.Combine(_server.Data, "secret.txt");
        await File.WriteAllTextAsync(secret, "not yours");
        await _server.CreateAppAsync("site");
        using var repository = await AppRepository.CreateAsync(_server, "site", "static");
        File.CreateSymbolicLink(Path.Combine(repository.Folder, "secret.txt"), secret);
        PushToRunning.AssertSucceeded(await repository.DeployToEndAsync());
        await Assert.ThrowsAsync<HttpRequestException>(() => _server.AskAsync("site", "/secret.txt"));

        await repository.WriteAsync("boreas.yaml", "static: out\n");
        File.CreateSymbolicLink(Path.Combine(repository.Folder, "out"), _server.Data);
        var refused = await repository.DeployToEndAsync();
        Assert.Contains(refused.Tasks, t => t.Failure?.Code is ProblemCodes.PathOutsideRepository or ProblemCodes.BuildPlanInvalid);
        await Assert.ThrowsAsync<HttpRequestException>(() => _server.AskAsync("site", "/secret.txt"));
    }

    /// <summary>Ids of all apps and deployments.</summary>
    private async Task<IReadOnlyList<string>> RecordedAsync() =>
        [.. (await _server.Api.GetAsync<Page<App>>("/api/v1/apps")).Items.Select(a => a.Id), .. (await _server.Api.GetAsync<Page<Deployment>>("/api/v1/deployments")).Items.Select(d => d.Id)];

    public sealed class OneServer : IAsyncLifetime
    {
        internal const string App = "hello";

        internal BoreasServer Server { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Server = await BoreasServer.StartAsync();
            await Server.CreateAppAsync(App);
        }

        public async Task DisposeAsync() => await Server.DisposeAsync();
    }
}
