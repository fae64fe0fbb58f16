using System.Text.RegularExpressions;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;
using Boreas.Engine.Runs;
using Boreas.Scenarios.World;

namespace Boreas.Scenarios;

/// <summary>A user's day: push, look, change a line, push again, make mistakes, go back.</summary>
public sealed partial class PushToRunning : IAsyncLifetime
{
    private const string App = "hello";
    private BoreasServer _server = null!;
    private AppRepository _repository = null!;

    private Uri AppAddress => new(_server.Address, $"/runtime/{App}/");

    public async Task InitializeAsync()
    {
        _server = await BoreasServer.StartAsync();
        await _server.CreateAppAsync(App, startSeconds: 4);
        _repository = await AppRepository.CreateAsync(_server, App);
    }

    public async Task DisposeAsync()
    {
        _repository.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task APushIsServedAndTheNextOneReplacesItWithoutOneFailedRequest()
    {
        AssertSucceeded(await _repository.DeployToEndAsync());
        Assert.Equal("Hello from Boreas", Headline(await _server.AskAsync(App)));

        await using var stream = RequestStream.Start(AppAddress, Headline);
        await stream.FlowAsync();
        foreach (var greeting in (string[])["Hello again", "Hello for the third time"])
        {
            await SayAsync(greeting);
            AssertSucceeded(await _repository.DeployToEndAsync());
            await stream.FlowAsync();
            Assert.True(stream.Saw(greeting), $"no request was answered with '{greeting}'");
        }

        stream.AssertUnbroken();
        await OneInstanceIsLeftAsync();
    }

    [Fact]
    public async Task ARequestThatIsUnderWayWhenTheNextVersionComesIsAnsweredByTheOldOne()
    {
        await _repository.ReplaceAsync("server.js", "const path = request.url.split('?')[0];",
            "const path = request.url.split('?')[0];\n  if (path === '/slow') { response.write('slow'); return void setTimeout(() => response.end(' and whole'), 8000); }");

        // It is not asked to end before it has answered, so it need not know what to do when it is.
        await _repository.ReplaceAsync("server.js", "process.on('SIGTERM'", "process.on('SIGUSR2'");
        AssertSucceeded(await _repository.DeployToEndAsync());
        var slow = _server.AskAsync(App, "/slow");
        await SayAsync("Hello again");
        var deploying = _repository.DeployToEndAsync();
        await Eventually.TrueAsync("the new version serves", async () => Headline(await _server.AskAsync(App)) == "Hello again");
        Assert.False(slow.IsCompleted, "the slow request ended before the new version came");
        Assert.Equal("slow and whole", await slow);
        AssertSucceeded(await deploying);
    }

    [Fact]
    public async Task AVersionThatExitsAtItsStartIsExplainedAndTheOldOneServesOn()
    {
        AssertSucceeded(await _repository.DeployToEndAsync());
        await using var stream = RequestStream.Start(AppAddress, Headline);
        await _repository.WriteAsync("server.js", "console.error('DATABASE_URL is missing');\nmodule.exports = { server: { listen(_, then) { then(); }, close() {}, address: () => ({ port: 1 }) } };\nif (require.main === module) process.exit(3);\n");
        await _repository.WriteAsync("server.test.js", "");
        var failed = FailureOf(await _repository.DeployToEndAsync(), RunTaskType.Deploy);
        Assert.Equal(ProblemCodes.AppExited, failed.Code);
        Assert.Contains("code 3", failed.Message, StringComparison.Ordinal);
        Assert.Contains("DATABASE_URL is missing", failed.Message, StringComparison.Ordinal);
        Assert.NotEmpty(failed.Advice!);
        await stream.FlowAsync();
        stream.AssertUnbroken();
        Assert.Equal("Hello from Boreas", Headline(await _server.AskAsync(App)));
        await OneInstanceIsLeftAsync();
    }

    [Fact]
    public async Task AVersionThatListensOnAnotherPortIsToldWhichOne()
    {
        var other = BoreasProcess.FreeAddress().Port;
        await _repository.ReplaceAsync("server.js", "Number(process.env.PORT || 3000)", $"{other}");
        var failed = FailureOf(await _repository.DeployToEndAsync(), RunTaskType.Deploy);
        Assert.Equal(ProblemCodes.AppWrongPort, failed.Code);
        Assert.Contains($"{other}", failed.Message, StringComparison.Ordinal);
        Assert.Contains("$PORT", failed.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailingTestsStopADeploymentBeforeAnythingIsStarted()
    {
        await _repository.ReplaceAsync("server.test.js", "response.status, 404", "response.status, 418");
        var deployment = await _repository.DeployToEndAsync();
        var failed = FailureOf(deployment, RunTaskType.Test);
        Assert.Equal(ProblemCodes.TestsFailed, failed.Code);
        Assert.DoesNotContain(deployment.Tasks, t => t.Type == RunTaskType.Deploy && t.StartedAt is not null);
        var test = deployment.Tasks.Single(t => t.Type == RunTaskType.Test);
        var logs = await _server.Api.GetAsync<TaskLogs>($"/api/v1/deployments/{deployment.Id}/tasks/{test.Id}/logs");
        Assert.Contains(logs.Logs, line => line.Message.Contains("418", StringComparison.Ordinal));
        Assert.Empty(ProcessesIn.InstancesOf(Path.Combine(_server.Data, "agent")));
    }

    [Fact]
    public async Task GoingBackIsANewDeploymentThatBuildsNothing()
    {
        AssertSucceeded(await _repository.DeployToEndAsync());
        await SayAsync("A mistake");
        var mistake = await _repository.DeployToEndAsync();
        AssertSucceeded(mistake);
        await using var stream = RequestStream.Start(AppAddress, Headline);
        await stream.FlowAsync();
        var back = await _server.Api.PostAsync<Deployment>($"/api/v1/deployments/{mistake.Id}/rollback");
        Assert.NotEqual(mistake.Id, back.Id);
        back = await _server.Api.WhenEndedAsync(back.Id);
        AssertSucceeded(back);
        Assert.DoesNotContain(back.Tasks, t => t.Type is RunTaskType.Build or RunTaskType.Test or RunTaskType.Prepare);
        await stream.FlowAsync();
        stream.AssertUnbroken();
        Assert.Equal("Hello from Boreas", Headline(await _server.AskAsync(App)));
        Assert.Equal(RunStatus.Success, (await _server.Api.DeploymentAsync(mistake.Id)).Status);
        await OneInstanceIsLeftAsync();
    }

    [Fact]
    public async Task ACancelledBuildLeavesNothingBehind()
    {
        await _repository.WriteAsync("boreas.yaml", "build: node build.js\nrun: node server.js\n");
        await _repository.WriteAsync("build.js", "require('child_process').spawn('sleep', ['3600'], { detached: true, stdio: 'ignore' });\nconsole.log('building for an hour');\nsetTimeout(() => {}, 3600000);\n");
        var workspaces = Path.Combine(_server.Data, "runner", "workspaces");
        await _repository.CommitAsync();
        var pushing = _repository.PushAsync();
        var deployment = await Eventually.GetAsync("the push makes a deployment", async () => (await _server.Api.DeploymentsAsync(App)).FirstOrDefault());
        await Eventually.TrueAsync("the build runs", () => ProcessesIn.Folder(workspaces).Count >= 2);
        await _server.Api.PostAsync<Deployment>($"/api/v1/deployments/{deployment.Id}/cancel", new ActionRequest("wrong branch"));
        Assert.Equal(RunStatus.Cancelled, (await _server.Api.WhenEndedAsync(deployment.Id)).Status);
        await Eventually.TrueAsync("no process of the build runs any more", () => ProcessesIn.Folder(workspaces).Count == 0);
        await Eventually.TrueAsync("the workspace is gone", () => Directory.GetDirectories(workspaces).Length == 0);
        Assert.True((await pushing).Succeeded);

        await _repository.WriteAsync("boreas.yaml", "run: node server.js\n");
        AssertSucceeded(await _repository.DeployToEndAsync());
    }

    internal static string Headline(string page) => HeadlinePattern().Match(page) is { Success: true } match ? match.Groups[1].Value : page;

    internal static void AssertSucceeded(Deployment deployment) => Assert.True(deployment.Status == RunStatus.Success, World.Api.Describe(deployment));

    private Task SayAsync(string headline) => Regex.Match(File.ReadAllText(Path.Combine(_repository.Folder, "server.js")), "<h1>.*</h1>").Value is { Length: > 0 } now
        ? _repository.ReplaceAsync("server.js", now, $"<h1>{headline}</h1>")
        : throw new InvalidOperationException("the app has no headline");

    private async Task OneInstanceIsLeftAsync() =>
        await Eventually.TrueAsync("one instance of the app runs", () => ProcessesIn.InstancesOf(Path.Combine(_server.Data, "agent")).Count == 1,
            otherwise: () => string.Join(", ", ProcessesIn.InstancesOf(Path.Combine(_server.Data, "agent"))));

    private static TaskFailure FailureOf(Deployment deployment, RunTaskType type)
    {
        Assert.True(deployment.Status is RunStatus.Failed or RunStatus.RolledBack, World.Api.Describe(deployment));
        return Assert.IsType<TaskFailure>(deployment.Tasks.Single(t => t.Type == type).Failure);
    }

    [GeneratedRegex("<h1>(.*)</h1>")]
    private static partial Regex HeadlinePattern();
}
