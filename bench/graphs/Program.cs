using System.Diagnostics;
using System.Globalization;
using Boreas.Bench.Graphs;
using Boreas.Engine.Graphs;
using Boreas.Engine.Planning;
using Boreas.Engine.Runs;

// What one task costs in graphs of growing size: to create the run and to work it off through Run.Handle, one claim and
// one report for each task, with what the control plane does around them (touched tasks, next due moment).
// '(memory alone)' is the same memory without an engine: what the machine makes of a linear algorithm.
// 'of that' is what creating the run and what collecting garbage took of it. 'x' is the cost per task against that of the same shape with 1,000 tasks in the same process; linear is 1.0.
const int Rounds = 7;
const int TasksPerRound = 200_000;
const int Reference = 1_000;
int[] sizes = [100, Reference, 10_000, 100_000];

var invariant = CultureInfo.InvariantCulture;
(string Name, Func<int, IReadOnlyList<TaskSpec>> Make, Func<IReadOnlyList<TaskSpec>, object> Create, Action<object> Work)[] all =
[
    .. Shapes.All.Select(s => (s.Name, s.Make, (Func<IReadOnlyList<TaskSpec>, object>)Workload.Create, (Action<object>)(run => Workload.Work((Run)run)))),
    ("(memory alone)", Shapes.All[0].Make, MemoryFloor.Create, floor => ((MemoryFloor)floor).Work()),
];
foreach (var (_, make, create, work) in all) Measure(make(Reference), create, work);

Console.WriteLine("shape                tasks   ns/task  of that: create   collect   allocated B/task   kept B/task      x");
foreach (var (name, make, create, work) in all)
{
    var results = sizes.Select(size => (Size: size, Cost: Measure(make(size), create, work))).ToList();
    var reference = results.Single(r => r.Size == Reference).Cost;
    foreach (var (size, cost) in results)
        Console.WriteLine(string.Create(invariant, $"{name,-15} {size,10:N0} {cost.Nanoseconds,9:F0} {cost.Create,16:F0} {cost.Collect,9:F0} {cost.Allocated,18:F0} {cost.Kept,13:F0} {cost.Nanoseconds / reference.Nanoseconds,6:F2}"));
}

// A deployment of 100 apps, each after the one before, in six batches: 1,000 tasks, planned and checked for cycles.
var plan = Shapes.Deployment(apps: 100);
var planned = Enumerable.Range(0, 101).Select(_ =>
{
    var started = Stopwatch.GetTimestamp();
    var tasks = DeploymentPlanner.Plan(plan, out var _)!;
    return (tasks.Count, Milliseconds: Stopwatch.GetElapsedTime(started).TotalMilliseconds);
}).Skip(1).OrderBy(p => p.Milliseconds).ToList();
Console.WriteLine(string.Create(invariant, $"\nplanning 100 apps, {planned[0].Count:N0} tasks: {planned[50].Milliseconds:F2} ms, {planned[^1].Milliseconds:F2} ms at most (limit 50)"));
return 0;

// The median of several rounds, each over the same number of tasks whatever the size of the graph.
static Cost Measure(IReadOnlyList<TaskSpec> tasks, Func<IReadOnlyList<TaskSpec>, object> create, Action<object> work)
{
    var runs = Math.Max(1, TasksPerRound / tasks.Count);
    var worked = (double)runs * tasks.Count;
    var times = new List<double>();
    var (allocated, createTime, collect) = (0.0, 0.0, 0.0);
    for (var round = 0; round < Rounds; round++)
    {
        GC.Collect();
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var paused = GC.GetTotalPauseDuration();
        var creating = TimeSpan.Zero;
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < runs; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            var run = create(tasks);
            creating += Stopwatch.GetElapsedTime(begun);
            work(run);
        }

        times.Add(Stopwatch.GetElapsedTime(started).TotalNanoseconds / worked);
        createTime += creating.TotalNanoseconds / worked / Rounds;
        collect += (GC.GetTotalPauseDuration() - paused).TotalNanoseconds / worked / Rounds;
        allocated = (GC.GetAllocatedBytesForCurrentThread() - bytes) / worked;
    }

    times.Sort();
    var before = GC.GetTotalMemory(forceFullCollection: true);
    var kept = create(tasks);
    work(kept);
    var size = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)tasks.Count;
    GC.KeepAlive(kept);
    return new Cost(times[Rounds / 2], createTime, collect, allocated, size);
}

internal sealed record Cost(double Nanoseconds, double Create, double Collect, double Allocated, double Kept);
