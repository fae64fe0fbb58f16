using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Live;
using Boreas.Engine.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Boreas.Cli.Tests;

public sealed class FollowTests
{
    private static readonly Deployment Running = Examples.Deployment("d1", RunStatus.Running, Examples.Task("t1", RunTaskType.Build, RunTaskStatus.Running), Examples.Task("t2", RunTaskType.Deploy, RunTaskStatus.Blocked, "waits for build"));
    private static readonly Deployment Built = Running with { UpdatedAt = Examples.Start.AddSeconds(1), Tasks = [Examples.Task("t1", RunTaskType.Build, RunTaskStatus.Success)] };
    private static readonly Deployment Done = Examples.Deployment("d1", RunStatus.Success, Examples.Task("t2", RunTaskType.Deploy, RunTaskStatus.Success)) with { UpdatedAt = Examples.Start.AddSeconds(2) };

    [Fact]
    public async Task FollowGoesOnFromTheLastSequenceAfterALostConnection()
    {
        var asked = new ConcurrentQueue<string>();
        await using var server = await FakeServer.StartAsync(app =>
        {
            app.MapGet("/api/v1/deployments/d1", () => FakeServer.Json(Running));
            app.MapGet("/api/v1/live", async (HttpContext http) =>
            {
                asked.Enqueue(http.Request.QueryString.ToString());
                using var socket = await http.WebSockets.AcceptWebSocketAsync();
                if (asked.Count == 1)
                {
                    await FakeServer.SendAsync(socket, new LiveMessage("hello", 40));
                    await FakeServer.SendAsync(socket, new LiveMessage("event", 41, "d1", Event(41), Built));
                    await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "restarting", CancellationToken.None);
                    return;
                }

                await FakeServer.SendAsync(socket, new LiveMessage("hello", 42));
                await FakeServer.SendAsync(socket, new LiveMessage("event", 42, "d1", Event(42), Done));
                await socket.ReceiveAsync(new byte[16], http.RequestAborted);
            });
        });
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("status", "d1", "--follow");
        Assert.Equal(0, outcome.Exit);
        Assert.Equal(["?deployment=d1", "?since=41&deployment=d1"], asked);
        Assert.Contains("is lost; trying again", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("✔ hello deploy", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:5080/runtime/hello/", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AConnectionThatBreaksBeforeItBeganIsTriedAgain()
    {
        var asked = 0;
        await using var server = await FakeServer.StartAsync(app =>
        {
            app.MapGet("/api/v1/deployments/d1", () => FakeServer.Json(asked > 1 ? Done : Running));
            app.MapGet("/api/v1/live", (HttpContext http) =>
            {
                if (++asked == 1) http.Abort();
                return Results.NotFound();
            });
        });
        using var typed = new Typed(server.Url);
        Assert.Equal(0, (await typed.RunAsync("status", "d1", "--follow")).Exit);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task WithoutALiveFeedTheServerIsAsked()
    {
        var answers = new ConcurrentQueue<Deployment>([Running, Running, Done]);
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/deployments/d1", () => FakeServer.Json(answers.TryDequeue(out var next) ? next : Done)));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("status", "d1", "-f");
        Assert.Equal(0, outcome.Exit);
        Assert.Contains("asking every second", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailedDeploymentEndsWithOneAndSaysWhatToDo()
    {
        var failed = Examples.Deployment("d1", RunStatus.Failed, Examples.Task("t1", RunTaskType.Build, RunTaskStatus.Failed, failure: new TaskFailure("build_failed", "make ended with 2.", "Read the log above.")));
        await using var server = await FakeServer.StartAsync(app =>
        {
            app.MapPost("/api/v1/deployments", () => FakeServer.Json(new DeploymentsCreated("d1", [Running]), 201));
            app.MapGet("/api/v1/deployments/d1", () => FakeServer.Json(failed));
        });
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("deploy", "hello", "--follow");
        Assert.Equal(1, outcome.Exit);
        Assert.Contains("make ended with 2. [build_failed]", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("Read the log above.", outcome.Out, StringComparison.Ordinal);
        var create = server.Requests.First(seen => seen.Method == "POST");
        Assert.Equal(["hello"], JsonSerializer.Deserialize<CreateDeployment>(create.Body, BoreasJson.Options)!.ApplicationIds!);
        Assert.NotEmpty(create.Headers["Idempotency-Key"]);
    }

    [Fact]
    public async Task EachLogLineComesOnceBetweenTheStartAndTheEndOfItsTask()
    {
        var states = new ConcurrentQueue<Deployment>([Running with { Tasks = [Running.Tasks[0]] }, Examples.Deployment("d1", RunStatus.Success, Examples.Task("t1", RunTaskType.Build, RunTaskStatus.Success))]);
        var lines = Enumerable.Range(1, 5).Select(n => new TaskLogLine(n, 1, Examples.Start, n == 3 ? LogLevel.Warn : LogLevel.Info, $"line {n}\u001b[31m")).ToList();
        await using var server = await FakeServer.StartAsync(app =>
        {
            app.MapGet("/api/v1/deployments/d1", () => FakeServer.Json(states.Count > 1 && states.TryDequeue(out var next) ? next : states.Single()));
            app.MapGet("/api/v1/deployments/d1/tasks/t1/logs", async (HttpContext http, long after = 0, bool follow = false) =>
            {
                if (!follow) return FakeServer.Json(new TaskLogs("t1", [.. lines.Where(line => line.Sequence > after)]));
                foreach (var line in lines.Where(line => line.Sequence > after).Take(2)) await http.Response.WriteAsync(JsonSerializer.Serialize(line, BoreasJson.Options) + "\n");
                return Results.Empty;
            });
        });
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("status", "d1", "--follow", "--logs");
        Assert.Equal(0, outcome.Exit);
        var said = outcome.Out.Split(Environment.NewLine).Where(line => line.Contains("hello build", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            ["▶ hello build on runner-1", "  hello build │ line 1", "  hello build │ line 2", "  hello build │ warning: line 3", "  hello build │ line 4", "  hello build │ line 5", "✔ hello build  1.5 s"],
            said);
    }

    [Fact]
    public async Task ATerminalGetsATreeThatEndsWithTheAddress()
    {
        await using var server = await FakeServer.StartAsync(app =>
        {
            app.MapGet("/api/v1/deployments/d1", () => FakeServer.Json(Running));
            app.MapGet("/api/v1/live", async (HttpContext http) =>
            {
                using var socket = await http.WebSockets.AcceptWebSocketAsync();
                await FakeServer.SendAsync(socket, new LiveMessage("hello", 1));
                await FakeServer.SendAsync(socket, new LiveMessage("event", 2, "d1", Event(2), Built));
                await FakeServer.SendAsync(socket, new LiveMessage("event", 3, "d1", Event(3), Done));
                await socket.ReceiveAsync(new byte[16], http.RequestAborted);
            });
        });
        using var typed = new Typed(server.Url);
        typed.Set("NO_COLOR", "1");
        var outcome = await typed.RunAsync(["status", "d1"], "", terminal: true);
        Assert.Equal(0, outcome.Exit);
        Assert.Contains("✔ deploy", outcome.Out, StringComparison.Ordinal);
        Assert.EndsWith("http://127.0.0.1:5080/runtime/hello/" + Environment.NewLine, outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WatchingCanStopAndTheDeploymentGoesOn()
    {
        using var interrupt = new CancellationTokenSource();
        await using var server = await FakeServer.StartAsync(app =>
        {
            app.MapGet("/api/v1/deployments/d1", () => FakeServer.Json(Running));
            app.MapGet("/api/v1/live", async (HttpContext http) =>
            {
                using var socket = await http.WebSockets.AcceptWebSocketAsync();
                await interrupt.CancelAsync();
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
            });
        });
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync(["status", "d1", "-f"], "", cancel: interrupt.Token);
        Assert.Equal(130, outcome.Exit);
        Assert.Contains("boreas cancel d1", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, seen => seen.Method != "GET");
    }

    [Fact]
    public async Task FollowInJsonIsTheLastAnswerAndNothingElse()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/deployments/d1", () => FakeServer.Json(Done)));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("status", "d1", "-f", "-o", "json");
        Assert.Equal(JsonSerializer.Serialize(Done, BoreasJson.Options) + Environment.NewLine, outcome.Out);
    }

    private static DeploymentEvent Event(long sequence) => new(sequence, 1, "task_changed", Examples.Start, "runner-1", Examples.Nothing);
}
