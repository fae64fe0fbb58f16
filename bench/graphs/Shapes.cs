using Boreas.Engine.Graphs;
using Boreas.Engine.Planning;
using Boreas.Engine.Runs;

namespace Boreas.Bench.Graphs;

/// <summary>Graphs whose number of dependencies per task does not grow with their size, so that a cost per task can be compared.</summary>
internal static class Shapes
{
    public static readonly (string Name, Func<int, IReadOnlyList<TaskSpec>> Make)[] All =
    [
        ("chain", Chain),
        ("fan-out/fan-in", Fan),
        ("layered", Layered),
    ];

    private const int Width = 100;

    /// <summary>Apps that are built from source and rolled out one after the other, two of twelve instances at a time: ten tasks each.</summary>
    public static PlanInput Deployment(int apps)
    {
        List<string> ids = [.. Enumerable.Range(1, apps).Select(i => $"app-{i}")];
        return new PlanInput([.. ids.Select(id => new PlannedApp(id, RevisionKind.Source, Replicas: 12))], ids, Strategy: [new DeployStep(BatchSize: 2, BatchInterval: 30)]);
    }

    /// <summary>Each task waits for the one before.</summary>
    private static List<TaskSpec> Chain(int size) =>
        [.. Enumerable.Range(0, size).Select(i => Task(i, i == 0 ? [] : [Id(i - 1)]))];

    /// <summary>One task, then all others beside each other, then one that waits for them all.</summary>
    private static List<TaskSpec> Fan(int size)
    {
        string[] middle = [.. Enumerable.Range(1, size - 2).Select(Id)];
        return [Task(0, []), .. middle.Select((_, i) => Task(i + 1, [Id(0)])), Task(size - 1, middle)];
    }

    /// <summary>Layers of 100 tasks; each waits for three of the layer before.</summary>
    private static List<TaskSpec> Layered(int size) =>
        [.. Enumerable.Range(0, size).Select(i =>
        {
            var before = (i / Width - 1) * Width;
            return Task(i, before < 0 ? [] : [Id(before + i % Width), Id(before + (i + 1) % Width), Id(before + (i + 7) % Width)]);
        })];

    private static string Id(int i) => $"task-{i}";

    private static TaskSpec Task(int i, IReadOnlyList<string> blockBy) => new(Id(i), "shop", "nothing", RunTaskType.Custom, "nothing", blockBy);
}
