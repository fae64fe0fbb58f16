using System.Text.Json;
using Boreas.Agent.Logs;
using Boreas.Agent.Tests.Fixtures;
using Boreas.Contracts;
using Boreas.Contracts.Agents;

namespace Boreas.Agent.Tests.Logs;

public sealed class LogTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("boreas-logs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task FollowersGetTheLastLinesAndEveryNewOneUntilTheEnd()
    {
        await using var agent = await TestAgent.StartAsync();
        await agent.Client.DeployAsync(agent.Request("hello-1", "one"));
        var status = await agent.Client.WhenReadyAsync("hello-1");
        await agent.Client.WhenAsync("hello-1", "first line", s => s.LastLines.Contains("started one"));
        using var answer = await agent.Client.SendAsync(HttpMethod.Get, "/agent/apps/hello-1/logs?tail=1&follow=true", agent.Client.Ticket("hello-1"));
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal(("stdout", "started one"), await NextAsync(reader));
        await AgentClient.AskAsync(status, "/say/words");
        Assert.Equal(("stdout", "words"), await NextAsync(reader));
        await agent.Client.StopAsync("hello-1");
        Assert.Equal(("stdout", "ended well"), await NextAsync(reader));
        Assert.Null(await reader.ReadLineAsync());
    }

    [Fact]
    public async Task SecretsOfTheAppAreMaskedAlsoWhenItHasEnded()
    {
        await using var agent = await TestAgent.StartAsync();
        var start = agent.Request("hello-1", "one");
        start = start with { Release = start.Release with { SecretNames = ["API_KEY"] }, Secrets = new Dictionary<string, string>(start.Secrets) { ["API_KEY"] = "hunter22" } };
        await agent.Client.DeployAsync(start);
        await AgentClient.AskAsync(await agent.Client.WhenReadyAsync("hello-1"), "/say/hunter22");
        await agent.Client.WhenAsync("hello-1", "the line", s => s.LastLines.Contains("***"));
        await agent.Client.StopAsync("hello-1");
        using var answer = await agent.Client.SendAsync(HttpMethod.Get, "/agent/apps/hello-1/logs", agent.Client.Ticket("hello-1"));
        var log = await answer.Content.ReadAsStringAsync();
        Assert.Contains("***", log, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", log, StringComparison.Ordinal);
    }

    [Fact]
    public void ALineIsAsOldAsWhenItWasFirstSeen()
    {
        var marks = new LogMarks();
        marks.Note(10, Now);
        marks.Note(10, Now.AddSeconds(1));
        marks.Note(25, Now.AddSeconds(2));
        Assert.Equal([Now, Now, Now.AddSeconds(2), Now.AddSeconds(2), null], new long[] { 1, 10, 11, 25, 26 }.Select(marks.SeenAt));
        marks.Note(5, Now.AddSeconds(3));
        Assert.Equal(Now.AddSeconds(3), marks.SeenAt(5));
    }

    [Fact]
    public void AFileThatWasTurnedOverIsReadOn()
    {
        var path = Path.Combine(_folder, "out.log");
        var file = new LogFile(path, (text, _) => new InstanceLogLine(Now, "stdout", text));
        File.WriteAllText(path, "one\ntwo\nthr");
        Assert.Equal(["two"], file.Tail(1).Select(line => line.Message));
        File.AppendAllText(path, "ee\nfour\n");
        Assert.Equal(["three", "four"], file.Read().Select(line => line.Message));
        LogTurnover.IfLarger(path, 5);
        File.AppendAllText(path, "five\n");
        Assert.Equal(["five"], file.Read().Select(line => line.Message));
        Assert.Equal(["three", "four", "five"], new LogFile(path, (text, _) => new InstanceLogLine(Now, "stdout", text)).Tail(3).Select(line => line.Message));
    }

    [Fact]
    public void LinesOfContainersKeepTheirTimeAndStream()
    {
        var line = ContainerLogLine.FromFile("2026-11-20T21:49:01.041464163+00:00 stderr F it  broke")!;
        Assert.Equal(("stderr", "it  broke", 49), (line.Stream, line.Message, line.Timestamp.Minute));
        Assert.Null(ContainerLogLine.FromFile("half a li"));
        Assert.Equal(line, ContainerLogLine.FromFile(ContainerLogLine.ToFile(line)));
    }

    private static async Task<(string Stream, string Message)> NextAsync(StreamReader reader)
    {
        var line = JsonSerializer.Deserialize<InstanceLogLine>((await reader.ReadLineAsync())!, BoreasJson.Options)!;
        return (line.Stream, line.Message);
    }
}
