using System.Net;
using System.Text.Json;
using Boreas.Server.Versions;

namespace Boreas.Server.Tests.Versions;

public class VersionsTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    [Theory, Databases]
    public async Task AVersionIsFoundByIdAndName(string database)
    {
        await using var api = await WithAppAsync(database);
        var created = await api.Admin.PostAsync("/api/v1/versions", new { name = "v1.2.5", apps = new[] { new { appId = "shop", commit = Commit } } }, HttpStatusCode.Created);

        Assert.Equal(Commit, (await api.Admin.GetAsync("/api/v1/versions/" + created.Text("id"))).GetProperty("apps")[0].Text("commit"));
        await using var connection = await api.Database.OpenAsync(default);
        Assert.Equal(created.Text("id"), VersionQueries.Resolve(connection, "default", "v1.2.5")?.Id);
        Assert.Equal(created.Text("id"), VersionQueries.Resolve(connection, "default", created.Text("id"))?.Id);
        Assert.Null(VersionQueries.Resolve(connection, "second", "v1.2.5"));
    }

    [Theory, Databases]
    public async Task AVersionWithoutANameGetsTheNextFreeOne(string database)
    {
        await using var api = await WithAppAsync(database);
        var body = new { apps = new[] { new { appId = "shop", @ref = "main" } } };

        Assert.Equal("v1", (await api.Admin.PostAsync("/api/v1/versions", body, HttpStatusCode.Created)).Text("name"));
        await api.Admin.PostAsync("/api/v1/versions", new { name = "v3", body.apps }, HttpStatusCode.Created);
        Assert.Equal("v4", (await api.Admin.PostAsync("/api/v1/versions", body, HttpStatusCode.Created)).Text("name"));
        Assert.Equal("already_exists", (await api.Admin.PostAsync("/api/v1/versions", new { name = "v3", body.apps }, HttpStatusCode.Conflict)).Text("code"));
    }

    [Theory, Databases]
    public async Task AListIsPagedNewestFirst(string database)
    {
        await using var api = await WithAppAsync(database);
        for (var i = 1; i <= 5; i++) await api.Admin.PostAsync("/api/v1/versions", new { name = "n" + i, apps = new[] { new { appId = "shop" } } }, HttpStatusCode.Created);

        var names = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await api.Admin.GetAsync("/api/v1/versions?limit=2&app=shop" + (cursor.Length > 0 ? "&cursor=" + cursor : ""));
            names.AddRange(page.Items().Select(v => v.Text("name")));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        Assert.Equal(["n5", "n4", "n3", "n2", "n1"], names);
        Assert.Empty((await api.Admin.GetAsync("/api/v1/versions?app=other")).Items());
        Assert.Equal(["cursor"], (await api.Admin.GetAsync("/api/v1/versions?cursor=x", HttpStatusCode.BadRequest)).RefusedFields());
    }

    [Theory, Databases]
    public async Task WhatARevisionTurnedOutToBeIsFilledInOnce(string database)
    {
        await using var api = await WithAppAsync(database);
        var id = (await api.Admin.PostAsync("/api/v1/versions", new { apps = new[] { new { appId = "shop", @ref = "main" } } }, HttpStatusCode.Created)).Text("id");

        await api.Journal.WriteAsync(t => VersionQueries.Pin(t, id, "shop", Commit, null));
        await api.Journal.WriteAsync(t => VersionQueries.Pin(t, id, "shop", new string('f', 40), "sha256:" + new string('a', 64)));

        var revision = (await api.Admin.GetAsync("/api/v1/versions/" + id)).GetProperty("apps")[0];
        Assert.Equal(Commit, revision.Text("commit"));
        Assert.Equal("sha256:" + new string('a', 64), revision.Text("digest"));
    }

    [Theory]
    [InlineData("name", """{"name": "../v1", "apps": [{"appId": "shop"}]}""")]
    [InlineData("name", """{"name": "-v1", "apps": [{"appId": "shop"}]}""")]
    [InlineData("apps", """{"apps": []}""")]
    [InlineData("apps", """{}""")]
    [InlineData("apps[0].appId", """{"apps": [{"appId": "--all"}]}""")]
    [InlineData("apps[0].appId", """{"apps": [{"appId": "missing"}]}""")]
    [InlineData("apps[1].appId", """{"apps": [{"appId": "shop"}, {"appId": "shop"}]}""")]
    [InlineData("apps[0].ref", """{"apps": [{"appId": "shop", "ref": "--exec=id"}]}""")]
    [InlineData("apps[0].commit", """{"apps": [{"appId": "shop", "commit": "abc"}]}""")]
    [InlineData("apps[0].image", """{"apps": [{"appId": "shop", "image": "a b"}]}""")]
    [InlineData("apps[0]", """{"apps": [{"appId": "shop", "image": "nginx", "ref": "main"}]}""")]
    [InlineData("apps[0].digest", """{"apps": [{"appId": "shop", "digest": "md5:00"}]}""")]
    public async Task HostileInputIsRefusedByItsField(string field, string body)
    {
        await using var api = await WithAppAsync("sqlite");

        var problem = await api.Admin.PostAsync("/api/v1/versions", JsonDocument.Parse(body).RootElement, HttpStatusCode.BadRequest);

        Assert.Equal([field], problem.RefusedFields());
        Assert.Empty((await api.Admin.GetAsync("/api/v1/versions")).Items());
    }

    private static async Task<ApiServer> WithAppAsync(string database)
    {
        var api = await ApiServer.StartAsync(database);
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { embedded = true } }, HttpStatusCode.Created);
        return api;
    }
}
