using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using Boreas.Contracts.Jobs;
using Boreas.Runner.Engines;
using Boreas.Runner.Jobs;
using Boreas.Runner.Workspaces;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Boreas.Runner;

/// <summary>
/// <c>Capacity</c> slots, each of which claims a job, does it, and claims the next. A slot that has reported gets its next
/// job with the answer when one is ready. A canary is watched beside the slots: that takes its interval, and nearly
/// nothing of the machine. While the control plane is away, work goes on and claims are retried.
/// </summary>
internal sealed partial class RunnerLoop(RunnerOptions options, ControlPlaneClient controlPlane, JobRunner jobs, ContainerEngines engines, WorkspaceFolders workspaces, IHostApplicationLifetime host, TimeProvider time, ILogger<RunnerLoop> log) : BackgroundService
{
    private const int ClaimSeconds = 25;
    private static readonly string? Version = typeof(RunnerLoop).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
    private readonly Outage _outage = new(log, "the control plane");
    private readonly ConcurrentDictionary<string, Task> _watches = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        workspaces.RemoveLeftovers();
        // In one process with the control plane there is nobody to ask before that.
        using var begin = CancellationTokenSource.CreateLinkedTokenSource(host.ApplicationStarted, stoppingToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, begin.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var labels = await LabelsAsync(stoppingToken);
        LogReady(options.Name, string.Join(", ", labels), options.Capacity);
        await Task.WhenAll(Enumerable.Range(0, options.Capacity).Select(_ => SlotAsync(stoppingToken)));
        await Task.WhenAll(_watches.Values);
    }

    private async Task SlotAsync(CancellationToken stop)
    {
        var backoff = new Backoff(time);
        ClaimedJob? job = null;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                job ??= await controlPlane.ClaimAsync(await RequestAsync(ClaimSeconds, stop), stop);
                _outage.Over();
                backoff.Reset();
                if (job is null) continue;
                var current = job;
                job = null;
                if (current.Executor == ExecutorNames.Watch) WatchBesideSlots(current, stop);
                else job = await jobs.RunAsync(current, await RequestAsync(0, stop), stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (ControlPlaneException e)
            {
                _outage.Began(e.Message);
                await backoff.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // A bug of ours with one job must not cost the slot.
                LogBroken(e);
                await backoff.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void WatchBesideSlots(ClaimedJob job, CancellationToken stop)
    {
        var watch = WatchAsync();
        _watches[job.JobId] = watch;
        watch.ContinueWith(_ => _watches.TryRemove(KeyValuePair.Create(job.JobId, watch)), TaskScheduler.Default);

        async Task WatchAsync()
        {
            try
            {
                await jobs.RunAsync(job, next: null, stop);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                LogBroken(e);
            }
        }
    }

    private async Task<ClaimRequest> RequestAsync(int waitSeconds, CancellationToken cancellation) =>
        new(options.Name, await LabelsAsync(cancellation), waitSeconds, options.Capacity, Version);

    private async Task<IReadOnlyList<string>> LabelsAsync(CancellationToken cancellation)
    {
        var labels = new List<string> { "linux", RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64", "process" };
        if (await engines.FindAsync(cancellation) is { } engine) labels.Add(engine.Program);
        return [.. labels.Concat(options.Labels).Distinct(StringComparer.Ordinal)];
    }

    [LoggerMessage(Level = Microsoft.Extensions.Logging.LogLevel.Error, Message = "A job of the runner broke; the runner goes on")]
    private partial void LogBroken(Exception e);

    [LoggerMessage(Level = Microsoft.Extensions.Logging.LogLevel.Information, Message = "Runner {Name} is ready: {Labels}; {Capacity} jobs at a time")]
    private partial void LogReady(string name, string labels, int capacity);
}
