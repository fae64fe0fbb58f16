using Boreas.Engine.Graphs;

namespace Boreas.Bench.Graphs;

/// <summary>
/// What the machine asks for the same memory, without an engine: an object of a task's size under each id, found four
/// times, with as much garbage beside it. Its 'x' is what caches and the collector make of a linear algorithm.
/// </summary>
internal sealed class MemoryFloor
{
    private const int GarbagePerTask = 16;

    private readonly IReadOnlyList<TaskSpec> _tasks;
    private readonly Dictionary<string, Cell> _cells;

    private MemoryFloor(IReadOnlyList<TaskSpec> tasks)
    {
        _tasks = tasks;
        _cells = new Dictionary<string, Cell>(tasks.Count, StringComparer.Ordinal);
        foreach (var task in tasks)
        {
            var cell = new Cell();
            cell.Body[0] = _cells.Count;
            _cells.Add(task.Id, cell);
        }
    }

    public static MemoryFloor Create(IReadOnlyList<TaskSpec> tasks) => new(tasks);

    public void Work()
    {
        foreach (var task in _tasks)
        {
            for (var find = 0; find < 4; find++) _cells[task.Id].Visits++;
            var cell = _cells[task.Id];
            for (var i = 0; i < GarbagePerTask; i++) cell.Garbage = new object[1];
            cell.Garbage = null;
        }
    }

    [System.Runtime.CompilerServices.InlineArray(18)]
    private struct Lines
    {
        private long _first;
    }

    private sealed class Cell
    {
        public Lines Body;

        public int Visits { get; set; }

        public object? Garbage { get; set; }
    }
}
