using System.Net;
using System.Text.Json;
using Boreas.Contracts.Access;

namespace Boreas.Server.Tests.Templates;

public class TemplatesTests
{
    private static readonly object[] Parameters = [new { name = "app", required = true }, new { name = "mode", @default = "fast", description = "How thorough it is" }];

    private static readonly object[] Tasks =
    [
        new { type = "deploy", appId = "${app}" },
        new { type = "custom", id = "smoke", name = "smoke ${app}", appId = "${app}", blockBy = "${app}-deploy", payload = new { command = "./smoke --mode ${mode} '$${HOME}'" }, requireConfirm = true },
    ];

    [Theory, Databases]
    public async Task ADeploymentStartsFromATemplateAndIsPinnedToItsVersion(string database)
    {
        await using var api = await WithTemplateAsync(database);
        await api.Admin.PostAsync("/api/v1/templates/release/versions", new { tasks = Tasks[..1], parameters = Parameters }, HttpStatusCode.Created);

        var first = await DeployAsync(api, new { template = "release@1", parameters = new { app = "shop", mode = "a b; c" } });
        var tasks = first.GetProperty("tasks").EnumerateArray().ToList();
        Assert.Equal(["shop-deploy", "smoke"], tasks.Select(t => t.Text("id")));
        Assert.Equal(("smoke shop", "shop-deploy", true), (tasks[1].Text("name"), tasks[1].Text("blockBy"), tasks[1].GetProperty("requireConfirm").GetBoolean()));
        Assert.Equal("""["./smoke","--mode","a b; c","${HOME}"]""", tasks[1].GetProperty("payload").GetProperty("command").GetRawText());
        Assert.Equal("""{"name":"release","version":1,"parameters":{"app":"shop","mode":"a b; c"}}""", first.GetProperty("template").GetRawText());
        await api.Admin.PostAsync($"/api/v1/deployments/{first.Text("id")}/cancel", null, HttpStatusCode.OK);

        var newest = await DeployAsync(api, new { template = "release", parameters = new { app = "shop" } });
        Assert.Equal((2, 1), (newest.GetProperty("template").GetProperty("version").GetInt32(), newest.GetProperty("tasks").GetArrayLength()));
        Assert.Equal(1, (await api.Admin.GetAsync("/api/v1/deployments/" + first.Text("id"))).GetProperty("template").GetProperty("version").GetInt32());
    }

    [Theory, Databases]
    public async Task VersionsAreNumberedAndDoNotChange(string database)
    {
        await using var api = await WithTemplateAsync(database);
        var first = await api.Admin.GetAsync("/api/v1/templates/release");
        using var read = await api.Admin.RawAsync(HttpMethod.Get, "/api/v1/templates/release");

        using var second = await api.Admin.RawAsync(HttpMethod.Post, "/api/v1/templates/release/versions", Api.Json(new { tasks = Tasks[..1], parameters = Parameters, description = "without the test" }), ("If-Match", read.Headers.ETag!.ToString()));
        using var stale = await api.Admin.RawAsync(HttpMethod.Post, "/api/v1/templates/release/versions", Api.Json(new { tasks = Tasks, parameters = Parameters }), ("If-Match", read.Headers.ETag!.ToString()));

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.PreconditionFailed], [second.StatusCode, stale.StatusCode]);
        Assert.Equal(first.GetRawText(), (await api.Admin.GetAsync("/api/v1/templates/release/versions/1")).GetRawText());
        Assert.Equal([2, 1], (await api.Admin.GetAsync("/api/v1/templates/release/versions")).Items().Select(v => v.GetProperty("version").GetInt32()));
        Assert.Equal("without the test", Assert.Single((await api.Admin.GetAsync("/api/v1/templates")).Items()).Text("description"));
        await api.Admin.GetAsync("/api/v1/templates/release/versions/3", HttpStatusCode.NotFound);
    }

    [Theory, Databases]
    public async Task TwoVersionsAreCompared(string database)
    {
        await using var api = await WithTemplateAsync(database);
        object[] changed = [new { type = "deploy", appId = "${app}", name = "roll out" }, new { type = "custom", id = "notify", payload = new { command = "./notify" } }];
        await api.Admin.PostAsync("/api/v1/templates/release/versions", new { tasks = changed, parameters = Parameters[..1] }, HttpStatusCode.Created);

        var difference = await api.Admin.GetAsync("/api/v1/templates/release/versions/1/compare/2");

        var tasks = difference.GetProperty("tasks");
        Assert.Equal("notify", Assert.Single(tasks.GetProperty("added").EnumerateArray()).Text("id"));
        Assert.Equal("smoke", Assert.Single(tasks.GetProperty("removed").EnumerateArray()).Text("id"));
        Assert.Equal("""{"id":"${app}-deploy","fields":[{"field":"name","after":"roll out"}]}""", Assert.Single(tasks.GetProperty("changed").EnumerateArray()).GetRawText());
        Assert.Equal("""{"field":"mode","before":{"name":"mode","default":"fast","description":"How thorough it is","required":false}}""", Assert.Single(difference.GetProperty("parameters").EnumerateArray()).GetRawText());
    }

    [Theory, Databases]
    public async Task TheGraphOfADeploymentBecomesATemplateOfTheSameGraph(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        await AppAsync(api, "shop");
        var id = (await api.Admin.PostAsync("/api/v1/deployments", new { applicationIds = new[] { "shop" }, autoStart = false }, HttpStatusCode.Created)).Text("id");
        await api.Admin.PostAsync($"/api/v1/deployments/{id}/tasks", new { type = "custom", id = "smoke", blockBy = "shop-deploy", blocks = "shop-health_check", payload = new { command = new[] { "./smoke", "${URL}" } } }, HttpStatusCode.Created);
        var graph = (await api.Admin.GetAsync($"/api/v1/deployments/{id}/workflow")).GetProperty("tasks");

        var saved = await api.Admin.PostAsync("/api/v1/templates", new { name = "release", deployment = id }, HttpStatusCode.Created);
        Assert.Contains("$${URL}", saved.GetRawText(), StringComparison.Ordinal);
        await api.Admin.PostAsync($"/api/v1/deployments/{id}/cancel", null, HttpStatusCode.OK);
        var again = await DeployAsync(api, new { template = saved.Text("id") });

        Assert.Equal(Shape(graph), Shape(again.GetProperty("tasks")));
        await api.Admin.DeleteAsync("/api/v1/templates/release");
        await api.Admin.GetAsync("/api/v1/templates/release", HttpStatusCode.NotFound);
        Assert.Equal(["CreateTemplate", "DeleteTemplate"], (await api.Admin.GetAsync("/api/v1/audit")).Items().Select(e => e.Text("action")).Where(a => a.Contains("Template", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task TheStepsOfAStrategyAreNoPartOfTheTemplate()
    {
        await using var api = await ApiServer.StartAsync();
        await AppAsync(api, "shop");
        object[] canary = [new { canaryRatio = 0.1, batchInterval = 60 }, new { canaryRatio = 1 }];
        var first = await DeployAsync(api, new { applicationIds = new[] { "shop" }, strategy = canary, autoStart = false });
        Assert.Equal(2, first.GetProperty("tasks").EnumerateArray().Count(t => t.Text("type") == "deploy"));

        var saved = await api.Admin.PostAsync("/api/v1/templates", new { name = "release", deployment = first.Text("id") }, HttpStatusCode.Created);
        Assert.Equal(["shop-prepare", "shop-build", "shop-test", "shop-deploy", "shop-health_check"], saved.GetProperty("tasks").EnumerateArray().Select(t => t.Text("id")));
        Assert.Equal("shop-deploy", saved.GetProperty("tasks")[4].Text("blockBy"));
        await api.Admin.PostAsync($"/api/v1/deployments/{first.Text("id")}/cancel", null, HttpStatusCode.OK);
        var again = await DeployAsync(api, new { template = "release", strategy = canary, autoStart = false });

        Assert.Equal(Graph(first), Graph(again));

        static IEnumerable<string> Graph(JsonElement deployment) => deployment.GetProperty("tasks").EnumerateArray().Select(t => $"{t.Text("id")} {t.Text("type")} after {t.Text("blockBy")}");
    }

    [Theory]
    [InlineData("parameters.app", """{"template": "release"}""")]
    [InlineData("parameters.other", """{"template": "release", "parameters": {"app": "shop", "other": "x"}}""")]
    [InlineData("parameters.mode", """{"template": "release", "parameters": {"app": "shop", "mode": "${app}"}}""")]
    [InlineData("parameters.mode", """{"template": "release", "parameters": {"app": "shop", "mode": "a\nb"}}""")]
    [InlineData("tasks[1].blockBy", """{"template": "release", "parameters": {"app": "shop,other"}}""")]
    [InlineData("template", """{"template": "release@new", "parameters": {"app": "shop"}}""")]
    [InlineData("tasks", """{"template": "release", "parameters": {"app": "shop"}, "tasks": [{"type": "deploy", "appId": "shop"}]}""")]
    [InlineData("parameters", """{"applicationIds": ["shop"], "parameters": {"app": "shop"}}""")]
    [InlineData("tasks[0].appId,tasks[1].appId", """{"template": "release", "applicationIds": ["shop"], "parameters": {"app": "other"}}""")]
    public async Task WhatATemplateCannotBeStartedWithIsRefusedByItsField(string fields, string body)
    {
        await using var api = await WithTemplateAsync("sqlite");
        await AppAsync(api, "other");

        var problem = await api.Admin.PostAsync("/api/v1/deployments", JsonDocument.Parse(body).RootElement, HttpStatusCode.BadRequest);

        Assert.Equal(fields, string.Join(',', problem.RefusedFields()));
        await api.Admin.PostAsync("/api/v1/deployments?dryRun=true", JsonDocument.Parse(body).RootElement, HttpStatusCode.BadRequest);
        Assert.Empty((await api.Admin.GetAsync("/api/v1/deployments")).Items());
    }

    [Theory]
    [InlineData("name", """{"name": "NO", "tasks": [{"type": "deploy", "appId": "a"}]}""")]
    [InlineData("tasks", """{"name": "t"}""")]
    [InlineData("tasks", """{"name": "t", "tasks": []}""")]
    [InlineData("parameters[0].name", """{"name": "t", "parameters": [{"name": "a b"}], "tasks": [{"type": "deploy", "appId": "a"}]}""")]
    [InlineData("parameters[1].name", """{"name": "t", "parameters": [{"name": "a"}, {"name": "A"}], "tasks": [{"type": "deploy", "appId": "a"}]}""")]
    [InlineData("parameters[0]", """{"name": "t", "parameters": [{"name": "a", "default": "x", "required": true}], "tasks": [{"type": "deploy", "appId": "a"}]}""")]
    [InlineData("tasks[0]", """{"name": "t", "tasks": [{"type": "deploy", "appId": "${app}"}]}""")]
    [InlineData("tasks[0].payload", """{"name": "t", "tasks": [{"type": "custom"}]}""")]
    [InlineData("tasks[0].appId", """{"name": "t", "tasks": [{"type": "deploy", "appId": "NO"}]}""")]
    [InlineData("tasks.a", """{"name": "t", "tasks": [{"type": "custom", "id": "a", "blockBy": "ghost", "payload": {"command": "true"}}]}""")]
    public async Task WhatIsNoTemplateIsRefusedByItsField(string field, string body)
    {
        await using var api = await ApiServer.StartAsync();

        var problem = await api.Admin.PostAsync("/api/v1/templates", JsonDocument.Parse(body).RootElement, HttpStatusCode.BadRequest);

        Assert.Equal([field], problem.RefusedFields());
        Assert.Empty((await api.Admin.GetAsync("/api/v1/templates")).Items());
    }

    [Fact]
    public async Task ACycleIsToldWhenTheTemplateIsSaved()
    {
        await using var api = await ApiServer.StartAsync();
        object[] tasks = [new { type = "custom", id = "${a}", blockBy = "b", payload = new { command = "true" } }, new { type = "custom", id = "b", blockBy = "${a}", payload = new { command = "true" } }];

        var problem = await api.Admin.PostAsync("/api/v1/templates", new { name = "t", parameters = new[] { new { name = "a", required = true } }, tasks }, HttpStatusCode.BadRequest);

        Assert.Equal("graph_cycle", problem.Text("code"));
        Assert.Contains("a → b → a", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task ATemplateIsOfItsProject(string database)
    {
        await using var api = await WithTemplateAsync(database);
        await api.Admin.PostAsync("/api/v1/environments", new { name = "production", project = "second" }, HttpStatusCode.Created);
        var stranger = await api.UserAsync("eve", Role.Developer, "second");
        var viewer = await api.UserAsync("vera", Role.Viewer);

        Assert.Empty((await stranger.GetAsync("/api/v1/templates")).Items());
        await stranger.GetAsync("/api/v1/templates/release", HttpStatusCode.NotFound);
        await stranger.DeleteAsync("/api/v1/templates/release", HttpStatusCode.NotFound);
        await viewer.GetAsync("/api/v1/templates/release");
        await viewer.DeleteAsync("/api/v1/templates/release", HttpStatusCode.Forbidden);
        await api.Admin.PostAsync("/api/v1/templates", new { name = "release", tasks = Tasks, parameters = Parameters }, HttpStatusCode.Conflict);

        var theirs = await stranger.PostAsync("/api/v1/templates", new { name = "release", project = "second", tasks = Tasks, parameters = Parameters }, HttpStatusCode.Created);
        Assert.Equal(["template"], (await api.Admin.GetAsync("/api/v1/templates/release", HttpStatusCode.BadRequest)).RefusedFields());
        Assert.Equal("second", (await api.Admin.GetAsync("/api/v1/templates/" + theirs.Text("id"))).Text("project"));
        Assert.Equal("second", Assert.Single((await stranger.GetAsync("/api/v1/templates")).Items()).Text("project"));
        await api.Admin.PostAsync("/api/v1/deployments", new { template = "release", applicationIds = new[] { "shop" }, parameters = new { app = "shop" }, autoStart = false }, HttpStatusCode.Created);
    }

    private static IEnumerable<string> Shape(JsonElement tasks) => tasks.EnumerateArray().Select(t =>
        $"{t.Text("id")} {t.Text("name")} {t.Text("type")} after {(t.TryGetProperty("blockBy", out var after) ? after.GetString() : "")} {(t.TryGetProperty("payload", out var payload) ? payload.GetRawText() : "")}");

    private static async Task<JsonElement> DeployAsync(ApiServer api, object request)
    {
        var created = await api.Admin.PostAsync("/api/v1/deployments", request, HttpStatusCode.Created);
        return created.GetProperty("deployments")[0];
    }

    private static Task<JsonElement> AppAsync(ApiServer api, string id) =>
        api.Admin.PostAsync("/api/v1/apps", new { id, source = new { embedded = true } }, HttpStatusCode.Created);

    private static async Task<ApiServer> WithTemplateAsync(string database)
    {
        var api = await ApiServer.StartAsync(database);
        await AppAsync(api, "shop");
        await api.Admin.PostAsync("/api/v1/templates", new { name = "release", parameters = Parameters, tasks = Tasks }, HttpStatusCode.Created);
        return api;
    }
}
