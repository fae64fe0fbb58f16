using System.Net;
using Boreas.Agent.Tests.Fixtures;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Problems;
using Boreas.Processes;

namespace Boreas.Agent.Tests.Instances;

public class ProcessInstanceTests
{
    [Fact]
    public async Task AnArtifactRunsWithItsEnvironmentAndStopsCleanly()
    {
        await using var agent = await TestAgent.StartAsync();
        var request = agent.Request("hello-1", "one", "$PORT", "${GREETING}");
        var release = request.Release with { SecretNames = ["DATABASE_URL"] };
        await agent.Client.DeployAsync(request with { Release = release, Secrets = new Dictionary<string, string>(request.Secrets) { ["DATABASE_URL"] = "line one\nline two" } });
        var status = await agent.Client.WhenReadyAsync("hello-1");

        var port = new Uri(status.Address!).Port;
        Assert.Equal([port], status.Listening);
        Assert.Equal(release.Artifact!.Digest, status.Digest);
        Assert.Equal("hello from v1", await AgentClient.AskAsync(status, "/"));
        Assert.Equal("hi there", await AgentClient.AskAsync(status, "/env/GREETING"));
        Assert.Equal("line one\nline two", await AgentClient.AskAsync(status, "/env/DATABASE_URL"));
        Assert.Equal($"http://127.0.0.1:{port}", await AgentClient.AskAsync(status, "/env/ASPNETCORE_URLS"));
        Assert.Equal("(none)", await AgentClient.AskAsync(status, "/env/boreas_artifact"));
        await agent.Client.WhenAsync("hello-1", "its first line", s => s.LastLines.Contains($"started one {port} hi there"));

        var stopped = await agent.Client.StopAsync("hello-1");
        Assert.Equal((InstanceState.Stopped, 0), (stopped.State, stopped.ExitCode));
        Assert.Contains("ended well", stopped.LastLines);
        Assert.Null(stopped.Address);
        Assert.False(Directory.Exists(Path.Combine(agent.Options.DataDirectory, "instances/hello-1/secrets")));
    }

    [Fact]
    public async Task TheSameReleaseAgainAnswersWithWhatRuns()
    {
        await using var agent = await TestAgent.StartAsync();
        var request = agent.Request("hello-1");
        await agent.Client.DeployAsync(request);
        var first = await AgentClient.AskAsync(await agent.Client.WhenReadyAsync("hello-1"), "/pid");
        await agent.Client.DeployAsync(request);
        Assert.Equal(first, await AgentClient.AskAsync(await agent.Client.WhenReadyAsync("hello-1"), "/pid"));

        var other = request with { Release = request.Release with { Version = "v2" } };
        using var refused = await agent.Client.SendAsync(HttpMethod.Post, "/agent/apps/deploy", agent.Client.Ticket("hello-1"), other);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal(ProblemCodes.StateConflict, (await AgentClient.ReadAsync<Problem>(refused)).Code);
    }

    [Fact]
    public async Task AnAppThatCrashedIsStartedAgainAtTheSameAddress()
    {
        await using var agent = await TestAgent.StartAsync();
        await agent.Client.DeployAsync(agent.Request("hello-1"));
        var before = await agent.Client.WhenReadyAsync("hello-1");
        await AgentClient.TellAsync(before, "/crash/3");

        var restarting = await agent.Client.WhenAsync("hello-1", "ended", s => s.State == InstanceState.Restarting);
        Assert.Equal((ProblemCodes.AppExited, 3), (restarting.Failure!.Code, restarting.ExitCode));
        var after = await agent.Client.WhenAsync("hello-1", "started again", s => s is { Restarts: 1, State: InstanceState.Running, Failure: null });
        Assert.Equal(before.Address, after.Address);
        Assert.Equal("hello from v1", await AgentClient.AskAsync(after, "/"));
    }

    [Fact]
    public async Task AnAppThatNeverBecomesReadyIsReportedWithItsLastLinesAndStillTried()
    {
        await using var agent = await TestAgent.StartAsync();
        await agent.Client.DeployAsync(agent.Request("hello-1", "exit", "7"));
        var status = await agent.Client.WhenAsync("hello-1", "tried again", s => s.Restarts >= 2);
        Assert.Equal((ProblemCodes.AppExited, 7), (status.Failure!.Code, status.ExitCode));
        Assert.Contains("cannot reach the database", status.LastLines);
    }

    [Fact]
    public async Task AnAppThatEatsMoreThanItsLimitIsEndedAndSaysSo()
    {
        await using var agent = await TestAgent.StartAsync();
        var request = agent.Request("hello-1");
        await agent.Client.DeployAsync(request with { Release = request.Release with { Limits = new(MemoryMb: 300) } });
        await AgentClient.TellAsync(await agent.Client.WhenReadyAsync("hello-1"), "/eat/400");
        var status = await agent.Client.WhenAsync("hello-1", "ended", s => s.Failure is not null);
        Assert.Equal(ProblemCodes.AppOutOfMemory, status.Failure!.Code);
        await agent.Client.WhenAsync("hello-1", "started again", s => s is { Restarts: 1, State: InstanceState.Running, Failure: null });
    }

    [Fact]
    public async Task AnAppThatHearsNothingIsKilledAfterTheGraceWithAllItsChildren()
    {
        await using var agent = await TestAgent.StartAsync();
        var request = agent.Request("hello-1");
        var command = new[] { "sh", "-c", "trap '' TERM; setsid sh -c \"trap '' TERM; echo child \\$\\$; while :; do read x < /dev/zero; done\" & while :; do wait; done" };
        await agent.Client.DeployAsync(request with { Release = request.Release with { Command = command } });
        var status = await agent.Client.WhenAsync("hello-1", "child started", s => s.LastLines.Any(line => line.StartsWith("child ", StringComparison.Ordinal)));
        var child = int.Parse(status.LastLines.First(line => line.StartsWith("child ", StringComparison.Ordinal))[6..], System.Globalization.CultureInfo.InvariantCulture);
        var identity = ProcessTable.Identify(child)!.Value;
        Assert.True(ProcessTable.IsAlive(identity));

        var stopped = await agent.Client.StopAsync("hello-1", grace: 1);
        Assert.Equal(InstanceState.Stopped, stopped.State);
        Assert.False(ProcessTable.IsAlive(identity));
    }

    [Fact]
    public async Task AMissingProgramIsToldAndNotTriedAgain()
    {
        await using var agent = await TestAgent.StartAsync();
        var request = agent.Request("hello-1");
        await agent.Client.DeployAsync(request with { Release = request.Release with { Command = ["./server"] } });
        var status = await agent.Client.WhenAsync("hello-1", "given up", s => s.State == InstanceState.Exited);
        Assert.Equal(ProblemCodes.ProgramMissing, status.Failure!.Code);
    }

    [Fact]
    public async Task AnArtifactThatIsNotWhatItsNameSaysIsNotRun()
    {
        await using var agent = await TestAgent.StartAsync();
        var request = agent.Request("hello-1");
        agent.ControlPlane.Spoil(request.Release.Artifact!);
        await agent.Client.DeployAsync(request);
        var status = await agent.Client.WhenAsync("hello-1", "refused", s => s.Failure is not null);
        Assert.Equal(ProblemCodes.DigestMismatch, status.Failure!.Code);
        Assert.Empty(Directory.GetFiles(Path.Combine(agent.Options.DataDirectory, "artifacts")));
    }

    [Fact]
    public async Task AnArtifactIsFetchedOnceForSeveralInstances()
    {
        await using var agent = await TestAgent.StartAsync();
        var request = agent.Request("hello-1");
        await agent.Client.DeployAsync(request);
        await agent.Client.DeployAsync(request with { InstanceId = "hello-2" });
        var one = await agent.Client.WhenReadyAsync("hello-1");
        var two = await agent.Client.WhenReadyAsync("hello-2");
        Assert.NotEqual(one.Address, two.Address);
        Assert.Equal(1, agent.ControlPlane.ArtifactReads);
    }

    [Fact]
    public async Task SecretsAreInNoArgumentAndInNoFileThatOthersRead()
    {
        const string Secret = "s3cr3t-value-41f7";
        await using var agent = await TestAgent.StartAsync();
        var request = agent.Request("hello-1");
        await agent.Client.DeployAsync(request with
        {
            Release = request.Release with { SecretNames = ["API_KEY"] },
            Secrets = new Dictionary<string, string>(request.Secrets) { ["API_KEY"] = Secret },
        });
        var status = await agent.Client.WhenReadyAsync("hello-1");
        Assert.Equal(Secret, await AgentClient.AskAsync(status, "/env/API_KEY"));

        var arguments = Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])).Select(path => ReadOrEmpty(path + "/cmdline"));
        Assert.DoesNotContain(arguments, line => line.Contains(Secret, StringComparison.Ordinal));
        using var listed = await agent.Client.SendAsync(HttpMethod.Get, "/agent/apps", agent.Client.Ticket("*"));
        Assert.DoesNotContain(Secret, await listed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var folder = Path.Combine(agent.Options.DataDirectory, "instances/hello-1");
        Assert.DoesNotContain(Secret, await File.ReadAllTextAsync(folder + "/instance.json"), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder + "/secrets/values.json"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder + "/secrets"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(agent.Options.DataDirectory, "node-key")));
    }

    [Fact]
    public async Task AFullNodeRefusesAndUnknownInstancesAnswerAsStopped()
    {
        await using var agent = await TestAgent.StartAsync(options => options with { Capacity = 1 });
        await agent.Client.DeployAsync(agent.Request("hello-1"));
        var second = agent.Request("hello-2");
        using var refused = await agent.Client.SendAsync(HttpMethod.Post, "/agent/apps/deploy", agent.Client.Ticket("hello-2"), second);
        Assert.Equal(ProblemCodes.QuotaExceeded, (await AgentClient.ReadAsync<Problem>(refused)).Code);
        Assert.Equal(InstanceState.Stopped, (await agent.Client.StopAsync("hello-9")).State);
        await agent.Client.StopAsync("hello-1", grace: 0);
        Assert.Equal(InstanceState.Preparing, (await agent.Client.DeployAsync(second)).State);
    }

    [Fact]
    public async Task AStaticFolderIsServed()
    {
        await using var agent = await TestAgent.StartAsync();
        var artifact = agent.ControlPlane.Add(Archive.Of(Archive.File("dist/index.html", "<h1>site</h1>"), Archive.File("dist/.env", "A=1")));
        var release = AgentClient.Release(artifact) with { Command = null, StaticFolder = "dist" };
        await agent.Client.DeployAsync(agent.Request("site-1", release));
        var status = await agent.Client.WhenReadyAsync("site-1");
        Assert.Equal("<h1>site</h1>", await AgentClient.AskAsync(status, "/"));
        await Assert.ThrowsAsync<HttpRequestException>(() => AgentClient.AskAsync(status, "/.env"));
        Assert.Equal(0, (await agent.Client.StopAsync("site-1")).ExitCode);
    }

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
