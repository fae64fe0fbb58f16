using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Boreas.Cli.Tests;

public sealed class AppsTests
{
    [Fact]
    public async Task JsonIsTheAnswerExactlyAsItCame()
    {
        const string Answer = """{ "items" : [ ],  "extra":1.10 }""";
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/apps", () => Results.Text(Answer, "application/json")));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("apps", "list", "--output", "json");
        Assert.Equal(new Outcome(0, Answer + Environment.NewLine, ""), outcome);
    }

    [Fact]
    public async Task TheTableOfAPipeIsPlainAndWhole()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/apps", () => FakeServer.Json(new Page<App>([Examples.App("hello")], "next"))));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("apps", "list", "--limit", "1");
        Assert.Equal(
            """
            APP    ENVIRONMENT  STATUS   VERSION  INSTANCES  URL
            hello  production   healthy  v1       1          http://127.0.0.1:5080/runtime/hello/

            """.ReplaceLineEndings(),
            outcome.Out);
        Assert.Contains("--cursor next", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("?limit=1", Assert.Single(server.Requests).Query);
        Assert.Equal("Bearer secret-token", Assert.Single(server.Requests).Authorization);
    }

    [Fact]
    public async Task NamesFromTheServerCannotMoveTheCursor()
    {
        var evil = Examples.App("hello") with { Name = "\u001b[2J\u001b]0;title\u0007evil" };
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/apps/hello", () => FakeServer.Json(evil)));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("apps", "show", "hello");
        Assert.DoesNotContain('\u001b', outcome.Out);
        Assert.DoesNotContain('\u0007', outcome.Out);
        Assert.Contains("evil", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateSendsWhatWasTyped()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapPost("/api/v1/apps", () => FakeServer.Json(Examples.App("hello") with { Source = new("https://example.org/hello.git") }, 201)));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("apps", "create", "hello", "--repo", "https://example.org/hello.git", "--ref", "v1", "--replicas", "2", "--health", "/healthz");
        Assert.Equal(0, outcome.Exit);
        var sent = JsonSerializer.Deserialize<AppInput>(Assert.Single(server.Requests).Body, BoreasJson.Options)!;
        Assert.Equal(new AppInput(Id: "hello", Source: new AppSource("https://example.org/hello.git", Ref: "v1"), Replicas: 2, HealthCheck: new(Path: "/healthz")), sent);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://git.example.org")]
    public async Task CreateSaysWhereToPush(string? git)
    {
        await using var server = await FakeServer.StartAsync(app =>
        {
            app.MapPost("/api/v1/apps", () => FakeServer.Json(Examples.App("hello"), 201));
            app.MapGet("/api/v1/me", () => FakeServer.Json(new Me("u1", "ada", false, new Dictionary<string, Role>(), null, git)));
        });
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("apps", "create", "hello", "--embedded");
        Assert.Contains($"git push {git ?? server.Url.AbsoluteUri.TrimEnd('/')}/git/hello.git main", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetKeepsThePartsThatWereNotNamed()
    {
        await using var server = await FakeServer.StartAsync(app =>
        {
            app.MapGet("/api/v1/apps/hello", () => FakeServer.Json(Examples.App("hello") with { Limits = new(MemoryMb: 64, Cpus: 2) }));
            app.MapPatch("/api/v1/apps/hello", () => FakeServer.Json(Examples.App("hello")));
        });
        using var typed = new Typed(server.Url);
        Assert.Equal(0, (await typed.RunAsync("apps", "set", "hello", "--memory", "128", "--ref", "dev")).Exit);
        var sent = JsonSerializer.Deserialize<AppInput>(server.Requests.Last().Body, BoreasJson.Options)!;
        Assert.Equal(new AppInput(Source: new AppSource(Embedded: true, Ref: "dev"), Limits: new(MemoryMb: 128, Cpus: 2)), sent);
    }

    [Fact]
    public async Task ANewSourceTakesTheOldOneAway()
    {
        await using var server = await FakeServer.StartAsync(app =>
        {
            app.MapGet("/api/v1/apps/hello", () => FakeServer.Json(Examples.App("hello") with { Source = new AppSource("https://example.org/a.git", CredentialSecret: "KEY") }));
            app.MapPatch("/api/v1/apps/hello", () => FakeServer.Json(Examples.App("hello")));
        });
        using var typed = new Typed(server.Url);
        Assert.Equal(0, (await typed.RunAsync("apps", "set", "hello", "--embedded")).Exit);
        Assert.Contains("\"repositoryUrl\":null,\"embedded\":true", server.Requests.Last().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeletingAsksAndWithNobodyToAskDoesNothing()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapDelete("/api/v1/apps/hello", () => Results.NoContent()));
        using var typed = new Typed(server.Url);
        Assert.Equal(2, (await typed.RunAsync("apps", "delete", "hello")).Exit);
        Assert.Empty(server.Requests);
        Assert.Equal(0, (await typed.RunAsync("apps", "delete", "hello", "--yes")).Exit);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task VariablesAreAddedToThoseThatAreThere()
    {
        await using var server = await FakeServer.StartAsync(app =>
        {
            app.MapGet("/api/v1/apps/hello", () => FakeServer.Json(Examples.App("hello")));
            app.MapPatch("/api/v1/apps/hello", () => FakeServer.Json(Examples.App("hello")));
        });
        using var typed = new Typed(server.Url);
        Assert.Equal(0, (await typed.RunAsync("apps", "env", "set", "hello", "A=b=c", "EMPTY=")).Exit);
        Assert.Equal("""{"variables":{"A":"b=c","EMPTY":""}}""", server.Requests.Last().Body);
        Assert.Equal(2, (await typed.RunAsync("apps", "env", "set", "hello", "no-value")).Exit);
        Assert.Equal(0, (await typed.RunAsync("apps", "env", "unset", "hello", "GREETING")).Exit);
        Assert.Equal("""{"variables":{"GREETING":null}}""", server.Requests.Last().Body);
        Assert.Equal(3, (await typed.RunAsync("apps", "env", "unset", "hello", "NOT_THERE")).Exit);
    }

    [Fact]
    public async Task ASecretComesFromStandardInputAndIsNeverShown()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapPut("/api/v1/secrets/hello/API_KEY", () => Results.NoContent()));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync(["apps", "secrets", "set", "hello", "API_KEY"], "s3cr3t value\n");
        Assert.Equal(0, outcome.Exit);
        Assert.Equal("""{"value":"s3cr3t value"}""", Assert.Single(server.Requests).Body);
        Assert.DoesNotContain("s3cr3t", outcome.Out + outcome.Error, StringComparison.Ordinal);
    }
}
