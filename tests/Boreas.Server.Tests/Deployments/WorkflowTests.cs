using System.Net;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Runs;

namespace Boreas.Server.Tests.Deployments;

public class WorkflowTests
{
    private static readonly TaskInput Smoke = new(RunTaskType.Custom, Id: "smoke", Name: "smoke test", Payload: BoreasJson.ToElement(new { command = new[] { "./smoke", "--fast" } }), TimeoutSeconds: 60, MaxAttempts: 1);

    [Theory, Databases]
    public async Task TheWholeGraphIsReplaced(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var path = await PendingAsync(api);
        var graph = await ReadAsync(api.Admin, path);
        Assert.Equal((1, true), (graph.Version, graph.Editable));

        TaskInput[] edited = [Smoke, .. graph.Tasks.Where(t => t.Type != RunTaskType.Test).Select(t => t.Type == RunTaskType.Deploy ? t with { Name = "roll out", BlockBy = "shop-build,smoke" } : t)];
        var saved = await api.Admin.PutAsync(path + "/workflow", new { tasks = edited.Select((t, i) => t with { Order = i + 1 }) }, HttpStatusCode.OK);

        Assert.Equal((true, "Tasks: 1 added, 1 deleted, 3 changed."), (saved.GetProperty("success").GetBoolean(), saved.Text("message")));
        var after = await ReadAsync(api.Admin, path);
        Assert.Equal((2, "smoke, shop-prepare, shop-build, shop-deploy, shop-health_check"), (after.Version, string.Join(", ", after.Tasks.Select(t => t.Id))));
        Assert.Equal(("roll out", "shop-build,smoke"), (after.Tasks[3].Name, after.Tasks[3].BlockBy));
        Assert.Equal(["pending", "pending", "blocked", "blocked", "blocked"], (await api.Admin.GetAsync(path)).GetProperty("tasks").EnumerateArray().Select(t => t.Text("status")));
    }

    [Theory, Databases]
    public async Task TheSameGraphAgainChangesNothing(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var path = await PendingAsync(api);

        var saved = await api.Admin.PutAsync(path + "/workflow", await ReadAsync(api.Admin, path), HttpStatusCode.OK);

        Assert.Equal("Nothing changed.", saved.Text("message"));
        Assert.Equal(1, (await ReadAsync(api.Admin, path)).Version);
    }

    [Theory, Databases]
    public async Task AGraphThatSomebodyElseHasEditedIsNotOverwritten(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var path = await PendingAsync(api);
        using var read = await api.Admin.RawAsync(HttpMethod.Get, path + "/tasks/shop-test");
        var tag = read.Headers.ETag!.ToString();

        using var first = await api.Admin.RawAsync(HttpMethod.Patch, path + "/tasks/shop-test", Api.Json(new { name = "quick test" }), ("If-Match", tag));
        using var second = await api.Admin.RawAsync(HttpMethod.Delete, path + "/tasks/shop-test", null, ("If-Match", tag));
        using var third = await api.Admin.RawAsync(HttpMethod.Delete, path + "/tasks/shop-test", null, ("If-Match", first.Headers.ETag!.ToString()));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.PreconditionFailed, HttpStatusCode.NoContent], [first.StatusCode, second.StatusCode, third.StatusCode]);
    }

    [Theory, Databases]
    public async Task TasksAreAddedChangedAndDeletedOneByOne(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var path = await PendingAsync(api);

        var added = await api.Admin.PostAsync(path + "/tasks", new { type = "custom", id = "smoke", name = "smoke test", blockBy = "shop-deploy", blocks = "shop-health_check", payload = new { command = new[] { "./smoke" } }, requireConfirm = true, timeoutSeconds = 60, maxAttempts = 1 }, HttpStatusCode.Created);
        Assert.Equal(("smoke", "blocked", "shop-deploy", 60, 1, true), (added.Text("id"), added.Text("status"), added.Text("blockBy"), added.GetProperty("timeoutSeconds").GetInt32(), added.GetProperty("maxAttempts").GetInt32(), added.GetProperty("requireConfirm").GetBoolean()));
        Assert.Equal("shop-deploy,smoke", (await api.Admin.GetAsync(path + "/tasks/shop-health_check")).Text("blockBy"));
        await api.Admin.PostAsync(path + "/tasks", Smoke, HttpStatusCode.Conflict);

        var changed = await api.Admin.PatchAsync(path + "/tasks/smoke", new { name = "smoke", order = 1, blockBy = "", payload = new { command = "./smoke --fast" } }, HttpStatusCode.OK);
        Assert.Equal(("smoke", "waiting_confirm", ""), (changed.Text("name"), changed.Text("status"), changed.Text("blockBy")));
        Assert.Equal("smoke", (await ReadAsync(api.Admin, path)).Tasks[0].Id);

        await api.Admin.DeleteAsync(path + "/tasks/shop-build");
        Assert.Equal("shop-prepare", (await api.Admin.GetAsync(path + "/tasks/shop-test")).Text("blockBy"));
        await api.Admin.DeleteAsync(path + "/tasks/shop-build", HttpStatusCode.NotFound);
        Assert.Contains((await api.Admin.GetAsync("/api/v1/audit")).Items(), e => (e.Text("action"), e.Text("target")) == ("DeleteTask", "deployment/" + path.Split('/')[^1]));
    }

    [Theory, Databases]
    public async Task ACommandThatWasAddedIsGivenToARunner(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var path = await PendingAsync(api);
        await api.Admin.PutAsync(path + "/workflow", new WorkflowInput([Smoke]), HttpStatusCode.OK);
        await api.Admin.PostAsync(path + "/start", null, HttpStatusCode.OK);

        var job = await ClaimAsync(await api.MachineAsync(TokenKind.Runner));

        Assert.Equal(("smoke", "command"), (job.TaskId, job.Executor));
        Assert.Equal("""["./smoke","--fast"]""", job.Work.GetProperty("command").GetRawText());
    }

    [Theory, Databases]
    public async Task WhileItWaitsForAPersonWhatHasStartedStaysAsItIs(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var path = await WaitingAsync(api);
        var graph = await ReadAsync(api.Admin, path);

        Assert.Equal(["first", "gate", "last"], graph.Tasks.Select(t => t.Id));
        Assert.Equal("state_conflict", (await api.Admin.DeleteAsync(path + "/tasks/first", HttpStatusCode.Conflict)).Text("code"));
        Assert.Contains("'first' is successful", (await api.Admin.PatchAsync(path + "/tasks/first", new { name = "other" }, HttpStatusCode.Conflict)).Text("detail"), StringComparison.Ordinal);
        await api.Admin.PostAsync(path + "/tasks", new { type = "custom", id = "more", blockBy = "gate", blocks = "last", payload = new { command = "true" } }, HttpStatusCode.Created);
        await api.Admin.PostAsync(path + "/confirm", null, HttpStatusCode.OK);
        Assert.Equal(["gate", "more", "last"], [await WorkAsync(api), await WorkAsync(api), await WorkAsync(api)]);
        Assert.Equal("success", (await api.Admin.GetAsync(path)).Text("status"));
        Assert.False((await ReadAsync(api.Admin, path)).Editable);
    }

    [Theory, Databases]
    public async Task WhileTasksRunTheStateIsNamed(string database)
    {
        await using var api = await ApiServer.StartAsync(database);
        var path = await PendingAsync(api);
        await api.Admin.PostAsync(path + "/start", null, HttpStatusCode.OK);

        var problem = await api.Admin.PutAsync(path + "/workflow", new WorkflowInput([Smoke]), HttpStatusCode.Conflict);

        Assert.Equal("state_conflict", problem.Text("code"));
        Assert.Contains("The deployment is running and cannot be edited", problem.Text("detail"), StringComparison.Ordinal);
        await api.Admin.PostAsync(path + "/tasks", Smoke, HttpStatusCode.Conflict);
        await api.Admin.PatchAsync(path + "/tasks/shop-test", new { name = "x" }, HttpStatusCode.Conflict);
        await api.Admin.DeleteAsync(path + "/tasks/shop-test", HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task ACycleIsRefusedWithItsPathAndNothingChanges()
    {
        await using var api = await ApiServer.StartAsync();
        var path = await PendingAsync(api);

        var problem = await api.Admin.PatchAsync(path + "/tasks/shop-build", new { blockBy = "shop-health_check" }, HttpStatusCode.BadRequest);

        Assert.Equal("graph_cycle", problem.Text("code"));
        Assert.Contains("shop-build → shop-health_check → shop-deploy → shop-test → shop-build", problem.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(1, (await ReadAsync(api.Admin, path)).Version);
    }

    [Theory]
    [InlineData("type", """{"type": "deploy", "id": "shop-test"}""")]
    [InlineData("appId", """{"type": "test", "id": "shop-test", "appId": "other"}""")]
    [InlineData("appId", """{"type": "deploy"}""")]
    [InlineData("appId", """{"type": "deploy", "appId": "theirs"}""")]
    [InlineData("payload", """{"type": "build", "appId": "shop", "payload": {"x": 1}}""")]
    [InlineData("payload", """{"type": "custom"}""")]
    [InlineData("payload", """{"type": "test", "id": "shop-test", "payload": {"command": ["rm"]}}""")]
    [InlineData("id", """{"type": "custom", "id": "a/b", "payload": {"command": "true"}}""")]
    [InlineData("maxAttempts", """{"type": "custom", "maxAttempts": 99, "payload": {"command": "true"}}""")]
    public async Task WhatATaskCannotBeIsRefusedByItsField(string field, string task)
    {
        await using var api = await ApiServer.StartAsync();
        var path = await PendingAsync(api);

        var problem = await api.Admin.PutAsync(path + "/workflow", JsonDocument.Parse($$"""{"tasks": [{{task}}]}""").RootElement, HttpStatusCode.BadRequest);

        Assert.Equal([$"tasks[0].{field}"], problem.RefusedFields());
    }

    [Fact]
    public async Task ConfirmationsAreLiftedByApproversOnly()
    {
        await using var api = await ApiServer.StartAsync();
        var path = await WaitingAsync(api);
        var developer = await api.UserAsync("dan", Role.Developer);

        var refused = await developer.DeleteAsync(path + "/tasks/gate", HttpStatusCode.Forbidden);
        Assert.Contains("without the confirmation", refused.Text("detail"), StringComparison.Ordinal);
        await developer.PatchAsync(path + "/tasks/gate", new { requireConfirm = false }, HttpStatusCode.Forbidden);
        await developer.PatchAsync(path + "/tasks/last", new { blockBy = "first" }, HttpStatusCode.Forbidden);
        await developer.PatchAsync(path + "/tasks/last", new { name = "the last" }, HttpStatusCode.OK);
        await (await api.UserAsync("ada", Role.Approver)).DeleteAsync(path + "/tasks/gate");
    }

    [Fact]
    public async Task WhatTheDeploymentWantsConfirmedStaysSo()
    {
        await using var api = await ApiServer.StartAsync();
        var path = await PendingAsync(api, manualApproval: true);

        var problem = await api.Admin.PatchAsync(path + "/tasks/shop-deploy", new { requireConfirm = false }, HttpStatusCode.BadRequest);
        Assert.Equal(["requireConfirm"], problem.RefusedFields());
        var added = await api.Admin.PostAsync(path + "/tasks", new { type = "deploy", appId = "shop" }, HttpStatusCode.Created);
        Assert.Equal(("shop-deploy-2", true), (added.Text("id"), added.GetProperty("requireConfirm").GetBoolean()));
    }

    [Fact]
    public async Task OthersDeploymentsAnswerLikeMissingOnes()
    {
        await using var api = await ApiServer.StartAsync();
        var path = await PendingAsync(api);
        await api.Admin.PostAsync("/api/v1/environments", new { name = "production", project = "second" }, HttpStatusCode.Created);
        var stranger = await api.UserAsync("eve", Role.Admin, "second");
        var viewer = await api.UserAsync("vera", Role.Viewer);

        await stranger.GetAsync(path + "/workflow", HttpStatusCode.NotFound);
        await stranger.PutAsync(path + "/workflow", new WorkflowInput([Smoke]), HttpStatusCode.NotFound);
        await stranger.DeleteAsync(path + "/tasks/shop-test", HttpStatusCode.NotFound);
        await viewer.GetAsync(path + "/workflow");
        await viewer.PutAsync(path + "/workflow", new WorkflowInput([Smoke]), HttpStatusCode.Forbidden);
    }

    private static async Task<Workflow> ReadAsync(Api api, string path) => BoreasJson.Read<Workflow>(await api.GetAsync(path + "/workflow"));

    private static async Task<string> PendingAsync(ApiServer api, bool manualApproval = false)
    {
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { embedded = true } }, HttpStatusCode.Created);
        var created = await api.Admin.PostAsync("/api/v1/deployments", new { applicationIds = new[] { "shop" }, autoStart = false, manualApproval }, HttpStatusCode.Created);
        return "/api/v1/deployments/" + created.Text("id");
    }

    /// <summary>A deployment of which the first task is done, and the second waits for a person.</summary>
    private static async Task<string> WaitingAsync(ApiServer api)
    {
        var path = await PendingAsync(api);
        TaskInput[] tasks = [Smoke with { Id = "first" }, Smoke with { Id = "gate", BlockBy = "first", RequireConfirm = true }, Smoke with { Id = "last", BlockBy = "gate" }];
        await api.Admin.PutAsync(path + "/workflow", new WorkflowInput(tasks), HttpStatusCode.OK);
        await api.Admin.PostAsync(path + "/start", null, HttpStatusCode.OK);
        Assert.Equal("first", await WorkAsync(api));
        Assert.Equal("waiting_confirm", (await api.Admin.GetAsync(path)).Text("status"));
        return path;
    }

    private static async Task<ClaimedJob> ClaimAsync(Api runner) =>
        BoreasJson.Read<ClaimedJob>(await runner.PostAsync("/deploy/jobs/claim", new ClaimRequest("test", ["linux", "podman", "docker", "process", "git"], WaitSeconds: 20), HttpStatusCode.OK));

    /// <summary>Does the next task, and says which it was.</summary>
    private static async Task<string> WorkAsync(ApiServer api)
    {
        var runner = await api.MachineAsync(TokenKind.Runner);
        var job = await ClaimAsync(runner);
        await runner.PostAsync($"/deploy/jobs/{job.JobId}/report", new ReportRequest(job.Lease, job.Epoch, JobOutcome.Succeeded), HttpStatusCode.NoContent);
        return job.TaskId;
    }
}
