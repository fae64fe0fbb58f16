using System.Net;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Gateways;
using Boreas.Contracts.Jobs;
using Boreas.Server.Nodes;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace Boreas.Server.Tests.Nodes;

/// <summary>A server with nodes and a runner that the test plays: agents send heartbeats when it says so, and jobs end as it says.</summary>
internal sealed class TestFleet : IAsyncDisposable
{
    /// <summary>What every node's tickets are signed with.</summary>
    public static readonly byte[] Key = new byte[32];

    private readonly Api _agent;
    private readonly Api _runner;
    private readonly Api _gateway;

    private TestFleet(ApiServer api, Api agent, Api runner, Api gateway) => (Api, _agent, _runner, _gateway) = (api, agent, runner, gateway);

    public ApiServer Api { get; }

    private NodeWatch Watch => Api.Services.GetRequiredService<NodeWatch>();

    /// <summary>Id of the deployment that was asked for last.</summary>
    public string Deployment { get; private set; } = "";

    public static InstanceStatus Running(string id) => new(id, "shop", "production", "v1", InstanceState.Running, AddressOf(id), null, null, 0, null, [], [], null);

    public static async Task<TestFleet> StartAsync(string database = "sqlite", Func<ServerOptions, ServerOptions>? with = null)
    {
        var api = await ApiServer.StartAsync(database, with);
        return new TestFleet(api, await api.MachineAsync(TokenKind.Agent), await api.MachineAsync(TokenKind.Runner), await api.MachineAsync(TokenKind.Gateway));
    }

    /// <summary>What the node is told to remove.</summary>
    public async Task<NodeInstructions> HeartbeatAsync(string node, int capacity = 10, params InstanceStatus[] instances) =>
        BoreasJson.Read<NodeInstructions>(await _agent.PostAsync("/nodes/heartbeat", new NodeHeartbeat(node, $"http://{node}:5090", "podman", Convert.ToBase64String(Key), [], capacity, "1", instances), HttpStatusCode.OK));

    /// <summary>A gateway tells what it serves by and what is under way to an instance that is not routed to.</summary>
    /// <param name="version">Of its routes; null: the newest.</param>
    public async Task GatewayAsync(string name, long? version = null, (string Instance, int Requests)? inFlight = null)
    {
        version ??= (await Api.Admin.GetAsync("/api/v1/routes")).GetProperty("version").GetInt64();
        IReadOnlyList<InstanceTraffic> traffic = inFlight is var (instance, requests) ? [new InstanceTraffic(instance, Routed: false, requests, 1, 0, [])] : [];
        await _gateway.PostAsync("/gateway/status", new GatewayStatus(name, version.Value, traffic), HttpStatusCode.NoContent);
    }

    /// <summary>The node was heard of last when its time was just over.</summary>
    public async Task LoseAsync(string node)
    {
        await SilenceAsync(node);
        await Watch.MarkLostAsync(CancellationToken.None);
    }

    /// <summary>The same, and nobody has looked since.</summary>
    public Task SilenceAsync(string node) =>
        ExecuteAsync("update nodes set seen_at = seen_at - @limit where name = @node", new { node, limit = (long)NodeRegistry.LostAfter.TotalMicroseconds });

    public async Task ExecuteAsync(string sql, object? values = null)
    {
        await using var connection = await Api.Database.OpenAsync(CancellationToken.None);
        await connection.ExecuteAsync(sql, values);
    }

    /// <summary>Lets the control plane look after instances on nodes that are drained or lost.</summary>
    public Task LookAsync() => Watch.LookAsync(CancellationToken.None);

    public async Task<JsonElement> NodeAsync(string name) => (await Api.Admin.GetAsync("/api/v1/nodes")).Items().Single(n => n.Text("name") == name);

    /// <summary>Ids of the instances that the app's requests go to.</summary>
    public async Task<IReadOnlyList<string>> ServingAsync() =>
        [.. (await Api.Admin.GetAsync("/api/v1/routes")).GetProperty("routes").EnumerateArray().Single().GetProperty("targets").EnumerateArray().Where(t => t.GetProperty("weight").GetInt32() > 0).Select(t => t.Text("instanceId"))];

    /// <summary>Asks for a deployment of an image.</summary>
    public async Task RequestAsync(string app, int replicas)
    {
        await Api.Admin.PostAsync("/api/v1/apps", new { id = app, source = new { image = "hub.example/shop:1" }, replicas }, HttpStatusCode.Created);
        await DeployAgainAsync(app);
    }

    public async Task<string> DeployAgainAsync(string app, string? environment = null, object? strategy = null) =>
        Deployment = (await Api.Admin.PostAsync("/api/v1/deployments", new { applicationIds = new[] { app }, environment, strategy }, HttpStatusCode.Created)).Text("id");

    /// <summary>Deploys an app to its end.</summary>
    /// <returns>Its instances, by node.</returns>
    public async Task<IReadOnlyList<string>> ServeAsync(string app, int replicas)
    {
        await RequestAsync(app, replicas);
        await ReportNextAsync(ExecutorNames.Checkout);
        var deploy = await ClaimAsync();
        var start = BoreasJson.Read<DeployWork>(deploy.Work).Start;
        await RouteAsync(deploy, start);
        await SucceedAsync(deploy);
        await ReportNextAsync(ExecutorNames.HealthCheck);
        return [.. start.OrderBy(i => i.Node, StringComparer.Ordinal).Select(i => i.InstanceId)];
    }

    /// <summary>Sends the app's traffic to these instances, for the job.</summary>
    /// <returns>Their ids.</returns>
    public async Task<IReadOnlyList<string>> RouteAsync(ClaimedJob job, IReadOnlyList<InstanceTarget> instances, string environment = "production")
    {
        await _runner.PostAsync($"/deploy/jobs/{job.JobId}/routes", new RouteRequest(job.Lease, job.Epoch, job.AppId!, environment, [.. instances.Select(i => new WeightedInstance(i.InstanceId, AddressOf(i.InstanceId), 100))]), HttpStatusCode.OK);
        return [.. instances.Select(i => i.InstanceId)];
    }

    public Task SucceedAsync(ClaimedJob job, object? result = null) => ReportAsync(job, JobOutcome.Succeeded, result ?? ResultOf(job));

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
        await SucceedAsync(job);
    }

    public Task ReportAsync(ClaimedJob job, JobFailure failure) =>
        _runner.PostAsync($"/deploy/jobs/{job.JobId}/report", new ReportRequest(job.Lease, job.Epoch, JobOutcome.Failed, Failure: failure), HttpStatusCode.NoContent);

    public async Task<JsonElement> TaskAsync(string id) => await Api.Admin.GetAsync($"/api/v1/deployments/{Deployment}/tasks/{id}");

    public ValueTask DisposeAsync() => Api.DisposeAsync();

    private static object ResultOf(ClaimedJob job) => job.Executor switch
    {
        ExecutorNames.Checkout => new CheckoutResult(new BuildPlan(BuildKind.Image, "image", [], []), Digest: "sha256:" + new string('a', 64)),
        ExecutorNames.Deploy when BoreasJson.Read<DeployWork>(job.Work) is var work =>
            new DeployResult(1, [.. work.Running.Concat(work.Start).Select(i => new StartedInstance(i.InstanceId, i.Node, AddressOf(i.InstanceId), null))], [.. work.Start.Select(i => i.InstanceId)], [], work.ShareBefore, work.Share),
        _ => new { },
    };

    private static string AddressOf(string id) => $"http://{id}:3000";

    private Task ReportAsync(ClaimedJob job, JobOutcome outcome, object result) =>
        _runner.PostAsync($"/deploy/jobs/{job.JobId}/report", new ReportRequest(job.Lease, job.Epoch, outcome, BoreasJson.ToElement(result)), HttpStatusCode.NoContent);
}
