using Boreas.Contracts.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Boreas.Cli.Tests;

public sealed class ExitCodeTests
{
    [Theory]
    [InlineData(400, "invalid", 2)]
    [InlineData(401, "unauthenticated", 4)]
    [InlineData(403, "forbidden", 4)]
    [InlineData(404, "not_found", 3)]
    [InlineData(409, "active_deployment", 5)]
    [InlineData(412, "precondition_failed", 5)]
    [InlineData(429, "too_many_requests", 1)]
    [InlineData(500, "internal", 1)]
    [InlineData(503, "storage_unavailable", 6)]
    public async Task EveryKindOfProblemHasItsExitCode(int status, string code, int exit)
    {
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/apps/hello", () => FakeServer.Problem(status, code, "It is so because of that.", "Do this next.")));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("apps", "show", "hello");
        Assert.Equal(exit, outcome.Exit);
        Assert.Contains($"It is so because of that. [{code}]", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("Do this next.", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Out);
    }

    [Theory]
    [InlineData("plan", "gone.yaml")]
    [InlineData("apply", "gone.yaml")]
    [InlineData("workflow", "set", "dep-1", "gone.yaml")]
    [InlineData("templates", "import", "gone.yaml")]
    [InlineData("environments", "create", "production", "--file", "gone.yaml")]
    [InlineData("apps", "create", "hello", "--repo", "git@example.org:hello.git", "--known-hosts", "gone.yaml")]
    [InlineData("apps", "list", "--token-file", "gone.yaml")]
    public async Task AFileThatCannotBeReadIsAWrongCommandLine(params string[] words)
    {
        await using var server = await FakeServer.StartAsync(_ => { });
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync(words);
        Assert.Equal(2, outcome.Exit);
        Assert.Contains("cannot be read", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("gone.yaml", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task RefusedFieldsAreNamed()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapPost("/api/v1/apps", () => FakeServer.Problem(400, ProblemCodes.Invalid, "The app is not valid.", null, new FieldProblem("containerPort", "must be 1 to 65535"))));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("apps", "create", "hello", "--embedded", "--port", "0");
        Assert.Equal(2, outcome.Exit);
        Assert.Contains("containerPort: must be 1 to 65535", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerThatIsNotThereIsSixAndSaysWhatToDo()
    {
        Uri gone;
        await using (var server = await FakeServer.StartAsync(_ => { })) gone = server.Url;
        using var typed = new Typed(gone);
        var outcome = await typed.RunAsync("apps", "list");
        Assert.Equal(6, outcome.Exit);
        Assert.Contains("cannot be reached", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("boreas server", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AProblemInJsonIsTheServersOwn()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/apps/hello", () => Results.Text("""{ "title":"Gone", "status":404, "code":"not_found" }""", Problem.MediaType, statusCode: 404)));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("apps", "show", "hello", "-o", "json");
        Assert.Equal(3, outcome.Exit);
        Assert.Equal("""{ "title":"Gone", "status":404, "code":"not_found" }""" + Environment.NewLine, outcome.Out);
    }

    [Fact]
    public async Task ARedirectIsNotFollowed()
    {
        await using var elsewhere = await FakeServer.StartAsync(app => app.MapGet("/api/v1/apps", () => Results.Ok()));
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/apps", () => Results.Redirect(new Uri(elsewhere.Url, "/api/v1/apps").AbsoluteUri)));
        using var typed = new Typed(server.Url);
        Assert.Equal(1, (await typed.RunAsync("apps", "list")).Exit);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task AnAnswerThatIsNotOursIsToldAsSuch()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/apps", () => Results.Text("<html>", "text/html")));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("apps", "list");
        Assert.Equal(1, outcome.Exit);
        Assert.Contains("boreas --version", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnInterruptEndsWith130()
    {
        using var interrupt = new CancellationTokenSource();
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/apps", async (HttpContext http) =>
        {
            await interrupt.CancelAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        }));
        using var typed = new Typed(server.Url);
        Assert.Equal(130, (await typed.RunAsync(["apps", "list"], "", cancel: interrupt.Token)).Exit);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/../b")]
    public async Task NamesCannotLeaveTheirPath(string name)
    {
        await using var server = await FakeServer.StartAsync(_ => { });
        using var typed = new Typed(server.Url);
        Assert.Equal(3, (await typed.RunAsync("apps", "show", name)).Exit);
        Assert.DoesNotContain(server.Requests, seen => !seen.Path.StartsWith("/api/v1/apps/", StringComparison.Ordinal));
    }
}
