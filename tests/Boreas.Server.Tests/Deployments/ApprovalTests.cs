using System.Net;
using System.Text.Json;
using Boreas.Contracts.Access;

namespace Boreas.Server.Tests.Deployments;

/// <summary>Who confirms deployments to an environment, and how many of them.</summary>
public class ApprovalTests
{
    [Theory, Databases]
    public async Task ItGoesOnWhenAsManyPeopleAsTheRuleAsksForHaveConfirmed(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var (ada, bob) = (await api.UserAsync("ada", Role.Approver), await api.UserAsync("bob", Role.Approver));
        await RuleAsync(api, new { approvals = 2 });
        var path = await DeployAsync(api, api.Admin);

        var once = await ada.PostAsync(path + "/confirm", new { reason = "I looked" }, HttpStatusCode.OK);
        Assert.Equal(("waiting_confirm", "Waits for 1 of 2 people (ada has confirmed)."), (once.Text("status"), Task(once).Text("waitingFor")));
        Assert.Single(Approvals(await ada.PostAsync(path + "/confirm", null, HttpStatusCode.OK)));

        var twice = await bob.PostAsync($"{path}/tasks/{Task(once).Text("id")}/confirm", null, HttpStatusCode.OK);
        Assert.Equal("running", twice.Text("status"));
        Assert.Equal([("ada", "I looked"), ("bob", null)], Approvals(twice));
        Assert.Equal(2, twice.GetProperty("confirm").GetProperty("approvals").GetInt32());
        var audited = (await api.Admin.GetAsync("/api/v1/audit?actor=ada")).Items().First(e => e.Text("action") == "ConfirmDeployment" && e.TryGetProperty("detail", out _));
        Assert.Equal("I looked", audited.Text("detail"));
    }

    [Theory, Databases]
    public async Task WhoMayNotIsToldWhoMay(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var (ada, bob) = (await api.UserAsync("ada", Role.Developer), await api.UserAsync("bob", Role.Approver));
        await RuleAsync(api, new { users = new[] { "ada" } });
        var path = await DeployAsync(api, api.Admin);

        foreach (var act in (string[])["confirm", "reject"])
        {
            var problem = await bob.PostAsync($"{path}/{act}", null, HttpStatusCode.Forbidden);
            Assert.Equal("forbidden", problem.Text("code"));
            Assert.Contains("ada may", problem.Text("detail"), StringComparison.Ordinal);
        }

        Assert.Equal("running", (await ada.PostAsync(path + "/confirm", null, HttpStatusCode.OK)).Text("status"));
    }

    [Theory, Databases]
    public async Task WhoIsInAGroupConfirmsAndWhoLeftItDoesNot(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var (ada, bob, eve, cyd) = (await api.UserAsync("ada", Role.Developer), await api.UserAsync("bob", Role.Developer), await api.UserAsync("eve", Role.Approver), await api.UserAsync("cyd", Role.Developer));
        await api.UserAsync("vera", Role.Viewer);
        await api.UserAsync("sam", Role.Admin, "second");
        await api.Admin.PostAsync("/api/v1/groups", new { name = "ops", members = new[] { "ada", "vera", "sam", "cyd" } }, HttpStatusCode.Created);
        await RuleAsync(api, new { approvals = 2, groups = new[] { "ops" } });
        var path = await DeployAsync(api, api.Admin);

        var waits = await ada.GetAsync(path);
        Assert.Equal("Waits for 2 people to confirm it: a member of the group ops (ada and cyd).", Task(waits).Text("waitingFor"));
        Assert.Equal(["ada", "cyd"], Members(waits));
        Assert.Equal("eve may not confirm this; a member of the group ops may.", (await eve.PostAsync(path + "/confirm", null, HttpStatusCode.Forbidden)).Text("detail"));
        await ada.PostAsync(path + "/confirm", null, HttpStatusCode.OK);

        foreach (var leaves in (string[])["ada", "cyd"]) await api.Admin.DeleteAsync("/api/v1/groups/ops/members/" + leaves);
        await cyd.PostAsync(path + "/confirm", null, HttpStatusCode.Forbidden);
        Assert.EndsWith("(ada has confirmed): a member of the group ops (nobody at present).", Task(await bob.GetAsync(path)).Text("waitingFor"), StringComparison.Ordinal);
        await api.Admin.PutAsync("/api/v1/groups/ops/members/bob", null, HttpStatusCode.OK);
        var listed = (await bob.GetAsync("/api/v1/deployments?status=waiting_confirm")).Items().Single();
        Assert.Equal(["bob"], Members(listed));
        Assert.Equal("running", (await bob.PostAsync(path + "/confirm", null, HttpStatusCode.OK)).Text("status"));
    }

    [Theory, Databases]
    public async Task AGroupThatSomethingWaitsForIsNotDeleted(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        await api.Admin.PostAsync("/api/v1/groups", new { name = "ops", members = new[] { "admin" } }, HttpStatusCode.Created);
        await RuleAsync(api, new { groups = new[] { "ops" } });
        var path = await DeployAsync(api, api.Admin);
        await RuleAsync(api, new { roles = new[] { "admin" } });

        var refused = await api.Admin.DeleteAsync("/api/v1/groups/ops", HttpStatusCode.Conflict);
        Assert.Equal($"The group 'ops' may confirm what is under way: {path.Split('/')[^1]}.", refused.Text("detail"));

        await api.Admin.PostAsync(path + "/cancel", null, HttpStatusCode.OK);
        await api.Admin.DeleteAsync("/api/v1/groups/ops");
    }

    [Fact]
    public async Task WhoIsDisabledIsInNoGroup()
    {
        await using var api = await ApiServer.StartAsync();
        await api.UserAsync("ada", Role.Developer);
        await api.Admin.PostAsync("/api/v1/groups", new { name = "ops", members = new[] { "ada" } }, HttpStatusCode.Created);
        await RuleAsync(api, new { groups = new[] { "ops" } });
        var path = await DeployAsync(api, api.Admin);
        var user = (await api.Admin.GetAsync("/api/v1/users")).Items().Single(u => u.Text("name") == "ada").Text("id");

        await api.Admin.PutAsync("/api/v1/users/" + user, new { disabled = true }, HttpStatusCode.OK);
        Assert.Empty(Members(await api.Admin.GetAsync(path)));
        Assert.True((await api.Admin.GetAsync("/api/v1/groups/ops")).GetProperty("members")[0].GetProperty("disabled").GetBoolean());

        await api.Admin.PutAsync("/api/v1/users/" + user, new { disabled = false, name = "ada.l" }, HttpStatusCode.OK);
        Assert.Equal(["ada.l"], Members(await api.Admin.GetAsync(path)));
    }

    [Fact]
    public async Task TheAuthorDoesNotConfirmTheirOwnWhereTheRuleSaysSo()
    {
        await using var api = await ApiServer.StartAsync();
        var (ada, bob) = (await api.UserAsync("ada", Role.Approver), await api.UserAsync("bob", Role.Approver));
        await RuleAsync(api, new { allowAuthor = false });
        var path = await DeployAsync(api, ada);

        Assert.Contains("ada made this deployment", (await ada.PostAsync(path + "/confirm", null, HttpStatusCode.Forbidden)).Text("detail"), StringComparison.Ordinal);
        await bob.PostAsync(path + "/confirm", null, HttpStatusCode.OK);
    }

    [Fact]
    public async Task WithoutARuleAnApproverConfirms()
    {
        await using var api = await ApiServer.StartAsync();
        var (dan, ada) = (await api.UserAsync("dan", Role.Developer), await api.UserAsync("ada", Role.Approver));
        var path = await DeployAsync(api, api.Admin);

        await dan.PostAsync(path + "/confirm", null, HttpStatusCode.Forbidden);
        await dan.PostAsync(path + "/reject", null, HttpStatusCode.Forbidden);
        Assert.Equal("running", (await ada.PostAsync(path + "/confirm", null, HttpStatusCode.OK)).Text("status"));
    }

    [Fact]
    public async Task ATokenConfirmsWithItsOwnRoleAndNotItsOwners()
    {
        await using var api = await ApiServer.StartAsync();
        var ada = await api.UserAsync("ada", Role.Approver);
        var narrow = api.As((await ada.PostAsync("/api/v1/tokens", new { name = "ci", role = "developer" }, HttpStatusCode.Created)).Text("secret"));
        await RuleAsync(api, new { roles = new[] { "approver" } });
        var path = await DeployAsync(api, api.Admin);

        await narrow.PostAsync(path + "/confirm", null, HttpStatusCode.Forbidden);
        await ada.PostAsync(path + "/confirm", null, HttpStatusCode.OK);
    }

    [Fact]
    public async Task WhatIsNotConfirmedInTimeIsRefused()
    {
        var time = new MovableTime();
        await using var api = await ApiServer.StartAsync(time: time);
        await RuleAsync(api, new { approvals = 2, expiresAfterSeconds = 60 });
        var path = await DeployAsync(api, api.Admin);
        var waiting = Task(await api.Admin.PostAsync(path + "/confirm", null, HttpStatusCode.OK));
        Assert.InRange(waiting.GetProperty("waitingUntil").GetDateTimeOffset() - waiting.GetProperty("createdAt").GetDateTimeOffset(), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(70));

        time.Advance(TimeSpan.FromSeconds(61));
        await api.Journal.WriteAsync(_ => true);

        var over = await api.Admin.GetAsync(path);
        Assert.Equal("failed", over.Text("status"));
        Assert.Contains("Only admin confirmed", over.Text("errorMessage"), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task AConfirmationOfAnotherGraphThanThePresentOneIsRefused(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var path = await DeployAsync(api, api.Admin);
        var shown = (await api.Admin.GetAsync(path)).GetProperty("graphVersion").GetInt32();
        await api.Admin.PostAsync(path + "/tasks", new { type = "custom", requireConfirm = true, payload = new { command = "false" } }, HttpStatusCode.Created);

        Assert.Equal("precondition_failed", (await api.Admin.PostAsync(path + "/confirm", new { graphVersion = shown }, HttpStatusCode.PreconditionFailed)).Text("code"));
        Assert.Equal("running", (await api.Admin.PostAsync(path + "/confirm", new { graphVersion = shown + 1 }, HttpStatusCode.OK)).Text("status"));
    }

    [Fact]
    public async Task AnApproverDoesNotEditTheRuleAway()
    {
        await using var api = await ApiServer.StartAsync();
        var ada = await api.UserAsync("ada", Role.Approver);
        await RuleAsync(api, new { approvals = 2 });
        var path = await DeployAsync(api, api.Admin);
        var task = Task(await api.Admin.GetAsync(path)).Text("id");

        await ada.PatchAsync($"{path}/tasks/{task}", new { requireConfirm = false }, HttpStatusCode.Forbidden);
        await api.Admin.PatchAsync($"{path}/tasks/{task}", new { requireConfirm = false }, HttpStatusCode.OK);
    }

    [Theory, Databases]
    public async Task ARuleIsKeptAsAWholeAndTurnsConfirmationOn(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        await api.UserAsync("ada", Role.Approver);
        var given = """{"approvals":2,"users":["ada"],"roles":["admin"],"allowAuthor":false,"expiresAfterSeconds":3600,"onExpiry":"rollback","groups":["ops"]}""";
        await api.Admin.PostAsync("/api/v1/groups", new { name = "ops" }, HttpStatusCode.Created);

        var changed = await RuleAsync(api, JsonDocument.Parse(given).RootElement);

        Assert.True(changed.GetProperty("requireConfirm").GetBoolean());
        Assert.Equal(given, changed.GetProperty("confirm").GetRawText());
        var relaxed = await api.Admin.PutAsync("/api/v1/environments/" + changed.Text("id"), new { requireConfirm = false }, HttpStatusCode.OK);
        Assert.Equal(given, relaxed.GetProperty("confirm").GetRawText());
        Assert.False(relaxed.GetProperty("requireConfirm").GetBoolean());
    }

    [Theory]
    [InlineData("confirm.approvals", """{"approvals": 0}""")]
    [InlineData("confirm.users", """{"users": ["nobody"]}""")]
    [InlineData("confirm.users", """{"users": ["admin"], "approvals": 2}""")]
    [InlineData("confirm.users", """{"users": ["admin", "admin"]}""")]
    [InlineData("confirm.roles", """{"roles": ["viewer"]}""")]
    [InlineData("confirm.groups", """{"groups": ["nobody"]}""")]
    [InlineData("confirm.groups", """{"groups": ["ops", "ops"]}""")]
    [InlineData("confirm.groups[0]", """{"groups": ["No group"]}""")]
    [InlineData("confirm.expiresAfterSeconds", """{"expiresAfterSeconds": 1}""")]
    public async Task ARuleThatCannotHoldIsRefusedByItsField(string field, string rule)
    {
        await using var api = await ApiServer.StartAsync();

        var problem = await api.Admin.PutAsync("/api/v1/environments/" + await EnvironmentAsync(api), new { confirm = JsonDocument.Parse(rule).RootElement }, HttpStatusCode.BadRequest);

        Assert.Equal([field], problem.RefusedFields());
    }

    private static async Task<string> EnvironmentAsync(ApiServer api) => (await api.Admin.GetAsync("/api/v1/environments")).Items().Single().Text("id");

    private static async Task<JsonElement> RuleAsync(ApiServer api, object rule) =>
        await api.Admin.PutAsync("/api/v1/environments/" + await EnvironmentAsync(api), new { confirm = rule }, HttpStatusCode.OK);

    /// <summary>A deployment whose one task waits for people; its path.</summary>
    private static async Task<string> DeployAsync(ApiServer api, Api author)
    {
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { embedded = true } }, HttpStatusCode.Created);
        var task = new { type = "custom", requireConfirm = true, payload = new { command = "true" } };
        var created = await author.PostAsync("/api/v1/deployments", new { applicationIds = new[] { "shop" }, tasks = new[] { task } }, HttpStatusCode.Created);
        return "/api/v1/deployments/" + created.Text("id");
    }

    private static JsonElement Task(JsonElement deployment) => deployment.GetProperty("tasks")[0];

    private static IEnumerable<string?> Members(JsonElement deployment) => deployment.GetProperty("groupMembers").GetProperty("ops").EnumerateArray().Select(name => name.GetString());

    private static List<(string By, string? Reason)> Approvals(JsonElement deployment) =>
        [.. Task(deployment).GetProperty("approvals").EnumerateArray().Select(a => (a.Text("by"), a.TryGetProperty("reason", out var reason) ? reason.GetString() : null))];
}
