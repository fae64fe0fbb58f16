using System.Collections.Concurrent;
using System.Security.Cryptography;
using Boreas.Contracts;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Boreas.Agent.Tests.Fixtures;

/// <summary>As much of a control plane as an agent talks to: it takes heartbeats and serves artifacts.</summary>
internal sealed class TestControlPlane : IAsyncDisposable
{
    public const string ArtifactRight = "artifact-right-6f1c";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, byte[]> _artifacts = new();

    private TestControlPlane(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    public NodeHeartbeat? Last { get; private set; }

    public string? LastToken { get; private set; }

    public ConcurrentQueue<string> Remove { get; } = new();

    public int ArtifactReads { get; private set; }

    public static async Task<TestControlPlane> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var result = new TestControlPlane(app);
        app.MapPost("/nodes/heartbeat", result.HeartbeatAsync);
        app.MapGet("/artifacts/{digest}", result.Artifact);
        await app.StartAsync();
        return result;
    }

    public BuiltArtifact Add(byte[] archive)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(archive));
        _artifacts[digest] = archive;
        return new BuiltArtifact(digest, archive.Length);
    }

    /// <summary>Serves other bytes under the artifact's name.</summary>
    public void Spoil(BuiltArtifact artifact) => _artifacts[artifact.Digest] = [.. _artifacts[artifact.Digest][..^1], 0xFF];

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task<IResult> HeartbeatAsync(HttpRequest request)
    {
        LastToken = request.Headers.Authorization;
        Last = await request.ReadFromJsonAsync<NodeHeartbeat>(BoreasJson.Options);
        var remove = Remove.ToArray();
        return Results.Json(new NodeInstructions(remove, 1), BoreasJson.Options);
    }

    private IResult Artifact(string digest, HttpRequest request)
    {
        ArtifactReads++;
        if (request.Headers.Authorization != "Bearer " + ArtifactRight) return Results.Unauthorized();
        return _artifacts.TryGetValue(digest, out var bytes) ? Results.Bytes(bytes) : Results.NotFound();
    }
}
