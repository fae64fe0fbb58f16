using System.Net;
using System.Text.Json;
using Boreas.Contracts.Access;

namespace Boreas.Server.Tests.Access;

public class SessionsTests
{
    [Theory, Databases]
    public async Task ALoginGivesACookieThatScriptsCannotRead(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        using var answer = await LoginAsync(api.Browser(), api.First.Name, api.First.Password);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task BehindHttpsTheCookieIsSecure()
    {
        await using var api = await ApiServer.StartAsync(with: o => o with { PublicUrl = new Uri("https://boreas.example") });
        using var answer = await LoginAsync(api.Browser(), api.First.Name, api.First.Password);

        Assert.Contains("secure", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task AnUnknownUserAndAWrongPasswordGetTheSameAnswer()
    {
        await using var api = await ApiServer.StartAsync();
        using var unknown = await LoginAsync(api.Browser(), "nobody", "a wrong password");
        using var wrong = await LoginAsync(api.Browser(), "admin", "a wrong password");

        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(await wrong.Content.ReadAsStringAsync(), await unknown.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task GuessingIsSlowedDownAndOtherNamesAreNot()
    {
        var time = new MovableTime();
        await using var api = await ApiServer.StartAsync(time: time);
        for (var i = 0; i < 5; i++) (await LoginAsync(api.Browser(), "admin", "a wrong password")).Dispose();

        using var sixth = await LoginAsync(api.Browser(), "admin", api.First.Password);
        Assert.Equal(HttpStatusCode.TooManyRequests, sixth.StatusCode);
        Assert.True(sixth.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        using var other = await LoginAsync(api.Browser(), "somebody-else", "a wrong password");
        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);

        time.Advance(TimeSpan.FromMinutes(1));
        using var later = await LoginAsync(api.Browser(), "admin", api.First.Password);
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    [Fact]
    public async Task AChangeByCookieNeedsTheAntiForgeryTokenAndOurOrigin()
    {
        await using var api = await ApiServer.StartAsync();
        var (browser, me) = await LoggedInAsync(api);
        var origin = api.Address.GetLeftPart(UriPartial.Authority);
        var token = me.Text("antiForgery");

        Assert.Equal(HttpStatusCode.Forbidden, await CreateAppAsync(browser));
        Assert.Equal(HttpStatusCode.Forbidden, await CreateAppAsync(browser, ("Origin", origin)));
        Assert.Equal(HttpStatusCode.Forbidden, await CreateAppAsync(browser, ("X-Boreas-Csrf", token)));
        Assert.Equal(HttpStatusCode.Forbidden, await CreateAppAsync(browser, ("Origin", "https://evil.example"), ("X-Boreas-Csrf", token)));
        Assert.Equal(HttpStatusCode.Forbidden, await CreateAppAsync(browser, ("Origin", "null"), ("X-Boreas-Csrf", token)));
        Assert.Equal(HttpStatusCode.Forbidden, await CreateAppAsync(browser, ("Origin", origin), ("X-Boreas-Csrf", token + "x")));
        Assert.Empty((await browser.GetAsync("/api/v1/apps")).Items());

        Assert.Equal(HttpStatusCode.Created, await CreateAppAsync(browser, ("Origin", origin), ("X-Boreas-Csrf", token)));
    }

    [Fact]
    public async Task AWebSocketOfAForeignPageIsRefused()
    {
        await using var api = await ApiServer.StartAsync();
        var (browser, _) = await LoggedInAsync(api);
        (string, string)[] upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")];

        using var foreign = await browser.RawAsync(HttpMethod.Get, "/api/v1/me", null, [.. upgrade, ("Origin", "https://evil.example")]);
        using var own = await browser.RawAsync(HttpMethod.Get, "/api/v1/me", null, [.. upgrade, ("Origin", api.Address.GetLeftPart(UriPartial.Authority))]);

        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Theory, Databases]
    public async Task AfterALogoutTheCookieIsWorthNothing(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        using var login = await LoginAsync(api.Browser(), api.First.Name, api.First.Password);
        var cookie = login.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        var token = JsonDocument.Parse(await login.Content.ReadAsStringAsync()).RootElement.Text("antiForgery");
        var thief = api.As(null);

        using var before = await thief.RawAsync(HttpMethod.Get, "/api/v1/me", null, ("Cookie", cookie));
        using var logout = await thief.RawAsync(HttpMethod.Post, "/api/v1/logout", null, ("Cookie", cookie), ("Origin", api.Address.GetLeftPart(UriPartial.Authority)), ("X-Boreas-Csrf", token));
        using var after = await thief.RawAsync(HttpMethod.Get, "/api/v1/me", null, ("Cookie", cookie));

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, logout.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task ASessionEndsTwelveHoursAfterItsLastUseAndIsRenewedByUse()
    {
        var time = new MovableTime();
        await using var api = await ApiServer.StartAsync(time: time);
        var (browser, _) = await LoggedInAsync(api);
        for (var i = 0; i < 3; i++)
        {
            time.Advance(TimeSpan.FromHours(8));
            await browser.GetAsync("/api/v1/me");
        }

        time.Advance(TimeSpan.FromHours(13));

        await browser.GetAsync("/api/v1/me", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task ANewPasswordEndsTheOtherSessions()
    {
        await using var api = await ApiServer.StartAsync();
        var (here, me) = await LoggedInAsync(api);
        var (elsewhere, _) = await LoggedInAsync(api);
        here.Session(api.Address, me.Text("antiForgery"));

        await here.PutAsync("/api/v1/me/password", new { current = "not the password", @new = "a new long password" }, HttpStatusCode.BadRequest);
        await here.PutAsync("/api/v1/me/password", new { current = api.First.Password, @new = "short" }, HttpStatusCode.BadRequest);
        await here.PutAsync("/api/v1/me/password", new { current = api.First.Password, @new = "a new long password" }, HttpStatusCode.NoContent);

        await here.GetAsync("/api/v1/me");
        await elsewhere.GetAsync("/api/v1/me", HttpStatusCode.Unauthorized);
        using var old = await LoginAsync(api.Browser(), "admin", api.First.Password);
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
    }

    [Fact]
    public async Task TheLastAdministratorStays()
    {
        await using var api = await ApiServer.StartAsync();
        var id = (await api.Admin.GetAsync("/api/v1/me")).Text("id");

        await api.Admin.PutAsync("/api/v1/users/" + id, new { admin = false }, HttpStatusCode.Conflict);
        await api.Admin.PutAsync("/api/v1/users/" + id, new { disabled = true }, HttpStatusCode.Conflict);
        await api.Admin.PostAsync("/api/v1/users", new { name = "second", password = "a long password", admin = true }, HttpStatusCode.Created);
        await api.Admin.PutAsync("/api/v1/users/" + id, new { admin = false }, HttpStatusCode.OK);
        await api.Admin.GetAsync("/api/v1/users", HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("name", "Has Blanks")]
    [InlineData("name", "-option")]
    [InlineData("name", "")]
    [InlineData("password", "short")]
    public async Task AUserThatIsNotRightIsRefusedByItsField(string field, string value)
    {
        await using var api = await ApiServer.StartAsync();
        var user = new Dictionary<string, object> { ["name"] = "eve", ["password"] = "a long password", [field] = value };

        var problem = await api.Admin.PostAsync("/api/v1/users", user, HttpStatusCode.BadRequest);

        Assert.Equal([field], problem.RefusedFields());
        Assert.Single((await api.Admin.GetAsync("/api/v1/users")).Items());
    }

    [Fact]
    public async Task ANameIsTakenOnce()
    {
        await using var api = await ApiServer.StartAsync();

        var problem = await api.Admin.PostAsync("/api/v1/users", new { name = "admin", password = "a long password" }, HttpStatusCode.Conflict);

        Assert.Equal("already_exists", problem.Text("code"));
    }

    private static async Task<(Api Browser, JsonElement Me)> LoggedInAsync(ApiServer api)
    {
        var browser = api.Browser();
        return (browser, await browser.PostAsync("/api/v1/login", new LoginRequest(api.First.Name, api.First.Password), HttpStatusCode.OK));
    }

    private static Task<HttpResponseMessage> LoginAsync(Api browser, string name, string password) =>
        browser.RawAsync(HttpMethod.Post, "/api/v1/login", Api.Json(new LoginRequest(name, password)));

    private static async Task<HttpStatusCode> CreateAppAsync(Api browser, params (string, string)[] headers)
    {
        using var answer = await browser.RawAsync(HttpMethod.Post, "/api/v1/apps", Api.Json(new { id = "shop", source = new { embedded = true } }), headers);
        return answer.StatusCode;
    }
}
