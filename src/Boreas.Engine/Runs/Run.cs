using Boreas.Engine.Graphs;

namespace Boreas.Engine.Runs;

/// <summary>
/// One execution of a graph of tasks: the whole state machine, without I/O, clock or randomness.
/// <list type="bullet">
/// <item><see cref="Handle"/> decides a command and applies the events that follow from it, or refuses and changes nothing.</item>
/// <item><see cref="Apply"/> brings an event that was decided earlier, here or in another process, into the state.</item>
/// </list>
/// The state is a function of the events alone. Ending a task touches its dependents only, so a graph is worked off in
/// O(V + E). An instance belongs to one thread at a time.
/// </summary>
public sealed partial class Run
{
    /// <summary>Stands for the run itself where task indices are expected.</summary>
    private const int WholeRun = -1;

    private readonly List<RunTask> _tasks;
    private readonly int[] _count = new int[Enum.GetValues<RunTaskStatus>().Length];
    private readonly List<int> _touched = [];
    private readonly PriorityQueue<int, DateTimeOffset> _due = new();
    private readonly Queue<int> _refused = new();

    private Run(RunCreated created, TaskGraph graph)
    {
        Header = created.Header;
        Graph = graph;
        CreatedAt = UpdatedAt = created.At;
        _tasks = new List<RunTask>(graph.Count);
        for (var i = 0; i < graph.Count; i++) _tasks.Add(new RunTask(i, graph.Tasks[i], created.At) { Unmet = graph.DependencyCount(i) });
        _count[(int)RunTaskStatus.Blocked] = _tasks.Count;
        Version = 1;
        for (var i = 0; i < _tasks.Count; i++) Touch(i);
        foreach (var carried in created.Carried ?? [])
        {
            var task = Find(carried.Task);
            task.Result = carried.Result;
            task.StartedAt = task.CompletedAt = created.At;
            SetStatus(task, RunTaskStatus.Success);
        }

        foreach (var carried in created.Carried ?? []) Release(Find(carried.Task), created.At);
        foreach (var task in _tasks)
        {
            if (task.Unmet == 0 && task.Status == RunTaskStatus.Blocked) MakeReady(task, created.At);
        }

        _due.Enqueue(WholeRun, CreatedAt.AddSeconds(Header.StartTimeoutSeconds));
    }

    public RunHeader Header { get; }

    public TaskGraph Graph { get; private set; }

    /// <summary>Grows with every edit of the graph, from 1. What was said of an earlier version (an approval, say) was not said of this one.</summary>
    public int GraphVersion { get; private set; } = 1;

    public IReadOnlyList<RunTask> Tasks => _tasks;

    public RunStatus Status { get; private set; } = RunStatus.Pending;

    /// <summary>Number of events so far.</summary>
    public int Version { get; private set; }

    public DateTimeOffset CreatedAt { get; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? CompletedAt { get; private set; }

    /// <summary>The first failure for good, or why the run was cancelled or rolled back.</summary>
    public string? ErrorMessage { get; private set; }

    public bool CancelWasRequested { get; private set; }

    /// <summary>Undo tasks are at work.</summary>
    public bool RollingBack { get; private set; }

    /// <summary>Whether nothing will happen to it any more unless a person acts on it.</summary>
    public bool IsOver => !RollingBack && Status is RunStatus.Success or RunStatus.Failed or RunStatus.RolledBack or RunStatus.Cancelled;

    /// <summary>Whether it does nothing at present and only waits: for its start, for a person, or until what it could do is no longer held.</summary>
    public bool IsWaiting => !RollingBack && (Status is RunStatus.Pending or RunStatus.WaitingConfirm
        || (Status == RunStatus.Running && Count(RunTaskStatus.Running) == 0 && _tasks.TrueForAll(t => t.Status != RunTaskStatus.Pending || t.Hold is not null)));

    /// <summary>Share of the tasks that have succeeded, 0–100; undo tasks do not count.</summary>
    public int Progress
    {
        get
        {
            var planned = _tasks.Count - UndoCount;
            return Status == RunStatus.Success || planned == 0 ? 100 : (int)(100L * (Count(RunTaskStatus.Success) - UndoneCount) / planned);
        }
    }

    private int UndoCount { get; set; }

    /// <summary>Undo tasks that succeeded.</summary>
    private int UndoneCount { get; set; }

    /// <summary>A failure asked for a roll-back, whatever the run does by itself.</summary>
    private bool RollBackWanted { get; set; }

    /// <summary>An undo task of the present or last roll-back failed for good.</summary>
    private bool UndoFailed { get; set; }

    public int Count(RunTaskStatus status) => _count[(int)status];

    public RunTask? TryFind(string task) => Graph.TryIndexOf(task, out var index) ? _tasks[index] : null;

    /// <summary>Whether a runner could take the task at <paramref name="now"/>.</summary>
    public bool IsClaimable(RunTask task, DateTimeOffset now) =>
        CouldBeClaimed(task) && (task.NotBefore is not { } notBefore || notBefore <= now);

    /// <summary>Whether only its moment (<see cref="RunTask.NotBefore"/>) may keep the task from a runner.</summary>
    public bool CouldBeClaimed(RunTask task) =>
        task.Status == RunTaskStatus.Pending
        && (RollingBack ? task.Undoes is not null : Status == RunStatus.Running && GoesOn);

    /// <summary>Whether tasks that have not started may still start: a failure for good and a cancellation are final.</summary>
    private bool GoesOn => !CancelWasRequested && Count(RunTaskStatus.Failed) == 0;

    /// <summary>The moment of the earliest thing that <see cref="Tick"/> would act on; null when there is none.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            while (_due.TryPeek(out var index, out var due))
            {
                if ((index == WholeRun ? RunDue() : DueOf(_tasks[index])) == due) return due;
                _due.Dequeue();
            }

            return null;
        }
    }

    /// <summary>The tasks that events touched since the last call, for read models and the job queue.</summary>
    public IReadOnlyList<RunTask> TakeTouched()
    {
        var touched = new RunTask[_touched.Count];
        for (var i = 0; i < touched.Length; i++)
        {
            touched[i] = _tasks[_touched[i]];
            touched[i].IsTouched = false;
        }

        _touched.Clear();
        return touched;
    }

    /// <summary>A new run, or everything that is wrong with its graph.</summary>
    public static Run? Create(RunCreated created, out IReadOnlyList<GraphProblem> problems)
    {
        if (TaskGraph.TryBuild(created.Tasks, out problems) is not { } graph) return null;
        problems = WrongWithCarried(created.Carried ?? [], graph);
        return problems.Count == 0 ? new Run(created, graph) : null;
    }

    /// <summary>The run that these events made, oldest first.</summary>
    public static Run Replay(IEnumerable<RunEvent> events)
    {
        Run? run = null;
        foreach (var happened in events)
        {
            if (run is not null) run.Apply(happened);
            else if (happened is RunCreated created) run = Create(created, out _) ?? throw new RunInvariantException($"run {created.Header.Id} was recorded with a graph that is refused");
            else throw new RunInvariantException($"the first event of a run is {happened.GetType().Name} and not {nameof(RunCreated)}");
        }

        return run ?? throw new RunInvariantException("a run without events");
    }

    /// <summary>What is carried over is in the graph, once, and so is all that it had waited for: else a task would be done before its dependencies.</summary>
    private static List<GraphProblem> WrongWithCarried(IReadOnlyList<CarriedTask> carried, TaskGraph graph)
    {
        var found = new List<GraphProblem>();
        var indices = new HashSet<int>();
        foreach (var task in carried)
        {
            if (!graph.TryIndexOf(task.Task, out var index)) found.Add(new GraphProblem(task.Task, $"task '{task.Task}' is carried over and not in the graph"));
            else if (!indices.Add(index)) found.Add(new GraphProblem(task.Task, $"task '{task.Task}' is carried over twice"));
        }

        foreach (var index in indices)
        {
            foreach (var dependency in graph.DependenciesOf(index))
            {
                if (!indices.Contains(dependency))
                    found.Add(new GraphProblem(graph.Tasks[index].Id, $"task '{graph.Tasks[index].Id}' is carried over, but '{graph.Tasks[dependency].Id}', which it waits for, is not"));
            }
        }

        return found;
    }

    private RunTask Find(string task) =>
        TryFind(task) ?? throw new RunInvariantException($"run {Header.Id} has no task '{task}'");

    private void Touch(int index)
    {
        if (_tasks[index].IsTouched) return;
        _tasks[index].IsTouched = true;
        _touched.Add(index);
    }

    private void SetStatus(RunTask task, RunTaskStatus status)
    {
        _count[(int)task.Status]--;
        _count[(int)status]++;
        task.Status = status;
        Touch(task.Index);
    }

    /// <summary>
    /// When <see cref="Tick"/> has to act on the task. What it would not act on has no due moment: a due moment that
    /// passes without an event would be due again, for ever, in every other process that has this run.
    /// </summary>
    internal DateTimeOffset? DueOf(RunTask task) => task.Status switch
    {
        RunTaskStatus.Running => task.Deadline,
        RunTaskStatus.Pending when (RollingBack ? task.Undoes is not null : Status is RunStatus.Running or RunStatus.WaitingConfirm && GoesOn) => Later(task.ReadyAt, task.NotBefore)?.AddSeconds(Header.PendingTimeoutSeconds),
        RunTaskStatus.WaitingConfirm when Status is RunStatus.Running or RunStatus.WaitingConfirm && GoesOn => task.ReadyAt?.AddSeconds(Header.ConfirmTimeoutSeconds),
        _ => null,
    };

    private DateTimeOffset? RunDue() => Status == RunStatus.Pending ? CreatedAt.AddSeconds(Header.StartTimeoutSeconds) : null;

    private static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a > b ? a : b ?? a;
}
