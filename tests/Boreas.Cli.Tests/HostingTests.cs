using System.Net;
using System.Net.Sockets;
using Boreas.Cli.Commands;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Gateways;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Boreas.Cli.Tests;

public sealed class HostingTests
{
    [Theory]
    [InlineData("agent")]
    [InlineData("gateway")]
    [InlineData("forge")]
    public async Task APartWithoutATokenIsRefusedAndSaysHowToMakeOne(string part)
    {
        using var typed = new Typed();
        var outcome = await typed.RunAsync(part, "--data", typed.Home);
        Assert.Equal(4, outcome.Exit);
        Assert.Contains("boreas tokens create", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("gateway")]
    [InlineData("forge")]
    public async Task ATakenPortIsToldBeforeAnythingStarts(string part)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        using var typed = new Typed(new Uri("http://127.0.0.1:1"));
        var outcome = await typed.RunAsync(part, "--data", typed.Home, "--listen", $"http://{other.LocalEndpoint}");
        Assert.Equal(5, outcome.Exit);
        Assert.Contains("is taken", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=x;Password=s3cr3t", "PostgreSQL does not answer")]
    [InlineData("no-database", "is no database")]
    [InlineData("no-folder/boreas.db", "cannot be used")]
    public async Task AServerWithoutItsDatabaseSaysWhatIsWrong(string database, string what)
    {
        using var typed = new Typed();
        await File.WriteAllTextAsync(Path.Combine(typed.Home, "no-database"), new string('x', 5000));
        var target = database.Contains('=', StringComparison.Ordinal) ? database : Path.Combine(typed.Home, database);
        var outcome = await typed.RunAsync("server", "--data", typed.Home, "--database", target, "--listen", "http://127.0.0.1:0", "--control-plane-only");
        Assert.Equal(1, outcome.Exit);
        Assert.Contains(what, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFolderThatCannotBeMadeIsNamed()
    {
        using var typed = new Typed();
        var outcome = await typed.RunAsync("server", "--data", "/proc/boreas");
        Assert.Equal(1, outcome.Exit);
        Assert.Contains("/proc/boreas", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAgentThatListensEverywhereMustSayWhereItIsReached()
    {
        using var typed = new Typed(new Uri("http://127.0.0.1:1"));
        var outcome = await typed.RunAsync("agent", "--data", typed.Home, "--listen", "http://0.0.0.0:5090");
        Assert.Equal(2, outcome.Exit);
        Assert.Contains("--url", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:5080", "http://127.0.0.1:5080/")]
    [InlineData("http://[::]:5080", "http://[::1]:5080/")]
    [InlineData("http://10.0.0.7:5080", "http://10.0.0.7:5080/")]
    [InlineData("http://localhost:5080", "http://localhost:5080/")]
    public void WhoListensEverywhereIsReachedOnTheLoopbackAddress(string listen, string reached) =>
        Assert.Equal(new Uri(reached), PartOptions.OnThisMachine(new Uri(listen)));

    [Fact]
    public async Task AnAgentComesToItsServerAndEndsWhenAskedAndKeepsItsName()
    {
        var came = new TaskCompletionSource<NodeHeartbeat>();
        await using var server = await FakeServer.StartAsync(app => app.MapPost("/nodes/heartbeat", (NodeHeartbeat heartbeat) =>
        {
            came.TrySetResult(heartbeat);
            return FakeServer.Json(new NodeInstructions([], 2));
        }));
        using var typed = new Typed(server.Url, "brs_agent");
        string[] agent = ["agent", "--data", typed.Home, "--listen", "http://127.0.0.1:0", "--url", "http://127.0.0.1:5999", "--engine", "process"];
        foreach (var line in (string[][])[[.. agent, "--name", "node-1"], agent])
        {
            using var end = new CancellationTokenSource();
            came = new TaskCompletionSource<NodeHeartbeat>();
            var running = typed.RunAsync(line, "", cancel: end.Token);
            var first = await came.Task.WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal(("node-1", new Uri("http://127.0.0.1:5999")), (first.Node, new Uri(first.Url)));
            await end.CancelAsync();
            Assert.Equal(0, (await running).Exit);
        }

        Assert.All(server.Requests, seen => Assert.Equal("Bearer brs_agent", seen.Authorization));
    }

    [Fact]
    public async Task AGatewayReadsItsTokenAnewWhenTheFileChanges()
    {
        using var end = new CancellationTokenSource();
        using var typed = new Typed();
        var file = Path.Combine(typed.Home, "token");
        await File.WriteAllTextAsync(file, "brs_old\n");
        var renewed = new TaskCompletionSource();
        await using var server = await FakeServer.StartAsync(app =>
        {
            app.MapGet("/gateway/routes", () => FakeServer.Json(new RouteTable(1, [])));
            app.MapPost("/gateway/status", (HttpContext http) =>
            {
                if (http.Request.Headers.Authorization == "Bearer brs_new") renewed.TrySetResult();
                else File.WriteAllText(file, "brs_new\n");
                return Results.NoContent();
            });
        });
        var running = typed.RunAsync(["gateway", "--data", typed.Home, "--listen", "http://127.0.0.1:0", "--server", server.Url.AbsoluteUri, "--token-file", file], "", cancel: end.Token);
        await renewed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await end.CancelAsync();
        Assert.Equal(0, (await running).Exit);
    }
}
