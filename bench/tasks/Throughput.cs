using System.Diagnostics;

namespace Boreas.Bench.Tasks;

/// <summary>How many tasks a second are claimed, done (there is nothing to do) and reported, each durably.</summary>
internal static class Throughput
{
    public static async Task<int> InProcessAsync(string who, string database, int tasks, int workers)
    {
        await using var plane = Plane.Open(database);
        // The first thousand warm up: code is compiled, statements are prepared.
        await Plane.OfferAsync(plane.Journal, 1000);
        await DoAllAsync(plane, workers, 1000);
        await Plane.OfferAsync(plane.Journal, tasks);
        var commits = plane.Journal.Commits;
        var started = Stopwatch.GetTimestamp();
        await DoAllAsync(plane, workers, tasks);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Report.Line("tasks/s", who, tasks / seconds);
        Report.Line("commits/task", who, (double)(plane.Journal.Commits - commits) / tasks);
        return 0;
    }

    public static async Task<int> OverHttpAsync(string who, Uri server, string token, int tasks, int runners)
    {
        using var http = HttpRunner.Client(server, token);
        var started = Stopwatch.GetTimestamp();
        var done = (await Task.WhenAll(Enumerable.Range(0, runners).Select(i => new HttpRunner(http, $"runner{i}").WorkAsync(waitSeconds: 0)))).Sum();
        if (done != tasks) throw new InvalidOperationException($"{done} tasks were done, {tasks} were there");
        Report.Line("tasks/s", who, tasks / Stopwatch.GetElapsedTime(started).TotalSeconds);
        return 0;
    }

    private static async Task DoAllAsync(Plane plane, int workers, int tasks)
    {
        var done = (await Task.WhenAll(Enumerable.Range(0, workers).Select(i => Task.Run(() => Plane.WorkAsync(plane.Journal, $"worker{i}", TimeSpan.FromMilliseconds(500))))));
        if (done.Sum() != tasks) throw new InvalidOperationException($"{done.Sum()} tasks were done, {tasks} were there");
    }
}
