using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;

namespace Boreas.Engine.Tests.Properties;

/// <summary>A run over a random graph, to which random things happen in a random order, all of them watched by a <see cref="RunChecker"/>.</summary>
internal sealed class RandomRun
{
    private static readonly string[] People = ["ada", "bob", "cyd", "dan"];

    private readonly Choices _choices;
    private readonly RunChecker _checker;
    private readonly List<ReportTask> _sent = [];
    private int _leases;
    private int _edits;
    private DateTimeOffset _now = new(2031, 5, 6, 12, 0, 0, TimeSpan.Zero);

    public RandomRun(int[] numbers)
    {
        _choices = new Choices(numbers);
        var tasks = Tasks();
        var header = new RunHeader("run", "deployment", AutoRollback: _choices.Below(2) == 1, PendingTimeoutSeconds: 600, ConfirmTimeoutSeconds: 86_400, StartTimeoutSeconds: 172_800, Approval: Rule());
        _checker = new RunChecker(new RunCreated(_now, header, tasks, Carried(tasks)));
    }

    private Run Run => _checker.Run;

    public RunChecker Play()
    {
        while (_choices.Any)
        {
            if (_choices.OneIn(6)) _now = _now.AddSeconds(Jump());
            _checker.Do(Command(), _now);
        }

        return _checker;
    }

    /// <summary>From here on everybody does their duty: what can be claimed is claimed and reported or lost, who is asked confirms.</summary>
    public Run EndByWork(int[] numbers)
    {
        var choices = new Choices(numbers);
        for (var steps = 0; !Run.IsOver; steps++)
        {
            Assert.True(steps < 2_000, $"the run does not end: it is {Run.Status}");
            _now = _now.AddSeconds(61);
            RunCommand command = Run.Status == RunStatus.Pending ? new StartRun("ada")
                : Run.Tasks.FirstOrDefault(t => t.Status == RunTaskStatus.Running) is { } running ? Ending(running, choices)
                : Run.Tasks.FirstOrDefault(t => Run.IsClaimable(t, _now)) is { } ready ? Claim(ready)
                : Run.Tasks.Any(t => t.Status == RunTaskStatus.WaitingConfirm && Run.Status == RunStatus.WaitingConfirm) ? new ConfirmTask(null, People[steps % People.Length], Roles: ["approver"], Groups: ["ops"])
                : new Tick();
            _checker.Do(command, _now);
        }

        return Run;
    }

    /// <summary>From here on nobody does anything; the clock goes from one due moment to the next.</summary>
    public Run EndByTime()
    {
        for (var steps = 0; !Run.IsOver; steps++)
        {
            Assert.True(steps < 2_000, $"the run does not end: it is {Run.Status}");
            Assert.True(Run.NextDue is not null, $"the run is {Run.Status}, waits, and nothing is due");
            _now = _now > Run.NextDue.Value ? _now : Run.NextDue.Value;
            _checker.Do(new Tick(), _now);
        }

        return Run;
    }

    private RunCommand Command()
    {
        var running = Run.Tasks.Where(t => t.Status == RunTaskStatus.Running).ToList();
        var any = Run.Tasks[_choices.Below(Run.Tasks.Count)];
        return _choices.Below(24) switch
        {
            0 => new StartRun("ada"),
            <= 7 => Claim(_choices.Of([.. Run.Tasks.Where(t => Run.IsClaimable(t, _now))]) ?? any),
            <= 13 when _choices.Of(running) is { } task => Ending(task, _choices),
            14 when _choices.Of(_sent) is { } again => again,
            15 => new ReportTask(any.Spec.Id, any.Epoch - 1 + _choices.Below(3), null, _choices.OneIn(2) ? Broken(retry: true) : null),
            16 => new LoseTask(any.Spec.Id, any.Epoch - 1 + _choices.Below(3)),
            17 => new ConfirmTask(_choices.OneIn(2) ? any.Spec.Id : null, Person(), Roles: _choices.OneIn(3) ? null : ["approver"], Groups: _choices.OneIn(3) ? null : ["ops"]),
            18 when _choices.OneIn(4) => new RejectTask(any.Spec.Id, Person()),
            19 when _choices.OneIn(3) => new CancelRun("bob"),
            20 when _choices.OneIn(3) => new RollBackRun("bob"),
            21 => new ClaimTask("ghost", "north", "lease"),
            22 when Run.Tasks.All(t => t.Undoes is null) => new EditGraph(Edited(), "eve"),
            22 when _choices.OneIn(2) => new HoldTask((_choices.Of([.. Run.Tasks.Where(t => t.Hold is not null || Run.IsClaimable(t, _now))]) ?? any).Spec.Id, _choices.OneIn(3) ? null : _now.AddSeconds(1 + _choices.Below(4_000)), "frozen"),
            _ => new Tick(),
        };
    }

    private string Person() => People[_choices.Below(People.Length)];

    /// <summary>A rule that these people can satisfy.</summary>
    private ApprovalRule? Rule()
    {
        if (!_choices.OneIn(2)) return null;
        var (approvals, named) = (1 + _choices.Below(3), _choices.OneIn(2));
        return new ApprovalRule(approvals, named ? ["bob"] : null, _choices.OneIn(2) || (named && approvals > 1) ? ["approver"] : null, _choices.OneIn(3) ? "ada" : null, _choices.OneIn(2), _choices.OneIn(3) ? ["ops"] : null);
    }

    private ClaimTask Claim(RunTask task) => new(task.Spec.Id, _choices.OneIn(2) ? "south" : "north", $"lease-{++_leases}");

    private RunCommand Ending(RunTask task, Choices choices)
    {
        var kind = choices.Below(8);
        if (kind == 7) return new LoseTask(task.Spec.Id, task.Epoch);
        var report = new ReportTask(task.Spec.Id, task.Epoch, "{}", kind < 5 ? null : Broken(retry: kind == 5), kind == 4 && task.Undoes is null ? "Good enough?" : null);
        _sent.Add(report);
        return report;
    }

    private static RunFailure Broken(bool retry) => new("command_failed", "it broke", null, retry);

    /// <summary>Clocks go on, stand, leap, and now and then go back.</summary>
    private int Jump() => new[] { 1, 0, 3, 40, 61, 599, 601, 3_600, -5, -7_200, 90_000, 180_000 }[_choices.Below(12)];

    /// <summary>The present graph with a few edits; some of them leave a cycle, an unknown id, or touch what has started.</summary>
    private List<TaskSpec> Edited()
    {
        var tasks = Run.Tasks.Select(t => t.Spec).ToList();
        for (var edits = _choices.Below(4); edits >= 0; edits--)
        {
            var i = _choices.Below(tasks.Count);
            var other = tasks[_choices.Below(tasks.Count)].Id;
            switch (_choices.Below(8))
            {
                case 0: tasks.Insert(i, Specs.Task($"e{++_edits}", other) with { RequireConfirm = _choices.OneIn(3), DelaySeconds = _choices.OneIn(4) ? 30 : 0 }); break;
                case 1: tasks.Insert(i, Specs.Task($"e{++_edits}")); break;
                case 2 when tasks.Count > 1:
                    var gone = tasks[i];
                    tasks.RemoveAt(i);
                    if (!_choices.OneIn(6)) tasks = tasks.ConvertAll(t => t with { BlockBy = [.. t.BlockBy.Where(b => b != gone.Id)] });
                    break;
                case 3: tasks[i] = tasks[i] with { Name = $"renamed {++_edits}" }; break;
                case 4: tasks[i] = tasks[i] with { BlockBy = [.. tasks[i].BlockBy.Append(other).Distinct()] }; break;
                case 5: tasks[i] = tasks[i] with { BlockBy = [.. tasks[i].BlockBy.Skip(1)] }; break;
                case 6: tasks[i] = tasks[i] with { RequireConfirm = !tasks[i].RequireConfirm }; break;
                default: (tasks[i], tasks[0]) = (tasks[0], tasks[i]); break;
            }
        }

        return tasks;
    }

    private List<TaskSpec> Tasks()
    {
        var tasks = new List<TaskSpec>();
        for (var i = _choices.Below(9); i >= 0; i--)
        {
            var task = Specs.Task($"t{tasks.Count}", [.. tasks.Where(_ => _choices.OneIn(3)).Select(t => t.Id)]) with
            {
                RequireConfirm = _choices.OneIn(5),
                DelaySeconds = _choices.OneIn(5) ? 30 : 0,
                TimeoutSeconds = _choices.OneIn(2) ? 60 : 1_200,
                MaxAttempts = 1 + _choices.Below(3),
                AutoRollback = _choices.OneIn(3) ? _choices.OneIn(2) : null,
                Undo = _choices.OneIn(2) ? new UndoSpec("undo", "restore", TimeoutSeconds: 90) : null,
            };
            tasks.Add(task);
        }

        // Tasks are written down in any order, not in that of their dependencies.
        for (var i = tasks.Count - 1; i > 0; i--)
        {
            var other = _choices.Below(i + 1);
            (tasks[i], tasks[other]) = (tasks[other], tasks[i]);
        }

        return tasks;
    }

    private List<CarriedTask> Carried(List<TaskSpec> tasks)
    {
        var carried = new List<CarriedTask>();
        if (!_choices.OneIn(4)) return carried;
        foreach (var task in tasks.OrderBy(t => int.Parse(t.Id[1..], System.Globalization.CultureInfo.InvariantCulture)))
        {
            if (task.BlockBy.All(b => carried.Exists(c => c.Task == b)) && _choices.OneIn(2)) carried.Add(new CarriedTask(task.Id, "{}"));
        }

        return carried;
    }
}
