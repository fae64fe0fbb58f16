using System.Collections.Concurrent;
using System.Security.Cryptography;
using Boreas.Contracts;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Boreas.Runner.Tests.World;

/// <summary>An agent's API and, on the same port under <c>/app/{instance}</c>, the apps that it pretends to run.</summary>
internal sealed class TestAgent : IAsyncDisposable
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly WebApplication _app;

    private TestAgent(WebApplication app) => _app = app;

    public ConcurrentDictionary<string, StartInstanceRequest> Started { get; } = new();

    public ConcurrentDictionary<string, string?> Stopped { get; } = new();

    /// <summary>What the status of an instance is; default: running, well, with the release's digest.</summary>
    public Func<InstanceStatus, InstanceStatus> Change { get; set; } = status => status;

    /// <summary>What an app answers; default 200.</summary>
    public Func<string, IResult> Answer { get; set; } = _ => Results.Text("fine");

    public string Url => _app.Urls.First();

    public static async Task<TestAgent> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.ConfigureHttpJsonOptions(json => BoreasJson.Configure(json.SerializerOptions));
        var app = builder.Build();
        var agent = new TestAgent(app);
        agent.Map();
        await app.StartAsync();
        return agent;
    }

    public InstanceTarget Target(string instance) =>
        new(instance, "node-1", Url, AgentTicket.Issue(_key, instance, TimeProvider.System.GetUtcNow().AddMinutes(5)));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map()
    {
        _app.MapPost("/agent/apps/deploy", (StartInstanceRequest request, HttpContext context) =>
        {
            if (!Covers(context, request.InstanceId)) return Results.Unauthorized();
            Started[request.InstanceId] = request;
            Stopped.TryRemove(request.InstanceId, out _);
            return Results.Json(Status(request, InstanceState.Preparing), BoreasJson.Options, statusCode: 202);
        });
        _app.MapGet("/agent/apps/{id}", (string id, HttpContext context) =>
            !Covers(context, id) ? Results.Unauthorized() : Started.TryGetValue(id, out var request) ? Results.Json(Status(request, Stopped.ContainsKey(id) ? InstanceState.Stopped : InstanceState.Running), BoreasJson.Options) : Results.NotFound());
        _app.MapPost("/agent/apps/{id}/stop", (string id, StopInstanceRequest request, HttpContext context) =>
        {
            if (!Covers(context, id)) return Results.Unauthorized();
            Stopped[id] = request.Reason;
            return Results.NoContent();
        });
        _app.Map("/app/{id}/{**rest}", (string id) => Answer(id));
    }

    private bool Covers(HttpContext context, string instance) =>
        AgentTicket.Covers(_key, context.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal), instance, TimeProvider.System.GetUtcNow());

    private InstanceStatus Status(StartInstanceRequest request, InstanceState state)
    {
        var release = request.Release;
        var status = new InstanceStatus(request.InstanceId, release.AppId, release.Environment, release.Version, state, state == InstanceState.Running ? $"{Url}/app/{request.InstanceId}" : null, release.Artifact?.Digest ?? release.Digest, null, 0, null, [new Uri(Url).Port], [], null);
        return state == InstanceState.Running ? Change(status) : status;
    }
}
