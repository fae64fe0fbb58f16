using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Fleet;
using Microsoft.AspNetCore.Builder;

namespace Boreas.Cli.Tests;

public sealed class NodesTests
{
    private static readonly NodeInfo Ready = new("node-1", "http://node-1:5090", "podman", ["gpu"], 50, "ready", "1.0.0", DateTimeOffset.UnixEpoch, []);
    private static readonly NodeInfo Cordoned = Ready with { Name = "node-2", Status = "cordoned", Cordon = new NodeCordon("new disk", "ada", DateTimeOffset.UnixEpoch) };

    [Fact]
    public async Task TheListSaysWhatIsCordonedAndWhy()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/nodes", () => FakeServer.Json(new Page<NodeInfo>([Ready, Cordoned], null))));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("nodes");
        Assert.Equal(["ready", "cordoned"], outcome.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..].Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
        Assert.Contains("node node-2: cordoned by ada, ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("new disk", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("node-1", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CordonSendsTheReason()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapPost("/api/v1/nodes/node-2/cordon", () => FakeServer.Json(Cordoned)));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("nodes", "cordon", "node-2", "--reason", "new disk");
        Assert.Equal(0, outcome.Exit);
        Assert.Contains("node-2 takes no new instances", outcome.Out, StringComparison.Ordinal);
        Assert.Equal("new disk", JsonSerializer.Deserialize<ActionRequest>(Assert.Single(server.Requests).Body, BoreasJson.Options)!.Reason);
    }

    [Fact]
    public async Task DrainTellsWhatHappensUntilNothingHasToLeave()
    {
        var waits = new NodeDeparture("shop", "production", 2, "dep-1", "Waits until deployment dep-1 has ended.");
        var states = new Queue<IReadOnlyList<NodeDeparture>?>([[waits], [waits with { DeploymentId = "dep-2", Why = "Moved by dep-2." }], null]);
        await using var server = await FakeServer.StartAsync(app =>
        {
            app.MapPost("/api/v1/nodes/node-2/drain", () => FakeServer.Json(Cordoned with { Status = "draining", Leaving = [waits] }));
            app.MapGet("/api/v1/nodes", () => FakeServer.Json(new Page<NodeInfo>([Ready, Cordoned with { Leaving = states.Dequeue() }], null)));
        });
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("nodes", "drain", "node-2");
        Assert.Equal(0, outcome.Exit);
        Assert.Equal(
            """
            shop in production, 2 instances: Waits until deployment dep-1 has ended.
            shop in production, 2 instances: Moved by dep-2.
            node-2 is drained: nothing serves there any more.

            """.ReplaceLineEndings(),
            outcome.Out);
    }

    [Fact]
    public async Task UncordonTakesItBack()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapPost("/api/v1/nodes/node-1/uncordon", () => FakeServer.Json(Ready)));
        using var typed = new Typed(server.Url);
        Assert.Equal(0, (await typed.RunAsync("nodes", "uncordon", "node-1")).Exit);
    }
}
