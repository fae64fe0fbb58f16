using System.Diagnostics;
using Boreas.Engine.Graphs;
using Boreas.Server.Storage;

namespace Boreas.Bench.Tasks;

/// <summary>How long a run of 40 tasks takes that wait for each other, and one of 400 that do not; from asking for it to its last report.</summary>
internal static class Flows
{
    private const int Steps = 40;
    private const int Branches = 400;
    private const int Workers = 10;

    public static async Task<int> RunAsync(string who, string database, int rounds)
    {
        await using var plane = Plane.Open(database);
        await MeasureAsync(who, rounds, plane.Journal, (i, wait, ended) => Plane.WorkAsync(plane.Journal, $"worker{i}", wait, ended));
        return 0;
    }

    public static async Task<int> RunOverHttpAsync(string who, string database, int rounds)
    {
        await using var plane = await ControlPlane.StartAsync(database, 0);
        using var http = HttpRunner.Client(plane.Address, plane.Token);
        await MeasureAsync(who, rounds, plane.Journal, (i, wait, ended) => new HttpRunner(http, $"runner{i}").WorkAsync((int)wait.TotalSeconds, ended));
        return 0;
    }

    private static async Task MeasureAsync(string who, int rounds, Journal journal, Func<int, TimeSpan, Action, Task<int>> work)
    {
        List<TaskSpec> chain = [.. Enumerable.Range(0, Steps).Select(i => i == 0 ? Plane.Nothing("s0") : Plane.Nothing($"s{i}", $"s{i - 1}"))];
        List<TaskSpec> fan = [.. Enumerable.Range(0, Branches).Select(i => Plane.Nothing($"b{i}"))];
        for (var round = -10; round < rounds; round++)
        {
            var chained = await TimeAsync(journal, chain, 1, work);
            var fanned = await TimeAsync(journal, fan, Workers, work);
            // The first ten warm up.
            if (round < 0) continue;
            Report.Line("chain-40-ms", who, chained);
            Report.Line("fan-out-400-ms", who, fanned);
        }
    }

    private static async Task<double> TimeAsync(Journal journal, IReadOnlyList<TaskSpec> tasks, int workers, Func<int, TimeSpan, Action, Task<int>> work)
    {
        var id = "flow-" + Guid.NewGuid().ToString("n")[..12];
        var (left, ended) = (tasks.Count, 0L);
        var started = Stopwatch.GetTimestamp();
        var done = Task.WhenAll(Enumerable.Range(0, workers).Select(i => Task.Run(() => work(i, TimeSpan.FromSeconds(1), End))));
        await Plane.StartAsync(journal, id, tasks);
        var sum = (await done).Sum();
        if (sum != tasks.Count) throw new InvalidOperationException($"{sum} tasks were done, {tasks.Count} were there");
        return Stopwatch.GetElapsedTime(started, ended).TotalMilliseconds;

        // A worker that came too late to get a task waits for one in vain; that is not the run's time.
        void End()
        {
            if (Interlocked.Decrement(ref left) == 0) ended = Stopwatch.GetTimestamp();
        }
    }
}
