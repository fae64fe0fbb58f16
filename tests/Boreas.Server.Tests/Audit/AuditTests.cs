using System.Net;
using Boreas.Contracts.Access;

namespace Boreas.Server.Tests.Audit;

public class AuditTests
{
    [Theory, Databases]
    public async Task EveryChangeSaysWhoWhatFromWhereAndHowItEnded(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var developer = await api.UserAsync("dan", Role.Developer);
        await developer.PostAsync("/api/v1/apps", new { id = "shop", source = new { embedded = true } }, HttpStatusCode.Created);
        await developer.PostAsync("/api/v1/apps", new { id = "shop", source = new { embedded = true } }, HttpStatusCode.Conflict);
        await developer.PostAsync("/api/v1/environments", new { name = "staging" }, HttpStatusCode.Forbidden);
        await developer.GetAsync("/api/v1/apps");

        var entries = (await api.Admin.GetAsync("/api/v1/audit?actor=dan")).Items().Select(e => (e.Text("action"), e.Text("outcome"))).ToList();

        Assert.Equal([("CreateEnvironment", "403"), ("CreateApp", "already_exists"), ("CreateApp", "ok"), ("CreateToken", "ok"), ("Login", "ok")], entries);
        var created = (await api.Admin.GetAsync("/api/v1/audit?actor=dan")).Items().ElementAt(2);
        Assert.Equal("app/shop", created.Text("target"));
        Assert.Equal("127.0.0.1", created.Text("address"));
    }

    [Fact]
    public async Task FailedLoginsAreThereAndPasswordsAreNot()
    {
        await using var api = await ApiServer.StartAsync();
        await api.As(null).PostAsync("/api/v1/login", new { name = "Ev\u001b[31me", password = "a password that was typed" }, HttpStatusCode.Unauthorized);

        var page = await api.Admin.GetAsync("/api/v1/audit");

        var entry = Assert.Single(page.Items(), e => e.Text("action") == "Login");
        Assert.Equal(("ev?[31me", "unauthenticated"), (entry.Text("actor"), entry.Text("outcome")));
        Assert.DoesNotContain("typed", page.GetRawText(), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task AListIsPaged(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        for (var i = 0; i < 3; i++) await api.Admin.PostAsync("/api/v1/tokens", new { name = "t" + i }, HttpStatusCode.Created);

        var first = await api.Admin.GetAsync("/api/v1/audit?limit=2");
        var second = await api.Admin.GetAsync("/api/v1/audit?limit=2&cursor=" + first.Text("next"));

        Assert.Equal(["t2", "t1", "t0", "first start"], first.Items().Concat(second.Items()).Select(e => e.Text("detail")));
    }
}
