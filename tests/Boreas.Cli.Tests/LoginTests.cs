using Boreas.Contracts.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Boreas.Cli.Tests;

public sealed class LoginTests
{
    private static readonly Me Ada = new("u1", "ada", true, new Dictionary<string, Role>(), "anti-forgery");

    [Fact]
    public async Task LoginKeepsATokenThatOnlyItsOwnerCanRead()
    {
        await using var server = await StartAsync();
        using var typed = new Typed();
        var outcome = await typed.RunAsync(["login", server.Url.AbsoluteUri, "--name", "ada"], "pass word\n");
        Assert.Equal(0, outcome.Exit);
        Assert.DoesNotContain("pass word", outcome.Out + outcome.Error + await File.ReadAllTextAsync(typed.ConfigFile), StringComparison.Ordinal);
        Assert.DoesNotContain("brs_new", outcome.Out + outcome.Error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(typed.ConfigFile));

        var create = server.Requests.Single(seen => seen.Path == "/api/v1/tokens");
        Assert.Equal("anti-forgery", create.Headers["X-Boreas-Csrf"]);
        Assert.Equal(server.Url.GetLeftPart(UriPartial.Authority), create.Headers["Origin"]);
        Assert.Equal("boreas=cookie", create.Headers["Cookie"]);
        Assert.Equal("""{"name":"ada","password":"pass word"}""", server.Requests.Single(seen => seen.Path == "/api/v1/login").Body);

        Assert.Equal(0, (await typed.RunAsync("whoami")).Exit);
        Assert.Equal("Bearer brs_new", server.Requests.Last().Authorization);
    }

    [Fact]
    public async Task LogoutRevokesTheTokenAndForgetsIt()
    {
        await using var server = await StartAsync();
        using var typed = new Typed();
        await typed.RunAsync(["login", server.Url.AbsoluteUri, "--name", "ada"], "pass word\n");
        Assert.Equal(0, (await typed.RunAsync("logout")).Exit);
        Assert.Equal(("DELETE", "/api/v1/tokens/tok1"), (server.Requests.Last().Method, server.Requests.Last().Path));
        Assert.DoesNotContain("brs_new", await File.ReadAllTextAsync(typed.ConfigFile), StringComparison.Ordinal);
        Assert.Equal(3, (await typed.RunAsync("logout")).Exit);
    }

    [Fact]
    public async Task ATokenCanBeBroughtAlong()
    {
        await using var server = await StartAsync();
        using var typed = new Typed();
        Assert.Equal(0, (await typed.RunAsync(["login", server.Url.AbsoluteUri, "--token-file", "-"], "brs_mine\n")).Exit);
        Assert.Equal(0, (await typed.RunAsync("whoami")).Exit);
        Assert.All(server.Requests, seen => Assert.Equal("Bearer brs_mine", seen.Authorization));
    }

    [Fact]
    public async Task ASavedTokenNeverGoesToAnotherServer()
    {
        await using var server = await StartAsync();
        await using var other = await FakeServer.StartAsync(app => app.MapGet("/api/v1/me", () => FakeServer.Json(Ada)));
        using var typed = new Typed();
        await typed.RunAsync(["login", server.Url.AbsoluteUri, "--token-file", "-"], "brs_mine");
        await typed.RunAsync("whoami", "--server", other.Url.AbsoluteUri);
        Assert.Null(Assert.Single(other.Requests).Authorization);
    }

    [Fact]
    public async Task AWrongPasswordIsRefusedAndNothingIsKept()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapPost("/api/v1/login", () => FakeServer.Problem(401, "unauthenticated", "Name or password is wrong.")));
        using var typed = new Typed();
        Assert.Equal(4, (await typed.RunAsync(["login", server.Url.AbsoluteUri, "--name", "ada"], "wrong")).Exit);
        Assert.False(File.Exists(typed.ConfigFile));
    }

    [Theory]
    [InlineData("ftp://example.org")]
    [InlineData("https://ada:secret@example.org")]
    [InlineData("example.org")]
    public async Task AnAddressIsCheckedBeforeAnythingIsAsked(string url)
    {
        using var typed = new Typed();
        Assert.Equal(2, (await typed.RunAsync("login", url, "--name", "ada")).Exit);
    }

    [Fact]
    public async Task GitGetsTheTokenForTheServerAndForNoOther()
    {
        using var typed = new Typed(new Uri("http://127.0.0.1:5080"), "brs_git");
        var right = await typed.RunAsync(["git-credential", "get"], "protocol=http\nhost=127.0.0.1:5080\npath=git/hello.git\n\n");
        Assert.Equal("username=boreas\npassword=brs_git\n", right.Out.ReplaceLineEndings("\n"));
        foreach (var wrong in new[] { "protocol=https\nhost=127.0.0.1:5080\n\n", "protocol=http\nhost=example.org\n\n", "protocol=http\nhost=127.0.0.1\n\n", "\n" })
            Assert.Equal(new Outcome(0, "", ""), await typed.RunAsync(["git-credential", "get"], wrong));
        Assert.Empty((await typed.RunAsync(["git-credential", "store"], "protocol=http\nhost=127.0.0.1:5080\n\n")).Out);
    }

    [Fact]
    public async Task GitGetsTheTokenForTheAddressThatTheServerNamesAsItsGit()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/me", () => FakeServer.Json(Ada with { GitUrl = "https://git.example.org" })));
        using var typed = new Typed(server.Url, "brs_git");
        Assert.Contains("password=brs_git", (await typed.RunAsync(["git-credential", "get"], "protocol=https\nhost=git.example.org\n\n")).Out, StringComparison.Ordinal);
        foreach (var wrong in new[] { "protocol=http\nhost=git.example.org\n\n", "protocol=https\nhost=example.org\n\n" })
            Assert.Equal(new Outcome(0, "", ""), await typed.RunAsync(["git-credential", "get"], wrong));
    }

    private static Task<FakeServer> StartAsync() => FakeServer.StartAsync(app =>
    {
        app.MapPost("/api/v1/login", (HttpContext http) =>
        {
            http.Response.Cookies.Append("boreas", "cookie", new CookieOptions { HttpOnly = true });
            return Results.NoContent();
        });
        app.MapGet("/api/v1/me", () => FakeServer.Json(Ada));
        app.MapPost("/api/v1/tokens", () => FakeServer.Json(new TokenCreated(new Token("tok1", "boreas login", TokenKind.User, "ada", null, null, Examples.Start, null, null, false), "brs_new"), 201));
        app.MapPost("/api/v1/logout", () => Results.NoContent());
        app.MapDelete("/api/v1/tokens/{id}", () => Results.NoContent());
    });
}
