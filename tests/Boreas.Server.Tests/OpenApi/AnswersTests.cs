using System.Net.WebSockets;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Jobs;

namespace Boreas.Server.Tests.OpenApi;

/// <summary>What is answered is what the document says is answered.</summary>
public class AnswersTests
{
    [Fact]
    public async Task OfPeopleFit()
    {
        await using var api = await ApiServer.StartAsync();
        var admin = await Described.ByAsync(api, api.Admin);

        await admin.FitsAsync("post", "/api/v1/apps", new { id = "shop", source = new { embedded = true }, variables = new { MODE = "test" } });
        await admin.FitsAsync("patch", "/api/v1/apps/shop", new { replicas = 2, variables = (object?)null });
        await admin.FitsAsync("get", "/api/v1/apps/shop");
        await admin.FitsAsync("get", "/api/v1/apps");
        await admin.FitsAsync("put", "/api/v1/secrets/shop/KEY", new { value = "v" });
        await admin.FitsAsync("get", "/api/v1/secrets/shop");
        await admin.FitsAsync("post", "/api/v1/registries", new { name = "hub", host = "hub.example" });
        await admin.FitsAsync("post", "/api/v1/tokens", new { name = "ci", role = Role.Developer });
        await admin.FitsAsync("get", "/api/v1/tokens");
        await admin.FitsAsync("get", "/api/v1/me");
        await admin.FitsAsync("get", "/api/v1/users");
        await admin.FitsAsync("post", "/api/v1/groups", new { name = "ops" });
        await admin.FitsAsync("put", "/api/v1/groups/ops/members/admin");
        await admin.FitsAsync("get", "/api/v1/groups");
        await admin.FitsAsync("get", "/api/v1/groups/ops");
        await admin.FitsAsync("delete", "/api/v1/groups/ops/members/admin");
        await admin.FitsAsync("delete", "/api/v1/groups/ops");
        await admin.FitsAsync("get", "/api/v1/environments");
        await admin.FitsAsync("get", "/api/v1/audit");
        await admin.FitsAsync("get", "/api/v1/routes");
        await admin.FitsAsync("get", "/healthz");
        await admin.FitsAsync("get", "/api/v1/apps/none");
        await admin.FitsAsync("post", "/api/v1/apps", new { id = "NO" });
    }

    [Fact]
    public async Task OfADeploymentFit()
    {
        await using var api = await ApiServer.StartAsync();
        var admin = await Described.ByAsync(api, api.Admin);
        var runner = await Described.ByAsync(api, await api.MachineAsync(TokenKind.Runner));
        var claim = new ClaimRequest("test", ["linux", "podman", "docker", "process", "git"], WaitSeconds: 20);

        await admin.FitsAsync("post", "/api/v1/apps", new { id = "shop", source = new { embedded = true } });
        await admin.FitsAsync("post", "/api/v1/deployments?dryRun=true", new { applicationIds = new[] { "shop" } });
        var id = (await admin.FitsAsync("post", "/api/v1/deployments", new { applicationIds = new[] { "shop" } })).Text("id");
        var job = BoreasJson.Read<ClaimedJob>(await runner.FitsAsync("post", "/deploy/jobs/claim", claim));
        await runner.FitsAsync("post", $"/deploy/jobs/{job.JobId}/heartbeat", new { job.Lease, job.Epoch });
        await runner.FitsAsync("post", $"/deploy/jobs/{job.JobId}/logs", new LogsRequest(job.Lease, job.Epoch, 0, [new LogLine(DateTimeOffset.UnixEpoch, LogLevel.Warn, "a line")]));
        await runner.FitsAsync("post", $"/deploy/jobs/{job.JobId}/report", new ReportRequest(job.Lease, job.Epoch, JobOutcome.Failed, Failure: new JobFailure(FailureKind.Failed, "build_failed", "It did not build.")));

        await admin.FitsAsync("get", "/api/v1/deployments/" + id);
        await admin.FitsAsync("get", "/api/v1/deployments?status=failed");
        await admin.FitsAsync("get", $"/api/v1/deployments/{id}/events");
        await admin.FitsAsync("get", $"/api/v1/deployments/{id}/tasks");
        await admin.FitsAsync("get", $"/api/v1/deployments/{id}/tasks/{job.TaskId}/logs");
        await admin.FitsAsync("get", $"/api/v1/deployments/{id}/tasks/{job.TaskId}/logs?follow=true");
        await admin.FitsAsync("post", $"/api/v1/deployments/{id}/cancel", new { });
        await admin.FitsAsync("post", $"/api/v1/deployments/{id}/resume", new { reason = "again" });
        await admin.FitsAsync("get", "/api/v1/versions");
        await admin.FitsAsync("get", "/api/v1/runners");
    }

    [Fact]
    public async Task OfEditsFit()
    {
        await using var api = await ApiServer.StartAsync();
        var admin = await Described.ByAsync(api, api.Admin);
        await admin.FitsAsync("post", "/api/v1/apps", new { id = "shop", source = new { embedded = true } });
        var id = (await admin.FitsAsync("post", "/api/v1/deployments", new { applicationIds = new[] { "shop" }, autoStart = false })).Text("id");

        var graph = await admin.FitsAsync("get", $"/api/v1/deployments/{id}/workflow");
        await admin.FitsAsync("put", $"/api/v1/deployments/{id}/workflow", graph);
        await admin.FitsAsync("post", $"/api/v1/deployments/{id}/tasks", new { type = "custom", id = "smoke", blocks = "shop-test", payload = new { command = "true" } });
        await admin.FitsAsync("patch", $"/api/v1/deployments/{id}/tasks/smoke", new { name = "smoke test" });
        await admin.FitsAsync("get", $"/api/v1/deployments/{id}/tasks/smoke");
        await admin.FitsAsync("delete", $"/api/v1/deployments/{id}/tasks/smoke");
        await admin.FitsAsync("put", $"/api/v1/deployments/{id}/workflow", new { tasks = Array.Empty<object>() });
    }

    [Fact]
    public async Task OfTemplatesFit()
    {
        await using var api = await ApiServer.StartAsync();
        var admin = await Described.ByAsync(api, api.Admin);
        await admin.FitsAsync("post", "/api/v1/apps", new { id = "shop", source = new { embedded = true } });
        var template = new { name = "release", parameters = new[] { new { name = "app", required = true } }, tasks = new[] { new { type = "deploy", appId = "${app}" } } };

        await admin.FitsAsync("post", "/api/v1/templates", template);
        await admin.FitsAsync("post", "/api/v1/templates/release/versions", new { template.parameters, template.tasks, description = "the same" });
        await admin.FitsAsync("get", "/api/v1/templates");
        await admin.FitsAsync("get", "/api/v1/templates/release");
        await admin.FitsAsync("get", "/api/v1/templates/release/versions");
        await admin.FitsAsync("get", "/api/v1/templates/release/versions/1");
        await admin.FitsAsync("get", "/api/v1/templates/release/versions/1/compare/2");
        await admin.FitsAsync("post", "/api/v1/deployments", new { template = "release", parameters = new { app = "shop" } });
        await admin.FitsAsync("delete", "/api/v1/templates/release");
    }

    [Fact]
    public async Task OfAgentsAndGatewaysFit()
    {
        await using var api = await ApiServer.StartAsync();
        var admin = await Described.ByAsync(api, api.Admin);
        var agent = await Described.ByAsync(api, await api.MachineAsync(TokenKind.Agent));
        var gateway = await Described.ByAsync(api, await api.MachineAsync(TokenKind.Gateway));

        await agent.FitsAsync("post", "/nodes/heartbeat", new { node = "one", url = "http://127.0.0.1:1", engine = "process", key = Convert.ToBase64String(new byte[32]), labels = Array.Empty<string>(), capacity = 1, version = "1", instances = Array.Empty<object>() });
        await gateway.FitsAsync("get", "/gateway/routes?gateway=front&after=-1");
        await gateway.FitsAsync("post", "/gateway/status", new { gateway = "front", version = 0, instances = Array.Empty<object>() });
        await admin.FitsAsync("get", "/api/v1/nodes");
        await admin.FitsAsync("get", "/api/v1/routes");
    }

    [Fact]
    public async Task OfTheLiveFeedFit()
    {
        await using var api = await ApiServer.StartAsync();
        var document = await api.Admin.GetAsync("/openapi/v1.json");
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { embedded = true } }, System.Net.HttpStatusCode.Created);
        await api.Admin.PostAsync("/api/v1/deployments", new { applicationIds = new[] { "shop" } }, System.Net.HttpStatusCode.Created);
        var schema = SchemaCheck.Resolve(document, "#/paths/~1api~1v1~1live/get/responses/101/content/application~1json/schema");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + api.First.Token);
        await socket.ConnectAsync(new UriBuilder(api.Address) { Scheme = "ws", Path = "/api/v1/live", Query = "since=0" }.Uri, CancellationToken.None);

        foreach (var type in (string[])["hello", "event"])
        {
            var message = await ReadAsync(socket);
            Assert.Equal(type, message.Text("type"));
            Assert.Empty(SchemaCheck.Problems(document, schema, message));
        }
    }

    [Fact]
    public async Task TheCheckSeesWhatDoesNotFit()
    {
        await using var api = await ApiServer.StartAsync();
        var document = await api.Admin.GetAsync("/openapi/v1.json");
        var schema = SchemaCheck.Resolve(document, "#/components/schemas/TaskLogLine");

        var problems = SchemaCheck.Problems(document, schema, JsonSerializer.SerializeToElement(new { sequence = "1", attempt = 1, timestamp = "today", level = "Warn", more = true }));

        Assert.Equal(["$.message", "$.sequence", "$.timestamp", "$.level", "$.more"], problems.Select(p => p.Split(' ')[0]));
    }

    private static async Task<JsonElement> ReadAsync(ClientWebSocket socket)
    {
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, CancellationToken.None);
            text.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonDocument.Parse(text.ToArray()).RootElement;
    }
}
