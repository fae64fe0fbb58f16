using System.Net;
using System.Text.Json;
using Boreas.Contracts.Access;

namespace Boreas.Server.Tests.Access;

public class GroupsTests
{
    [Theory, Databases]
    public async Task AGroupIsMadeFilledAndListed(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        await api.UserAsync("ada", Role.Developer);
        await api.UserAsync("bob", Role.Viewer);

        var created = await api.Admin.PostAsync("/api/v1/groups", new { name = "ops", members = new[] { "bob", "bob" } }, HttpStatusCode.Created);
        Assert.Equal(["bob"], Members(created));
        await api.Admin.PostAsync("/api/v1/groups", new { name = "leads" }, HttpStatusCode.Created);
        foreach (var _ in (int[])[1, 2]) Assert.Equal(["ada", "bob"], Members(await api.Admin.PutAsync("/api/v1/groups/ops/members/ada", null, HttpStatusCode.OK)));
        await api.Admin.DeleteAsync("/api/v1/groups/ops/members/bob");

        var first = await api.Admin.GetAsync("/api/v1/groups?limit=1");
        Assert.Equal("leads", first.Items().Single().Text("name"));
        var second = (await api.Admin.GetAsync("/api/v1/groups?limit=1&cursor=" + first.Text("next"))).Items().Single();
        Assert.Equal(("ops", "ada"), (second.Text("name"), Members(second).Single()));
        Assert.Equal(["ada"], Members(await api.Admin.GetAsync("/api/v1/groups/ops")));
        var audited = (await api.Admin.GetAsync("/api/v1/audit?actor=admin")).Items().Select(e => (e.Text("action"), e.TryGetProperty("target", out var target) ? target.GetString() : null)).ToList();
        Assert.All([("CreateGroup", "group/ops"), ("AddGroupMember", "group/ops/ada"), ("RemoveGroupMember", "group/ops/bob")], change => Assert.Contains(change, audited));
    }

    [Fact]
    public async Task WhatCannotBeIsRefusedByItsName()
    {
        await using var api = await ApiServer.StartAsync();
        await api.Admin.PostAsync("/api/v1/groups", new { name = "ops" }, HttpStatusCode.Created);

        Assert.Equal("already_exists", (await api.Admin.PostAsync("/api/v1/groups", new { name = "ops" }, HttpStatusCode.Conflict)).Text("code"));
        Assert.Equal(["name"], (await api.Admin.PostAsync("/api/v1/groups", new { name = "Ops!" }, HttpStatusCode.BadRequest)).RefusedFields());
        var unknown = await api.Admin.PostAsync("/api/v1/groups", new { name = "leads", members = new[] { "admin", "nobody" } }, HttpStatusCode.BadRequest);
        Assert.Equal(["members"], unknown.RefusedFields());
        Assert.Contains("'nobody'", unknown.Text("detail"), StringComparison.Ordinal);
        await api.Admin.GetAsync("/api/v1/groups/leads", HttpStatusCode.NotFound);
        await api.Admin.PutAsync("/api/v1/groups/ops/members/nobody", null, HttpStatusCode.NotFound);
        await api.Admin.PutAsync("/api/v1/groups/none/members/admin", null, HttpStatusCode.NotFound);
        await api.Admin.DeleteAsync("/api/v1/groups/ops/members/admin", HttpStatusCode.NotFound);
        await api.Admin.DeleteAsync("/api/v1/groups/none", HttpStatusCode.NotFound);
    }

    [Theory, Databases]
    public async Task AGroupThatARuleNamesIsNotDeleted(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        foreach (var name in (string[])["ops", "op"]) await api.Admin.PostAsync("/api/v1/groups", new { name, members = new[] { "admin" } }, HttpStatusCode.Created);
        var environment = "/api/v1/environments/" + (await api.Admin.GetAsync("/api/v1/environments")).Items().Single().Text("id");
        await api.Admin.PutAsync(environment, new { confirm = new { groups = new[] { "ops" } } }, HttpStatusCode.OK);
        await api.Admin.PostAsync("/api/v1/environments", new { name = "live", project = "shop", confirm = new { groups = new[] { "ops" } } }, HttpStatusCode.Created);

        var refused = await api.Admin.DeleteAsync("/api/v1/groups/ops", HttpStatusCode.Conflict);
        Assert.Equal(("state_conflict", "The group 'ops' may confirm in default/production, shop/live."), (refused.Text("code"), refused.Text("detail")));
        await api.Admin.DeleteAsync("/api/v1/groups/op");

        await api.Admin.PutAsync(environment, new { confirm = new { roles = new[] { "admin" } } }, HttpStatusCode.OK);
        Assert.Equal("The group 'ops' may confirm in shop/live.", (await api.Admin.DeleteAsync("/api/v1/groups/ops", HttpStatusCode.Conflict)).Text("detail"));
    }

    [Fact]
    public async Task OnlyAdministratorsOfTheInstallationSeeAndChangeGroups()
    {
        await using var api = await ApiServer.StartAsync();
        await api.Admin.PostAsync("/api/v1/groups", new { name = "ops" }, HttpStatusCode.Created);
        var ada = await api.UserAsync("ada", Role.Admin);

        await ada.GetAsync("/api/v1/groups", HttpStatusCode.Forbidden);
        await ada.GetAsync("/api/v1/groups/ops", HttpStatusCode.Forbidden);
        await ada.PostAsync("/api/v1/groups", new { name = "mine" }, HttpStatusCode.Forbidden);
        await ada.PutAsync("/api/v1/groups/ops/members/ada", null, HttpStatusCode.Forbidden);
        await ada.DeleteAsync("/api/v1/groups/ops", HttpStatusCode.Forbidden);
    }

    private static IEnumerable<string> Members(JsonElement group) => group.GetProperty("members").EnumerateArray().Select(m => m.Text("name"));
}
