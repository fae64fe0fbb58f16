using System.Net;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Server.Nodes;
using Dapper;

namespace Boreas.Server.Tests.Nodes;

/// <summary>A server with nodes and a runner that the test plays: agents send heartbeats when it says so, and jobs end as it says.</summary>
internal sealed class TestFleet : IAsyncDisposable
{
    private static readonly string Key = Convert.ToBase64String(new byte[32]);
    private readonly Api _agent;
    private readonly Api _runner;
    private string _deployment = "";

    private TestFleet(ApiServer api, Api agent, Api runner) => (Api, _agent, _runner) = (api, agent, runner);

    public ApiServer Api { get; }

    public static async Task<TestFleet> StartAsync(string database = "sqlite")
    {
        var api = await ApiServer.StartAsync(database);
        return new TestFleet(api, await api.MachineAsync(TokenKind.Agent), await api.MachineAsync(TokenKind.Runner));
    }

    /// <summary>What the node is told to remove.</summary>
    public async Task<NodeInstructions> HeartbeatAsync(string node, int capacity = 10, params InstanceStatus[] instances) =>
        BoreasJson.Read<NodeInstructions>(await _agent.PostAsync("/nodes/heartbeat", new NodeHeartbeat(node, $"http://{node}:5090", "podman", Key, [], capacity, "1", instances), HttpStatusCode.OK));

    /// <summary>The node was heard of last when its time was just over.</summary>
    public async Task LoseAsync(string node)
    {
        await using var connection = await Api.Database.OpenAsync(CancellationToken.None);
        await connection.ExecuteAsync("update nodes set seen_at = seen_at - @limit where name = @node", new { node, limit = (long)NodeRegistry.LostAfter.TotalMicroseconds });
    }

    /// <summary>Asks for a deployment of an image.</summary>
    public async Task RequestAsync(string app, int replicas)
    {
        await Api.Admin.PostAsync("/api/v1/apps", new { id = app, source = new { image = "hub.example/shop:1" }, replicas }, HttpStatusCode.Created);
        _deployment = (await Api.Admin.PostAsync("/api/v1/deployments", new { applicationIds = new[] { app } }, HttpStatusCode.Created)).Text("id");
    }

    /// <summary>The deploy job of a new deployment, claimed.</summary>
    public async Task<DeployWork> DeployJobAsync(string app, int replicas)
    {
        await RequestAsync(app, replicas);
        await ReportNextAsync(ExecutorNames.Checkout);
        return BoreasJson.Read<DeployWork>((await ClaimAsync()).Work);
    }

    public async Task<ClaimedJob> ClaimAsync() => await TryClaimAsync(wait: 20) ?? throw new InvalidOperationException("there is no job");

    public async Task<ClaimedJob?> TryClaimAsync(int wait = 0)
    {
        using var answer = await _runner.RawAsync(HttpMethod.Post, "/deploy/jobs/claim", Tests.Api.Json(new ClaimRequest("test", ["linux"], WaitSeconds: wait)));
        return answer.StatusCode == HttpStatusCode.NoContent ? null : JsonSerializer.Deserialize<ClaimedJob>(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(), BoreasJson.Options);
    }

    /// <summary>Claims the next job, which has this executor, and lets it succeed.</summary>
    public async Task ReportNextAsync(string executor)
    {
        var job = await ClaimAsync();
        Assert.Equal(executor, job.Executor);
        object result = executor switch
        {
            ExecutorNames.Checkout => new CheckoutResult(new BuildPlan(BuildKind.Image, "image", [], []), Digest: "sha256:" + new string('a', 64)),
            _ => new { },
        };
        await ReportAsync(job, JobOutcome.Succeeded, result);
    }

    public Task ReportAsync(ClaimedJob job, JobFailure failure) =>
        _runner.PostAsync($"/deploy/jobs/{job.JobId}/report", new ReportRequest(job.Lease, job.Epoch, JobOutcome.Failed, Failure: failure), HttpStatusCode.NoContent);

    public async Task<JsonElement> TaskAsync(string id) => await Api.Admin.GetAsync($"/api/v1/deployments/{_deployment}/tasks/{id}");

    public ValueTask DisposeAsync() => Api.DisposeAsync();

    private Task ReportAsync(ClaimedJob job, JobOutcome outcome, object result) =>
        _runner.PostAsync($"/deploy/jobs/{job.JobId}/report", new ReportRequest(job.Lease, job.Epoch, outcome, BoreasJson.ToElement(result)), HttpStatusCode.NoContent);
}
