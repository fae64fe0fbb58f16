using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;

namespace Boreas.Engine.Tests.Runs;

/// <summary>A run with its clock and its events. After each step the events, written and read, must give the same run.</summary>
internal sealed class Story
{
    private readonly List<RunEvent> _events = [];
    private int _leases;

    public Story(params TaskSpec[] tasks)
        : this(new RunHeader("run-1", "deployment", AutoRollback: false), tasks)
    {
    }

    public Story(RunHeader header, IReadOnlyList<TaskSpec> tasks, params CarriedTask[] carried)
    {
        var created = new RunCreated(Now, header, tasks, carried);
        Run = Run.Create(created, out var problems)!;
        Assert.Empty(problems);
        _events.Add(created);
    }

    public Run Run { get; }

    public DateTimeOffset Now { get; private set; } = new(2031, 5, 6, 12, 0, 0, TimeSpan.Zero);

    public IReadOnlyList<RunEvent> Events => _events;

    public static Story Started(params TaskSpec[] tasks) => new Story(tasks).Then(s => s.Do(new StartRun("ada")));

    public static Story Started(RunHeader header, params TaskSpec[] tasks) => new Story(header, tasks).Then(s => s.Do(new StartRun("ada")));

    public Story Then(Action<Story> step)
    {
        step(this);
        return this;
    }

    public Story Pass(int seconds)
    {
        Now = Now.AddSeconds(seconds);
        return this;
    }

    public RunTask this[string task] => Run.TryFind(task) ?? throw new InvalidOperationException($"no task {task}");

    public IReadOnlyList<RunEvent> Do(RunCommand command)
    {
        var events = Run.Handle(command, Now, out var refusal);
        Assert.Null(refusal);
        _events.AddRange(events);
        Assert.Equal(RunPicture.Of(RunPicture.Replayed(_events), Now), RunPicture.Of(Run, Now));
        return events;
    }

    /// <summary>The command is refused, and nothing changes.</summary>
    public Refusal Refused(RunCommand command)
    {
        var before = RunPicture.Of(Run, Now);
        Assert.Empty(Run.Handle(command, Now, out var refusal));
        Assert.Equal(before, RunPicture.Of(Run, Now));
        Assert.NotNull(refusal);
        return refusal;
    }

    /// <summary>The command is done already: no refusal, and nothing changes.</summary>
    public void ChangesNothing(RunCommand command)
    {
        var before = RunPicture.Of(Run, Now);
        Assert.Empty(Do(command));
        Assert.Equal(before, RunPicture.Of(Run, Now));
    }

    public long Claim(string task, string runner = "north")
    {
        var claimed = (TaskClaimed)Do(new ClaimTask(task, runner, $"lease-{++_leases}")).First();
        return claimed.Epoch;
    }

    public Story Succeed(string task)
    {
        Do(new ReportTask(task, Claim(task), """{"ok":true}""", null));
        return this;
    }

    public Story Fail(string task, bool retry = false)
    {
        Do(new ReportTask(task, Claim(task), null, Broken(retry)));
        return this;
    }

    public Story Tick()
    {
        Do(new Tick());
        return this;
    }

    public static RunFailure Broken(bool retry = false) => new("command_failed", "it broke", "mend it", retry);
}
