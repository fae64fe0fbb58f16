namespace Boreas.Engine.Graphs;

/// <summary>
/// Tasks with their dependencies as indices, checked to be free of cycles. Building costs O(V + E); so does a whole run
/// over it, because finishing a task touches its dependents only.
/// </summary>
public sealed class TaskGraph
{
    /// <summary>A run's graph has at most this many tasks, and ten times as many edges.</summary>
    public const int MaxTasks = 200_000;

    public const int MaxEdges = 10 * MaxTasks;

    private readonly Dictionary<string, int> _indexOf;
    private readonly List<TaskSpec> _tasks;
    private Adjacency _dependencies;
    private Adjacency _dependents;

    private TaskGraph(List<TaskSpec> tasks, Dictionary<string, int> indexOf)
    {
        _tasks = tasks;
        _indexOf = indexOf;
    }

    public IReadOnlyList<TaskSpec> Tasks => _tasks;

    public int Count => _tasks.Count;

    /// <summary>Indices of the tasks that task <paramref name="index"/> waits for.</summary>
    public IReadOnlyList<int> DependenciesOf(int index) => _dependencies.ListOf(index);

    /// <summary>Indices of the tasks that wait for task <paramref name="index"/>.</summary>
    public IReadOnlyList<int> DependentsOf(int index) => _dependents.ListOf(index);

    internal int DependencyCount(int index) => _dependencies.Of(index).Length;

    internal ReadOnlySpan<int> Dependents(int index) => _dependents.Of(index);

    public bool TryIndexOf(string id, out int index) => _indexOf.TryGetValue(id, out index);

    /// <summary>Builds a graph, or says everything that is wrong with it.</summary>
    public static TaskGraph? TryBuild(IReadOnlyList<TaskSpec> tasks, out IReadOnlyList<GraphProblem> problems)
    {
        var found = new List<GraphProblem>();
        problems = found;
        if (tasks.Count is 0 or > MaxTasks)
        {
            found.Add(new GraphProblem("", tasks.Count == 0 ? "a graph needs at least one task" : $"a graph has at most {MaxTasks} tasks, this one has {tasks.Count}"));
            return null;
        }

        var indexOf = new Dictionary<string, int>(tasks.Count, StringComparer.Ordinal);
        for (var i = 0; i < tasks.Count; i++)
        {
            if (!indexOf.TryAdd(tasks[i].Id, i)) found.Add(new GraphProblem(tasks[i].Id, $"two tasks have the id '{tasks[i].Id}'; ids are unique in a run"));
        }

        if (found.Count > 0) return null;
        var graph = new TaskGraph([.. tasks], indexOf);
        graph.Connect(found);
        if (found.Count == 0 && graph.FindCycle() is { } cycle)
            found.Add(new GraphProblem(cycle[0], $"the tasks wait for each other in a circle: {string.Join(" → ", cycle)}; remove one of these dependencies", IsCycle: true));
        return found.Count == 0 ? graph : null;
    }

    /// <summary>Adds tasks that depend only on each other or on what is there; they come from the engine itself (roll-back), so a fault is a bug.</summary>
    internal void Append(IReadOnlyList<TaskSpec> tasks)
    {
        foreach (var task in tasks)
        {
            _indexOf.Add(task.Id, _tasks.Count);
            _tasks.Add(task);
        }

        var found = new List<GraphProblem>();
        Connect(found);
        if (found.Count > 0 || FindCycle() is not null) throw new Runs.RunInvariantException($"appended tasks break the graph at '{tasks[0].Id}'");
    }

    private void Connect(List<GraphProblem> found)
    {
        var starts = new int[Count + 1];
        var targets = new List<int>(Count);
        var listedFor = new int[Count];
        for (var i = 0; i < Count; i++)
        {
            var task = _tasks[i];
            foreach (var id in task.BlockBy)
            {
                if (!_indexOf.TryGetValue(id, out var dependency))
                {
                    found.Add(new GraphProblem(task.Id, $"task '{task.Id}' waits for '{id}', which is not in the graph"));
                    continue;
                }

                if (listedFor[dependency] == i + 1) continue;
                listedFor[dependency] = i + 1;
                if (dependency == i) found.Add(new GraphProblem(task.Id, $"task '{task.Id}' waits for itself: {task.Id} → {task.Id}", IsCycle: true));
                else targets.Add(dependency);
            }

            starts[i + 1] = targets.Count;
            if (targets.Count <= MaxEdges) continue;
            found.Add(new GraphProblem("", $"a graph has at most {MaxEdges} dependencies, this one has more; put a task between the groups that wait for each other"));
            return;
        }

        _dependencies = new Adjacency(starts, [.. targets]);
        _dependents = _dependencies.Reversed();
    }

    /// <summary>For each task, the length of the longest way to it from a task without dependencies.</summary>
    internal int[] Depths()
    {
        var depths = new int[Count];
        foreach (var i in Order(new int[Count]))
        {
            foreach (var dependent in _dependents.Of(i)) depths[dependent] = Math.Max(depths[dependent], depths[i] + 1);
        }

        return depths;
    }

    /// <summary>For each task, whether it is a gate or some way to it leads through one.</summary>
    internal bool[] Behind(Func<TaskSpec, bool> isGate)
    {
        var behind = new bool[Count];
        foreach (var i in Order(new int[Count]))
        {
            behind[i] |= isGate(_tasks[i]);
            if (!behind[i]) continue;
            foreach (var dependent in _dependents.Of(i)) behind[dependent] = true;
        }

        return behind;
    }

    /// <summary>The tasks, each after what it waits for (Kahn's order); those on a cycle or behind one are left out, with <paramref name="unmet"/> above zero.</summary>
    private List<int> Order(int[] unmet)
    {
        var ordered = new List<int>(Count);
        for (var i = 0; i < Count; i++)
        {
            unmet[i] = DependencyCount(i);
            if (unmet[i] == 0) ordered.Add(i);
        }

        for (var next = 0; next < ordered.Count; next++)
        {
            foreach (var dependent in _dependents.Of(ordered[next]))
            {
                if (--unmet[dependent] == 0) ordered.Add(dependent);
            }
        }

        return ordered;
    }

    /// <summary>The ids on one cycle, first and last the same, or null: among the tasks that never become free a cycle is walked.</summary>
    private List<string>? FindCycle()
    {
        var unmet = new int[Count];
        if (Order(unmet).Count == Count) return null;
        var path = new List<int>();
        var placeOf = new Dictionary<int, int>();
        for (var at = Array.FindIndex(unmet, u => u > 0); ; at = DependenciesOf(at).First(d => unmet[d] > 0))
        {
            if (placeOf.TryGetValue(at, out var start)) return [.. path[start..].Append(at).Select(i => _tasks[i].Id)];
            placeOf.Add(at, path.Count);
            path.Add(at);
        }
    }
}
