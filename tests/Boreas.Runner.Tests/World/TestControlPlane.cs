using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Boreas.Contracts;
using Boreas.Contracts.Gateways;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Boreas.Runner.Tests.World;

/// <summary>The job endpoints of the control plane, as the contracts say, with switches for what can go wrong.</summary>
internal sealed class TestControlPlane : IAsyncDisposable
{
    public const string Token = "runner-token-of-the-tests";
    private int _looks;
    private readonly WebApplication _app;
    private readonly Channel<ClaimedJob> _queue = Channel.CreateUnbounded<ClaimedJob>();
    private readonly ConcurrentDictionary<string, TestJob> _jobs = new();
    private readonly TaskCompletionSource<ClaimRequest> _claim = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _numbers;

    private TestControlPlane(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    public ConcurrentDictionary<string, byte[]> Artifacts { get; } = new();

    public ConcurrentQueue<RouteRequest> Routes { get; } = new();

    /// <summary>While true every call is answered with 503.</summary>
    public bool Away { get; set; }

    /// <summary>Requests in flight per retired instance, as the gateways would say.</summary>
    public ConcurrentDictionary<string, int> InFlight { get; } = new();

    /// <summary>What the gateways have counted at the first, second, … question.</summary>
    public Func<int, IReadOnlyList<InstanceTraffic>> TrafficSeen { get; set; } = _ => [];

    public bool GatewaysConfirm { get; set; } = true;

    /// <summary>What the runner said about itself when it first asked for work.</summary>
    public Task<ClaimRequest> FirstClaim => _claim.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public static async Task<TestControlPlane> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.Services.ConfigureHttpJsonOptions(json => BoreasJson.Configure(json.SerializerOptions));
        var app = builder.Build();
        var plane = new TestControlPlane(app);
        plane.Map();
        await app.StartAsync();
        return plane;
    }

    public TestJob Offer(string executor, object? work = null, IReadOnlyDictionary<string, string>? secrets = null, int leaseSeconds = 30, TimeSpan? time = null, TimeSpan reportTakes = default)
    {
        var number = Interlocked.Increment(ref _numbers);
        var claimed = new ClaimedJob(
            "job-" + number, "lease-" + number, number, leaseSeconds, TimeProvider.System.GetUtcNow() + (time ?? TimeSpan.FromMinutes(5)), "deployment", "task-" + number, executor + " of the test", 1,
            executor, "hello", BoreasJson.ToElement(work ?? new { }), secrets ?? new Dictionary<string, string>());
        var job = new TestJob(claimed) { ReportTakes = reportTakes };
        _jobs[claimed.JobId] = job;
        Assert.True(_queue.Writer.TryWrite(claimed));
        return job;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static IResult Stale() => TypedResults.Json(new Problem(null, "Stale lease", 409, "Another runner has this job.", ProblemCodes.StaleLease), BoreasJson.Options, Problem.MediaType, 409);

    private void Map()
    {
        _app.Use(async (context, next) =>
        {
            if (Away) context.Response.StatusCode = 503;
            else if (context.Request.Headers.Authorization != "Bearer " + Token && !context.Request.Path.StartsWithSegments("/artifacts")) context.Response.StatusCode = 401;
            else await next(context);
        });
        _app.MapPost("/deploy/jobs/claim", async (ClaimRequest request, HttpContext context) =>
        {
            _claim.TrySetResult(request);
            using var wait = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            wait.CancelAfter(TimeSpan.FromSeconds(request.WaitSeconds));
            try
            {
                return Results.Json(await _queue.Reader.ReadAsync(wait.Token), BoreasJson.Options);
            }
            catch (OperationCanceledException)
            {
                return Results.NoContent();
            }
        });
        var job = _app.MapGroup("/deploy/jobs/{jobId}");
        job.MapPost("/heartbeat", (string jobId, HeartbeatRequest request) =>
        {
            var found = _jobs[jobId];
            found.Beats++;
            return found.Owns(request.Lease, request.Epoch) && !found.Reported.Task.IsCompleted ? Results.Json(new HeartbeatResponse(found.CancelReason is not null, found.CancelReason, found.Claimed.LeaseSeconds), BoreasJson.Options) : Stale();
        });
        job.MapPost("/logs", (string jobId, LogsRequest request) =>
        {
            var found = _jobs[jobId];
            if (!found.Owns(request.Lease, request.Epoch)) return Stale();
            Assert.InRange(request.Lines.Count, 1, 201);
            found.Take(request);
            return Results.NoContent();
        });
        job.MapPost("/report", async (string jobId, ReportRequest request) =>
        {
            var found = _jobs[jobId];
            if (!found.Owns(request.Lease, request.Epoch)) return Stale();
            found.Reported.TrySetResult(request);
            var answer = request.Next is not null && _queue.Reader.TryRead(out var next) ? Results.Json(next, BoreasJson.Options) : Results.NoContent();
            await Task.Delay(found.ReportTakes);
            return answer;
        });
        job.MapPost("/routes", (string jobId, RouteRequest request) =>
        {
            if (!_jobs[jobId].Owns(request.Lease, request.Epoch)) return Stale();
            Routes.Enqueue(request);
            return Results.Json(new RouteChange(Routes.Count), BoreasJson.Options);
        });
        job.MapGet("/routes/{version:long}", (string jobId, long version) =>
            Results.Json(new RouteStatus(version, GatewaysConfirm, GatewaysConfirm ? [] : ["gateway-1"], new Dictionary<string, int>(InFlight)), BoreasJson.Options));
        job.MapGet("/traffic", (string jobId) => Results.Json(new TrafficReport(TrafficSeen(Interlocked.Increment(ref _looks))), BoreasJson.Options));
        job.MapPut("/artifacts/{digest}", async (string jobId, string digest, HttpContext context) =>
        {
            var found = _jobs[jobId];
            if (!found.Owns(context.Request.Headers["X-Boreas-Lease"].ToString(), long.Parse(context.Request.Headers["X-Boreas-Epoch"].ToString(), System.Globalization.CultureInfo.InvariantCulture))) return Stale();
            using var memory = new MemoryStream();
            await context.Request.Body.CopyToAsync(memory);
            Assert.Equal(digest, Convert.ToHexStringLower(SHA256.HashData(memory.ToArray())));
            Artifacts[digest] = memory.ToArray();
            return Results.NoContent();
        });
        _app.MapMethods("/artifacts/{digest}", ["GET", "HEAD"], (string digest) =>
            Artifacts.TryGetValue(digest, out var bytes) ? Results.Bytes(bytes, "application/gzip") : Results.NotFound());
    }
}

/// <summary>A job as the control plane sees it.</summary>
internal sealed class TestJob(ClaimedJob claimed)
{
    private readonly List<string> _lines = [];
    private readonly Channel<string> _stream = Channel.CreateUnbounded<string>();
    private volatile bool _taken;

    public ClaimedJob Claimed { get; } = claimed;

    public string? CancelReason { get; set; }

    public int Beats { get; set; }

    /// <summary>From the moment when the report counts to its answer.</summary>
    public TimeSpan ReportTakes { get; init; }

    public TaskCompletionSource<ReportRequest> Reported { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines) return [.. _lines];
        }
    }

    public string Log => string.Join('\n', Lines);

    public void GiveToAnother() => _taken = true;

    public bool Owns(string lease, long epoch) => !_taken && lease == Claimed.Lease && epoch == Claimed.Epoch;

    public void Take(LogsRequest request)
    {
        lock (_lines)
        {
            Assert.True(request.FirstSequence <= _lines.Count, "a line is missing");
            foreach (var line in request.Lines.Skip((int)(_lines.Count - request.FirstSequence)))
            {
                _lines.Add(line.Message);
                _stream.Writer.TryWrite(line.Message);
            }
        }
    }

    /// <summary>The first line, of those that come, that starts so.</summary>
    public async Task<string> LineAsync(string start)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await foreach (var line in _stream.Reader.ReadAllAsync(limit.Token))
        {
            if (line.StartsWith(start, StringComparison.Ordinal)) return line;
        }

        throw new InvalidOperationException();
    }

    public Task<ReportRequest> ReportAsync() => Reported.Task.WaitAsync(TimeSpan.FromSeconds(120));

    public async Task<T> SucceedsAsync<T>()
    {
        var report = await ReportAsync();
        Assert.True(report.Status == JobOutcome.Succeeded, report.Failure + "\n" + Log);
        return BoreasJson.Read<T>(report.Result!.Value);
    }

    public async Task<JobFailure> FailsAsync(string code)
    {
        var report = await ReportAsync();
        Assert.Equal(JobOutcome.Failed, report.Status);
        Assert.True(report.Failure!.Code == code, report.Failure + "\n" + Log);
        return report.Failure;
    }
}
