using System.Diagnostics;
using System.Globalization;
using Boreas.Bench.Graphs;
using Boreas.Engine.Graphs;

// What one task costs in graphs of growing size: to create the run and to work it off through Run.Handle, one claim and
// one report for each task, with what the control plane does around them (touched tasks, next due moment).
// 'x' is the cost per task against that of the same shape with 1,000 tasks in the same process; linear is 1.0.
const int Rounds = 7;
const int TasksPerRound = 200_000;
const int Reference = 1_000;
int[] sizes = [100, Reference, 10_000, 100_000];

var invariant = CultureInfo.InvariantCulture;
foreach (var (_, make) in Shapes.All) Measure(make(Reference));

Console.WriteLine("shape                tasks   ns/task   allocated B/task   kept B/task      x");
foreach (var (name, make) in Shapes.All)
{
    var results = sizes.Select(size => (Size: size, Cost: Measure(make(size)))).ToList();
    var reference = results.Single(r => r.Size == Reference).Cost;
    foreach (var (size, cost) in results)
        Console.WriteLine(string.Create(invariant, $"{name,-15} {size,10:N0} {cost.Nanoseconds,9:F0} {cost.Allocated,18:F0} {cost.Kept,13:F0} {cost.Nanoseconds / reference.Nanoseconds,6:F2}"));
}

return 0;

// The median of several rounds, each over the same number of tasks whatever the size of the graph.
static Cost Measure(IReadOnlyList<TaskSpec> tasks)
{
    var runs = Math.Max(1, TasksPerRound / tasks.Count);
    var worked = (double)runs * tasks.Count;
    var times = new List<double>();
    var allocated = 0.0;
    for (var round = 0; round < Rounds; round++)
    {
        GC.Collect();
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < runs; i++) Workload.Work(tasks);
        times.Add(Stopwatch.GetElapsedTime(started).TotalNanoseconds / worked);
        allocated = (GC.GetAllocatedBytesForCurrentThread() - bytes) / worked;
    }

    times.Sort();
    var before = GC.GetTotalMemory(forceFullCollection: true);
    var kept = Workload.Work(tasks);
    var size = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)tasks.Count;
    GC.KeepAlive(kept);
    return new Cost(times[Rounds / 2], allocated, size);
}

internal sealed record Cost(double Nanoseconds, double Allocated, double Kept);
