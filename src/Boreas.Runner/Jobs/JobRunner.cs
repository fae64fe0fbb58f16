using System.Text.Json;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Processes;
using Boreas.Runner.Executors;
using Microsoft.Extensions.Logging;

namespace Boreas.Runner.Jobs;

/// <summary>
/// One claimed job from beginning to end: work, heartbeat and log side by side, then the report.
///
/// The lease decides. As long as heartbeats are answered, the job is ours. When one says 'cancel', the work is killed and
/// reported as terminal. When any call says 'stale', the work is killed and nothing is reported or undone outside: the
/// new owner works on the same instances. When the control plane is silent, the work goes on; whether it still counts,
/// the epoch decides when the report arrives. The report is the last thing that is sent, after every log line, and is
/// sent until it is accepted or stale.
/// </summary>
internal sealed partial class JobRunner(IEnumerable<IExecutor> executors, ControlPlaneClient controlPlane, TimeProvider time, ILogger<JobRunner> logger)
{
    private static readonly TimeSpan LongestHeartbeat = TimeSpan.FromSeconds(1);

    // When the runner is being stopped: time to kill the work, to send its last lines, and to report.
    private static readonly TimeSpan LastChance = TimeSpan.FromSeconds(12);
    private readonly Dictionary<string, IExecutor> _executors = executors.ToDictionary(executor => executor.Name, StringComparer.Ordinal);

    /// <param name="next">What the next job is asked for with; null when none is wanted.</param>
    /// <returns>The next job when the control plane gave one with the answer to the report.</returns>
    public async Task<ClaimedJob?> RunAsync(ClaimedJob job, ClaimRequest? next, CancellationToken stop)
    {
        using var ownership = new CancellationTokenSource();
        using var work = CancellationTokenSource.CreateLinkedTokenSource(ownership.Token, stop);
        using var rest = new CancellationTokenSource();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(ownership.Token);
        await using var onStop = stop.Register(() => giveUp.CancelAfter(LastChance));
        var log = new JobLog(job, new SecretMask(job.Secrets.Values), controlPlane, time);
        var cancel = new CancelReason();
        var sending = LoseOnStaleAsync(log.SendAsync(giveUp.Token), ownership);
        var beating = LoseOnStaleAsync(BeatAsync(job, cancel, work, rest.Token), ownership);
        await using var deadline = time.CreateTimer(
            _ => Stop(cancel, JobFailedException.Failed(ProblemCodes.Timeout, "The task did not end within its time.", "Give the task a larger timeoutSeconds, or make it quicker.").Failure, work),
            null, Positive(job.Deadline - time.GetUtcNow()), Timeout.InfiniteTimeSpan);

        var context = new JobContext(job, log, ownership.Token);
        var (result, failure) = await ExecuteAsync(context, cancel, ownership, work.Token, stop);
        if (failure is not null) log.Error(failure.Advice is null ? failure.Message : failure.Message + "\n" + failure.Advice);
        log.Complete();
        await sending;
        var report = new ReportRequest(job.Lease, job.Epoch, failure is null ? JobOutcome.Succeeded : JobOutcome.Failed, result, failure, stop.IsCancellationRequested ? null : next, failure is null && context.Question is { } question ? log.Mask(question) : null);

        // The report ends the lease: a beat beside it would be stale, and the next job would be lost with its answer.
        await rest.CancelAsync();
        await beating;
        if (!ownership.IsCancellationRequested) return await ReportAsync(job, report, giveUp.Token);
        LogLost(job.JobId, job.TaskName);
        return null;
    }

    private async Task<(JsonElement? Result, JobFailure? Failure)> ExecuteAsync(JobContext context, CancelReason cancel, CancellationTokenSource lose, CancellationToken cancellation, CancellationToken stop)
    {
        try
        {
            if (!_executors.TryGetValue(context.Job.Executor, out var executor))
                throw JobFailedException.Failed(ProblemCodes.Invalid, $"This runner has no executor '{context.Job.Executor}'.", "Update the runner.");
            return (await executor.RunAsync(context, cancellation), null);
        }
        catch (JobFailedException e)
        {
            return (null, cancel.Failure ?? Masked(e.Failure, context.Log));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return (null, cancel.Failure ?? new JobFailure(FailureKind.Errored, ProblemCodes.RunnerLost,
                stop.IsCancellationRequested ? "The runner was stopped while it worked on this." : "The job was taken from this runner."));
        }
        catch (ProgramMissingException e)
        {
            return (null, new JobFailure(FailureKind.Failed, ProblemCodes.ProgramMissing, $"The program '{e.Program}' is not installed on this runner.", $"Install '{e.Program}' on the runner, or give the task a label that only runners with it have."));
        }
        catch (IOException e) when (DiskSpace.IsFull(e))
        {
            return (null, new JobFailure(FailureKind.Errored, ProblemCodes.DiskFull, "The runner's disk is full.", "Free space in the runner's data directory, or give it another disk."));
        }
        catch (StaleLeaseException)
        {
            await lose.CancelAsync();
            return (null, new JobFailure(FailureKind.Errored, ProblemCodes.StaleLease, "The job was taken from this runner."));
        }
        catch (ControlPlaneException e)
        {
            return (null, new JobFailure(e.Refused ? FailureKind.Failed : FailureKind.Errored, ProblemCodes.Internal, context.Log.Mask(e.Message)));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // One job must not end the runner; the details are in the runner's own log.
            LogBroken(e, context.Job.JobId, context.Job.Executor);
            return (null, new JobFailure(FailureKind.Errored, ProblemCodes.Internal, context.Log.Mask($"The runner broke while it worked on this: {e.GetType().Name}: {e.Message}")));
        }
    }

    private async Task BeatAsync(ClaimedJob job, CancelReason cancel, CancellationTokenSource work, CancellationToken rest)
    {
        var lease = job.LeaseSeconds;
        while (true)
        {
            var third = TimeSpan.FromSeconds(Math.Max(0.1, lease / 3.0));
            await Task.Delay(third < LongestHeartbeat ? third : LongestHeartbeat, time, rest);
            try
            {
                var answer = await controlPlane.HeartbeatAsync(job, rest);
                lease = answer.LeaseSeconds;
                if (answer.Cancel) Stop(cancel, new JobFailure(FailureKind.Terminal, ProblemCodes.Refused, "Cancelled: " + (answer.Reason ?? "no reason was given") + "."), work);
            }
            catch (ControlPlaneException)
            {
                // Away; the work goes on, and the next beat comes soon.
            }
        }
    }

    private async Task<ClaimedJob?> ReportAsync(ClaimedJob job, ReportRequest report, CancellationToken giveUp)
    {
        var backoff = new Backoff(time);
        while (true)
        {
            try
            {
                return await controlPlane.ReportAsync(job, report, giveUp);
            }
            catch (ControlPlaneException e) when (e.Refused)
            {
                LogRefused(job.JobId, e.Message);
                return null;
            }
            catch (ControlPlaneException)
            {
                await backoff.WaitAsync(giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is StaleLeaseException or OperationCanceledException)
            {
                return null;
            }
        }
    }

    private static async Task LoseOnStaleAsync(Task task, CancellationTokenSource ownership)
    {
        try
        {
            await task;
        }
        catch (StaleLeaseException)
        {
            await ownership.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The job is over.
        }
    }

    private static void Stop(CancelReason cancel, JobFailure failure, CancellationTokenSource work)
    {
        if (cancel.Failure is null) Interlocked.CompareExchange(ref cancel.Failure, failure, null);
        work.Cancel();
    }

    private static JobFailure Masked(JobFailure failure, JobLog log) =>
        failure with { Message = log.Mask(failure.Message), Advice = failure.Advice is null ? null : log.Mask(failure.Advice) };

    private static TimeSpan Positive(TimeSpan span) =>
        span < TimeSpan.Zero ? TimeSpan.Zero : span > TimeSpan.FromDays(30) ? TimeSpan.FromDays(30) : span;

    [LoggerMessage(Level = Microsoft.Extensions.Logging.LogLevel.Warning, Message = "Job {JobId} ({Task}) was taken from this runner; its work was stopped")]
    private partial void LogLost(string jobId, string task);

    [LoggerMessage(Level = Microsoft.Extensions.Logging.LogLevel.Error, Message = "Job {JobId}: the executor {Executor} broke")]
    private partial void LogBroken(Exception e, string jobId, string executor);

    [LoggerMessage(Level = Microsoft.Extensions.Logging.LogLevel.Error, Message = "The report of job {JobId} was refused: {Why}")]
    private partial void LogRefused(string jobId, string why);

    /// <summary>Why the work was stopped from outside; the first reason stays.</summary>
    private sealed class CancelReason
    {
        public JobFailure? Failure;
    }
}
