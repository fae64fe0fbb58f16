using System.Net;
using System.Text;
using Boreas.Contracts.Access;
using Boreas.Server.Access;
using Microsoft.Extensions.DependencyInjection;

namespace Boreas.Server.Tests.Access;

public class TokensTests
{
    [Theory, Databases]
    public async Task ATokenWithALowerRoleMayLess(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var viewer = await MadeAsync(api, api.Admin, new { name = "read", role = "viewer" });

        await viewer.GetAsync("/api/v1/apps");
        await viewer.PostAsync("/api/v1/apps", new { id = "shop", source = new { embedded = true } }, HttpStatusCode.Forbidden);
        await viewer.GetAsync("/api/v1/users", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task ATokenOfOneProjectSeesNoOther()
    {
        await using var api = await ApiServer.StartAsync();
        await api.Admin.PostAsync("/api/v1/environments", new { name = "production", project = "second" }, HttpStatusCode.Created);
        await api.Admin.PostAsync("/api/v1/apps", new { id = "first-app", source = new { embedded = true } }, HttpStatusCode.Created);
        await api.Admin.PostAsync("/api/v1/apps", new { id = "second-app", project = "second", source = new { embedded = true } }, HttpStatusCode.Created);
        var second = await MadeAsync(api, api.Admin, new { name = "second", project = "second" });

        Assert.Equal("second-app", Assert.Single((await second.GetAsync("/api/v1/apps")).Items()).Text("id"));
        await second.GetAsync("/api/v1/apps/first-app", HttpStatusCode.NotFound);
        await second.GetAsync("/api/v1/users", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task ATokenIsNeverWiderThanItsMaker()
    {
        await using var api = await ApiServer.StartAsync();
        await api.Admin.PostAsync("/api/v1/environments", new { name = "production", project = "second" }, HttpStatusCode.Created);
        var narrow = await MadeAsync(api, api.Admin, new { name = "narrow", role = "developer", project = "second", expiresInDays = 2 });

        await narrow.PostAsync("/api/v1/tokens", new { name = "wide", role = "admin" }, HttpStatusCode.Forbidden);
        await narrow.PostAsync("/api/v1/tokens", new { name = "elsewhere", project = "default" }, HttpStatusCode.Forbidden);
        await narrow.PostAsync("/api/v1/tokens", new { name = "runner", kind = "runner" }, HttpStatusCode.Forbidden);
        var child = (await narrow.PostAsync("/api/v1/tokens", new { name = "child", expiresInDays = 300 }, HttpStatusCode.Created)).GetProperty("token");
        Assert.Equal("developer", child.Text("role"));
        Assert.Equal("second", child.Text("project"));
        Assert.True(child.GetProperty("expiresAt").GetDateTimeOffset() < DateTimeOffset.Parse(child.Text("createdAt"), null).AddDays(3));
    }

    [Fact]
    public async Task AUserCannotMakeATokenForARoleThatTheyDoNotHave()
    {
        await using var api = await ApiServer.StartAsync();
        var developer = await api.UserAsync("dan", Role.Developer);

        await developer.PostAsync("/api/v1/tokens", new { name = "x", role = "admin" }, HttpStatusCode.Forbidden);
        await developer.PostAsync("/api/v1/tokens", new { name = "x", role = "approver", project = "default" }, HttpStatusCode.Forbidden);
        await developer.PostAsync("/api/v1/tokens", new { name = "x", project = "foreign" }, HttpStatusCode.NotFound);
        await developer.PostAsync("/api/v1/tokens", new { name = "x", kind = "forge" }, HttpStatusCode.Forbidden);
    }

    [Theory, Databases]
    public async Task AnExpiredTokenIsRefused(string database)
    {
        var time = new MovableTime();
        await using var api = await ApiServer.StartAsync(database, time: time);
        var token = await MadeAsync(api, api.Admin, new { name = "short", expiresInDays = 1 });
        await token.GetAsync("/api/v1/me");

        time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(5));

        await token.GetAsync("/api/v1/me", HttpStatusCode.Unauthorized);
    }

    [Theory, Databases]
    public async Task ARevokedTokenIsRefusedAtOnceAndSoIsWhatItMade(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var made = await api.Admin.PostAsync("/api/v1/tokens", new { name = "parent" }, HttpStatusCode.Created);
        var parent = api.As(made.Text("secret"));
        var grandchild = await MadeAsync(api, await MadeAsync(api, parent, new { name = "child" }), new { name = "grandchild" });
        await parent.GetAsync("/api/v1/me");
        await grandchild.GetAsync("/api/v1/me");

        await api.Admin.DeleteAsync("/api/v1/tokens/" + made.GetProperty("token").Text("id"));

        await parent.GetAsync("/api/v1/me", HttpStatusCode.Unauthorized);
        await grandchild.GetAsync("/api/v1/me", HttpStatusCode.Unauthorized);
        await api.Admin.GetAsync("/api/v1/me");
    }

    [Fact]
    public async Task ATokenLosesWhatItsOwnerLoses()
    {
        await using var api = await ApiServer.StartAsync();
        var developer = await api.UserAsync("dan", Role.Developer);
        var id = (await developer.GetAsync("/api/v1/me")).Text("id");
        await api.Admin.PutAsync("/api/v1/users/" + id, new { projects = new { @default = "viewer" } }, HttpStatusCode.OK);
        await developer.PostAsync("/api/v1/apps", new { id = "shop", source = new { embedded = true } }, HttpStatusCode.Forbidden);

        await api.Admin.PutAsync("/api/v1/users/" + id, new { disabled = true }, HttpStatusCode.OK);

        await developer.GetAsync("/api/v1/me", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task NobodySeesOrRevokesTheTokensOfOthers()
    {
        await using var api = await ApiServer.StartAsync();
        var developer = await api.UserAsync("dan", Role.Developer);
        var adminToken = (await api.Admin.GetAsync("/api/v1/tokens")).Items().Single(t => t.Text("owner") == "admin").Text("id");

        Assert.All((await developer.GetAsync("/api/v1/tokens")).Items(), t => Assert.Equal("dan", t.Text("owner")));
        await developer.DeleteAsync("/api/v1/tokens/" + adminToken, HttpStatusCode.NotFound);
        await api.Admin.GetAsync("/api/v1/me");
    }

    [Fact]
    public async Task TheDatabaseKnowsNoTokenAndListsShowNone()
    {
        await using var api = await ApiServer.StartAsync();
        var made = await api.Admin.PostAsync("/api/v1/tokens", new { name = "hidden" }, HttpStatusCode.Created);
        var secret = made.Text("secret");
        Assert.Matches("^brs_user_[A-Za-z0-9_-]{43}$", secret);

        Assert.DoesNotContain(secret[9..], (await api.Admin.GetAsync("/api/v1/tokens")).GetRawText(), StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(api.Folder, "boreas.db*"))
            Assert.False(Files.Contain(file, secret[9..]), file);
    }

    [Fact]
    public async Task TokensOfMachinesOpenTheirOwnCallsOnly()
    {
        await using var api = await ApiServer.StartAsync();
        foreach (var kind in (TokenKind[])[TokenKind.Runner, TokenKind.Agent, TokenKind.Gateway, TokenKind.Forge])
        {
            var machine = await api.MachineAsync(kind);
            await machine.GetAsync("/api/v1/apps", HttpStatusCode.Forbidden);
            await machine.PostAsync("/api/v1/tokens", new { name = "more" }, HttpStatusCode.Forbidden);
            await machine.GetAsync("/artifacts/" + new string('a', 64), kind is TokenKind.Runner or TokenKind.Agent ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task GitSendsATokenAsThePassword()
    {
        await using var api = await ApiServer.StartAsync();
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes("anybody:" + api.First.Token));

        using var answer = await api.As(null).RawAsync(HttpMethod.Get, "/api/v1/me", null, ("Authorization", "Basic " + basic));
        using var password = await api.As(null).RawAsync(HttpMethod.Get, "/api/v1/me", null,
            ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("admin:" + api.First.Password))));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, password.StatusCode);
    }

    [Theory, Databases]
    public async Task TheFirstStartMakesOneAdministratorAndEveryStartNewInternalTokens(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var access = api.Services.GetRequiredService<AccessBootstrap>();

        Assert.Null(await access.EnsureAdministratorAsync());
        var first = await access.IssueInternalTokensAsync();
        await api.As(first.Agent).GetAsync("/artifacts/" + new string('a', 64), HttpStatusCode.NotFound);
        var second = await access.IssueInternalTokensAsync();

        await api.As(first.Agent).GetAsync("/artifacts/" + new string('a', 64), HttpStatusCode.Unauthorized);
        await api.As(second.Agent).GetAsync("/artifacts/" + new string('a', 64), HttpStatusCode.NotFound);
    }

    private static async Task<Api> MadeAsync(ApiServer api, Api maker, object input) =>
        api.As((await maker.PostAsync("/api/v1/tokens", input, HttpStatusCode.Created)).Text("secret"));
}
