using System.Collections.Concurrent;
using System.Diagnostics;

namespace Boreas.Bench.Tasks;

/// <summary>
/// From asking for a task (it is recorded, started, claimed, and all that is durable) until its job is in a runner's
/// hands, over HTTP, one at a time, while a number of runners wait.
/// </summary>
internal static class Pickup
{
    public static async Task<int> RunAsync(string who, string database, int samples, int waiting, int warmUp)
    {
        await using var plane = await ControlPlane.StartAsync(database, 0);
        using var http = HttpRunner.Client(plane.Address, plane.Token);
        using var stop = new CancellationTokenSource();
        var taken = new BlockingCollection<long>();
        var runners = Enumerable.Range(0, waiting).Select(i => RunAsync(new HttpRunner(http, $"runner{i}"), taken, stop.Token)).ToArray();
        var elapsed = new List<double>();
        for (var sample = -warmUp; sample < samples; sample++)
        {
            // Long enough for the runner that had the task before to wait again, and not in step with any timer.
            await Task.Delay(Random.Shared.Next(5, 20), CancellationToken.None);
            var started = Stopwatch.GetTimestamp();
            await Plane.StartAsync(plane.Journal, $"pickup{sample + warmUp}", [Plane.Nothing("t")]);
            var took = Stopwatch.GetElapsedTime(started, taken.Take()).TotalMilliseconds;
            if (sample >= 0) elapsed.Add(took);
        }

        await stop.CancelAsync();
        await Task.WhenAll(runners);
        elapsed.Sort();
        Report.Line("pickup-p50-ms", who, Report.Percentile(elapsed, 0.5));
        Report.Line("pickup-p99-ms", who, Report.Percentile(elapsed, 0.99));
        return 0;
    }

    private static async Task RunAsync(HttpRunner runner, BlockingCollection<long> taken, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                if (await runner.ClaimAsync(waitSeconds: 30, stop) is not { } job) continue;
                taken.Add(Stopwatch.GetTimestamp(), CancellationToken.None);
                await runner.ReportAsync(job);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The samples are taken.
        }
    }
}
