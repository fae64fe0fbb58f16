using System.Diagnostics;

namespace Boreas.Bench.Tasks;

/// <summary>How many tasks a second are claimed, done (there is nothing to do) and reported, each durably.</summary>
internal static class Throughput
{
    public static async Task<int> InProcessAsync(string who, string database, int tasks, int workers, int warmUp)
    {
        await using var plane = Plane.Open(database);
        await Plane.OfferAsync(plane.Journal, warmUp);
        await DoAllAsync(plane, workers, warmUp);
        await Plane.OfferAsync(plane.Journal, tasks);
        var commits = plane.Journal.Commits;
        var started = Stopwatch.GetTimestamp();
        await DoAllAsync(plane, workers, tasks);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Report.Line("tasks/s", who, tasks / seconds);
        Report.Line("commits/task", who, (double)(plane.Journal.Commits - commits) / tasks);
        return 0;
    }

    /// <summary>What a task costs in runs of a size: recorded, started, claimed, and reported, ten at a time.</summary>
    public static async Task<int> BySizeAsync(string who, string database, int tasks, int perRun)
    {
        await using var plane = Plane.Open(database);
        await Plane.OfferAsync(plane.Journal, tasks / 5);
        await DoAllAsync(plane, 10, tasks / 5);
        GC.Collect();
        var started = Stopwatch.GetTimestamp();
        await Plane.OfferAsync(plane.Journal, tasks, perRun);
        await DoAllAsync(plane, 10, tasks);
        Report.Line("us/task", who, Stopwatch.GetElapsedTime(started).TotalMicroseconds / tasks);
        return 0;
    }

    public static async Task<int> OverHttpAsync(string who, Uri server, string token, int tasks, int runners, int warmUp)
    {
        using var http = HttpRunner.Client(server, token);
        var (ended, started) = (0, 0L);
        var done = (await Task.WhenAll(Enumerable.Range(0, runners).Select(i => new HttpRunner(http, $"runner{i}").WorkAsync(waitSeconds: 0, End)))).Sum();
        if (done != warmUp + tasks) throw new InvalidOperationException($"{done} tasks were done, {warmUp + tasks} were there");
        Report.Line("tasks/s", who, tasks / Stopwatch.GetElapsedTime(started).TotalSeconds);
        return 0;

        void End()
        {
            if (Interlocked.Increment(ref ended) == warmUp) started = Stopwatch.GetTimestamp();
        }
    }

    private static async Task DoAllAsync(Plane plane, int workers, int tasks)
    {
        var done = (await Task.WhenAll(Enumerable.Range(0, workers).Select(i => Task.Run(() => Plane.WorkAsync(plane.Journal, $"worker{i}", TimeSpan.FromMilliseconds(500))))));
        if (done.Sum() != tasks) throw new InvalidOperationException($"{done.Sum()} tasks were done, {tasks} were there");
    }
}
