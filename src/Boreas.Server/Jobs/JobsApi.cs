using System.Collections.Frozen;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Engine.Runs;
using Boreas.Server.Access;
using Boreas.Server.Deployments;
using Boreas.Server.Images;
using Boreas.Server.Nodes;
using Boreas.Server.Operations;
using Boreas.Server.Problems;
using Boreas.Server.Routes;
using Boreas.Server.Runners;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Jobs;

/// <summary>What runners call: claim, heartbeat, logs, report, and the switch of routes on behalf of a job.</summary>
internal static class JobsApi
{
    private const int MaxWaitSeconds = 30;
    private const int MaxLinesPerCall = 5_000;

    public static void MapJobs(this IEndpointRouteBuilder app)
    {
        var jobs = app.MapGroup("/deploy/jobs").WithTags("Jobs").RequireAuthorization(Policies.Runner);
        jobs.MapPost("/claim", ClaimAsync).WithName("ClaimJob").WithSummary("Wait for a job and take it; 204 when there was none");
        jobs.MapPost("/{jobId}/heartbeat", HeartbeatAsync).WithName("KeepJob").WithSummary("Keep a job's lease");
        jobs.MapPost("/{jobId}/logs", LogsAsync).WithName("AppendJobLogs").WithSummary("Append lines to a job's log");
        jobs.MapPost("/{jobId}/report", ReportAsync).WithName("ReportJob").WithSummary("End a job; with next, the answer is the runner's next job when one is ready");
        jobs.MapPost("/{jobId}/routes", ChangeRoutesAsync).WithName("ChangeRoutes").WithSummary("Send an app's traffic to these instances");
        jobs.MapGet("/{jobId}/traffic", TrafficAsync).WithName("GetTraffic").WithSummary("What the gateways counted of the instances of the job's app and environment");
        jobs.MapGet("/{jobId}/routes/{version:long}", RouteStatusAsync).WithName("GetRouteStatus").WithSummary("Whether every gateway has a version of the routes");
    }

    private static async Task<Results<Ok<ClaimedJob>, NoContent>> ClaimAsync(ClaimRequest request, TimeProvider time, Journal journal, JobComposer composer, RunnerRegistry runners, Stopping stopping, CancellationToken cancellationToken)
    {
        await runners.SeenAsync(Validated(request), cancellationToken);
        using var waiting = stopping.Link(cancellationToken);
        var deadline = TimeSpan.FromSeconds(request.WaitSeconds);
        var started = time.GetTimestamp();
        while (true)
        {
            var left = deadline - time.GetElapsedTime(started);
            var claim = await journal.ClaimAsync(request.Runner, request.Labels.ToFrozenSet(StringComparer.Ordinal), left > TimeSpan.Zero ? left : TimeSpan.Zero, waiting.Token);
            if (claim is null) return TypedResults.NoContent();
            if (await composer.TryComposeAsync(claim, cancellationToken) is { } job) return TypedResults.Ok(job);
        }
    }

    private static async Task<Ok<HeartbeatResponse>> HeartbeatAsync(string jobId, HeartbeatRequest request, Journal journal, ServerOptions options)
    {
        var job = JobLeases.Parse(jobId);
        var cancel = await journal.WriteAsync(transaction =>
        {
            var (run, task) = JobLeases.Demand(transaction, job, request.Lease, request.Epoch);
            transaction.ExtendLease(job.RunId, task, transaction.Now.AddSeconds(options.LeaseSeconds));
            return (task.CancelRequested, run.ErrorMessage);
        });
        return TypedResults.Ok(new HeartbeatResponse(cancel.CancelRequested, cancel.CancelRequested ? cancel.ErrorMessage : null, options.LeaseSeconds));
    }

    private static async Task<NoContent> LogsAsync(string jobId, LogsRequest request, Journal journal)
    {
        var job = JobLeases.Parse(jobId);
        if (request.Lines.Count > MaxLinesPerCall) throw RequestRefusedException.Invalid(new FieldProblem("lines", $"must be at most {MaxLinesPerCall} in one call"));
        if (request.FirstSequence < 0) throw RequestRefusedException.Invalid(new FieldProblem("firstSequence", "must not be negative"));
        await journal.WriteAsync(transaction =>
        {
            JobLeases.Demand(transaction, job, request.Lease, request.Epoch);
            JobLogs.Append(transaction, job, request.FirstSequence, request.Lines);
        });
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<ClaimedJob>, NoContent>> ReportAsync(string jobId, ReportRequest request, Journal journal, JobComposer composer, RunnerRegistry runners, ServerOptions options, CancellationToken cancellationToken)
    {
        var job = JobLeases.Parse(jobId);
        if (request.Next is not { } next)
        {
            await journal.WriteAsync(transaction => End(transaction, job, request, options.KeepWarmSeconds, options.KeptImages), CancellationToken.None);
            return TypedResults.NoContent();
        }

        await runners.SeenAsync(Validated(next), cancellationToken);
        var (_, claim) = await journal.WriteAndClaimAsync(transaction =>
        {
            End(transaction, job, request, options.KeepWarmSeconds, options.KeptImages);
            return true;
        }, next.Runner, next.Labels.ToFrozenSet(StringComparer.Ordinal));
        return claim is not null && await composer.TryComposeAsync(claim, cancellationToken) is { } composed ? TypedResults.Ok(composed) : TypedResults.NoContent();
    }

    internal static void End(JournalTransaction transaction, JobId job, ReportRequest request, int keepWarmSeconds, int? keepImages = null)
    {
        if (transaction.Find(job.RunId) is not { } run || run.TryFind(job.TaskId) is not { } task) throw RequestRefusedException.NotFound("job", job.ToString());
        if (task.Lease != request.Lease) throw JobLeases.Stale(job);
        var failure = request.Status == JobOutcome.Succeeded ? null
            : request.Failure is { } f ? new RunFailure(f.Code, f.Message, f.Advice, f.Kind == FailureKind.Errored)
            : new RunFailure(ProblemCodes.Internal, "The runner reported a failure without saying why.", "Read the task's log.");
        var wasRunning = task.Status == RunTaskStatus.Running;
        if (transaction.Handle(job.RunId, new ReportTask(job.TaskId, request.Epoch, request.Result?.GetRawText(), failure, request.Question)) is not null) throw JobLeases.Stale(job);
        if (!wasRunning || task.Status != RunTaskStatus.Success) return;
        InstanceTable.TaskSucceeded(transaction, job.RunId, task, keepWarmSeconds);
        Tidying.TaskSucceeded(transaction, job.RunId, task);
        Tidying.AfterDeployment(transaction, run, keepImages);
    }

    private static async Task<Ok<RouteChange>> ChangeRoutesAsync(string jobId, RouteRequest request, Journal journal)
    {
        var job = JobLeases.Parse(jobId);
        return TypedResults.Ok(new RouteChange(await journal.WriteAsync(transaction => ChangeRoutes(transaction, job, request))));
    }

    internal static long ChangeRoutes(JournalTransaction transaction, JobId job, RouteRequest request)
    {
        var (_, task) = JobLeases.Demand(transaction, job, request.Lease, request.Epoch);
        return task.Spec.Executor == ExecutorNames.Move ? Moves.Switch(transaction, job.RunId, task, request) : RouteSwitch.Apply(transaction, job.RunId, task, request);
    }

    private static async Task<Ok<RouteStatus>> RouteStatusAsync(string jobId, long version, int? waitSeconds, GatewayRegistry gateways, CancellationToken cancellationToken)
    {
        JobLeases.Parse(jobId);
        return TypedResults.Ok(await gateways.StatusAsync(version, TimeSpan.FromSeconds(Math.Clamp(waitSeconds ?? 0, 0, MaxWaitSeconds)), cancellationToken));
    }

    private static async Task<Ok<TrafficReport>> TrafficAsync(string jobId, Database database, GatewayRegistry gateways, CancellationToken cancellationToken)
    {
        var job = JobLeases.Parse(jobId);
        await using var connection = await database.OpenAsync(cancellationToken);
        return TypedResults.Ok(new TrafficReport(await gateways.TrafficAsync(await InstanceTable.OfAppAsync(connection, job.RunId, job.TaskId), cancellationToken)));
    }

    private static ClaimRequest Validated(ClaimRequest request)
    {
        var errors = new List<FieldProblem>();
        if (request.Runner.Length is 0 or > 100 || !request.Runner.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            errors.Add(new FieldProblem("runner", "must be 1 to 100 letters, digits, '-', '_' or '.'"));
        if (request.Labels.Count > 50 || request.Labels.Any(l => l.Length is 0 or > 100)) errors.Add(new FieldProblem("labels", "must be at most 50, each 1 to 100 characters"));
        if (request.WaitSeconds is < 0 or > MaxWaitSeconds) errors.Add(new FieldProblem("waitSeconds", $"must be 0 to {MaxWaitSeconds}"));
        return errors.Count == 0 ? request : throw RequestRefusedException.Invalid(errors);
    }
}
