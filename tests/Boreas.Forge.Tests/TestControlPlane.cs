using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Pushes;
using Boreas.Engine.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Boreas.Forge.Tests;

/// <summary>The control plane's side of the forge's protocol, over HTTP: who may what, what was pushed, how a deployment goes.</summary>
internal sealed class TestControlPlane : IAsyncDisposable
{
    public const string ForgeToken = "forge-token";
    public const string Writer = "writer-token";
    public const string Reader = "reader-token";
    public const string FirstCommit = "0000000000000000000000000000000000000000";

    private readonly WebApplication _app;
    private readonly Channel<PushNotice> _arrived = Channel.CreateUnbounded<PushNotice>();
    private readonly Channel<bool> _turnedAway = Channel.CreateUnbounded<bool>();
    private int _polls;

    private TestControlPlane(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single());

    public HashSet<string> Apps { get; } = ["hello", "other"];

    public ConcurrentQueue<PushNotice> Pushes { get; } = new();

    /// <summary>The next notice that is taken.</summary>
    public Task<PushNotice> ArrivedAsync() => _arrived.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>A notice has been answered with 503.</summary>
    public Task TurnedAwayAsync() => _turnedAway.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public long MaxPushBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>Answers 503 to notices of pushes while set.</summary>
    public volatile bool Away;

    /// <summary>Does not take the forge's own token while set.</summary>
    public volatile bool Stranger;

    /// <summary>What a push is answered with.</summary>
    public PushResult Answer { get; set; } = new(null, "nothing is deployed from here");

    /// <summary>The deployment as it is seen at the first, second, … look; the last one stays.</summary>
    public IReadOnlyList<Deployment> States { get; set; } = [];

    public Dictionary<string, IReadOnlyList<string>> Logs { get; } = [];

    public static async Task<TestControlPlane> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var result = new TestControlPlane(builder.Build());
        result.Map();
        await result._app.StartAsync();
        return result;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map()
    {
        _app.MapGet("/forge/access", (HttpRequest request, string repository, bool write) =>
        {
            if (request.Headers["X-Boreas-Forge"] != ForgeToken || Stranger) return Problem(403, ProblemCodes.ForgeUnknown, "This is no forge.");
            var user = User(request);
            if (user is null) return Problem(401, ProblemCodes.Unauthenticated, "The token is not known.");
            if (!Apps.Contains(repository)) return Problem(404, ProblemCodes.NotFound, "There is no such app.");
            if (write && user != "ada") return Problem(403, ProblemCodes.Forbidden, "Your role here is viewer.");
            return Json(new ForgeAccess(user, repository, MaxPushBytes, "main"));
        });
        _app.MapPost("/forge/pushes", async (HttpRequest request) =>
        {
            if (Away)
            {
                _turnedAway.Writer.TryWrite(true);
                return Results.StatusCode(503);
            }

            if (request.Headers.Authorization != "Bearer " + ForgeToken) return Problem(401, ProblemCodes.Unauthenticated, "This is no forge.");
            var notice = await JsonSerializer.DeserializeAsync<PushNotice>(request.Body, BoreasJson.Options);
            Pushes.Enqueue(notice!);
            _arrived.Writer.TryWrite(notice!);
            return Json(Answer);
        });
        _app.MapGet("/api/v1/deployments/{id}", (HttpRequest request, string id) =>
        {
            if (User(request) is null) return Problem(401, ProblemCodes.Unauthenticated, "The token is not known.");
            return Json(States[Math.Min(Interlocked.Increment(ref _polls), States.Count) - 1]);
        });
        _app.MapGet("/api/v1/deployments/{id}/tasks/{task}/logs", (string task, long? after) =>
        {
            var lines = Logs.GetValueOrDefault(task, []).Select((text, i) => new TaskLogLine(i + 1, 1, DateTimeOffset.UnixEpoch, Contracts.Jobs.LogLevel.Info, text));
            return Json(new TaskLogs(task, [.. lines.Where(line => line.Sequence > (after ?? 0))]));
        });
    }

    public static Deployment Deployment(RunStatus status, params DeploymentTask[] tasks) => new(
        "d-1", "v-1", "v1", "e-1", "production", ["hello"], ["hello"], [], [], false, status, 0, false, false, 0, null, "ada",
        DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, null, null, null, null, tasks);

    public static DeploymentTask Task(string name, RunTaskType type, RunTaskStatus status, double? duration = null, TaskFailure? failure = null) => new(
        "t-" + name, "d-1", "hello", name, type, status, "", 0, null, null, failure, 1, 3, 600, false, null, null, null, duration,
        DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, status is RunTaskStatus.Blocked or RunTaskStatus.Pending ? null : DateTimeOffset.UnixEpoch, null, null);

    private static string? User(HttpRequest request) => request.Headers.Authorization.ToString() switch
    {
        "Bearer " + Writer => "ada",
        "Bearer " + Reader => "bob",
        _ => null,
    };

    private static IResult Json<T>(T value) => Results.Json(value, BoreasJson.Options);

    private static IResult Problem(int status, string code, string detail) =>
        Results.Json(new Problem(null, code, status, detail, code), BoreasJson.Options, Contracts.Problems.Problem.MediaType, status);
}
