using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Boreas.Cli.Tests;

public sealed class GroupsTests
{
    private static readonly Group Ops = new("ops", [new GroupMember("ada", false), new GroupMember("bob", true)], Examples.Start);

    [Fact]
    public async Task ListShowsWhoIsInEach()
    {
        var (outcome, _) = await RunAsync("groups", "list");

        Assert.Contains("ada, bob (disabled)", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateSendsTheMembers()
    {
        var (outcome, seen) = await RunAsync("groups", "create", "ops", "ada", "bob");

        Assert.Equal(0, outcome.Exit);
        Assert.Equal(["""POST /api/v1/groups {"name":"ops","members":["ada","bob"]}"""], seen);
    }

    [Theory]
    [InlineData("add", "PUT")]
    [InlineData("remove", "DELETE")]
    public async Task MembersComeAndGoOneByOne(string word, string method)
    {
        var (outcome, seen) = await RunAsync("groups", word, "ops", "ada", "b@x");

        Assert.Equal(0, outcome.Exit);
        Assert.Equal([$"{method} /api/v1/groups/ops/members/ada ", $"{method} /api/v1/groups/ops/members/b@x "], seen);
    }

    [Fact]
    public async Task DeleteAsksFirst()
    {
        Assert.Empty((await RunAsync("groups", "delete", "ops")).Seen);
        Assert.Equal(["DELETE /api/v1/groups/ops "], (await RunAsync("groups", "delete", "ops", "--yes")).Seen);
    }

    [Fact]
    public async Task NamesAreCompleted()
    {
        var (outcome, _) = await RunAsync("[suggest:18]", "boreas groups add ");

        Assert.Contains("ops", outcome.Out.Split(Environment.NewLine));
    }

    private static async Task<(Outcome Outcome, IReadOnlyList<string> Seen)> RunAsync(params string[] words)
    {
        await using var server = await FakeServer.StartAsync(app =>
        {
            app.MapGet("/api/v1/groups", () => FakeServer.Json(new Page<Group>([Ops], null)));
            app.MapPost("/api/v1/groups", () => FakeServer.Json(Ops, 201));
            app.MapPut("/api/v1/groups/ops/members/{user}", () => FakeServer.Json(Ops));
            app.MapDelete("/api/v1/groups/ops/{**rest}", () => Results.NoContent());
        });
        using var typed = new Typed(server.Url);
        return (await typed.RunAsync(words), [.. server.Requests.Where(r => r.Method != "GET").Select(r => $"{r.Method} {r.Path} {r.Body}")]);
    }
}
