using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;

namespace Boreas.Bench.Graphs;

/// <summary>A run from its creation to its success, as the control plane drives it.</summary>
internal static class Workload
{
    private static readonly RunHeader Header = new("run", "deployment");

    public static Run Create(IReadOnlyList<TaskSpec> tasks) =>
        Run.Create(new RunCreated(DateTimeOffset.UnixEpoch, Header, tasks), out var problems) ?? throw new InvalidOperationException(problems[0].Message);

    public static void Work(Run run)
    {
        var now = DateTimeOffset.UnixEpoch;
        var ready = new Queue<RunTask>();
        Handle(run, new StartRun("bench"), now, ready);
        while (ready.TryDequeue(out var task))
        {
            now = now.AddMilliseconds(1);
            Handle(run, new ClaimTask(task.Spec.Id, "runner", "lease"), now, ready);
            Handle(run, new ReportTask(task.Spec.Id, task.Epoch, "{}", null), now, ready);
        }

        if (run.Status != RunStatus.Success) throw new InvalidOperationException($"the run is {run.Status}");
    }

    private static void Handle(Run run, RunCommand command, DateTimeOffset now, Queue<RunTask> ready)
    {
        run.Handle(command, now, out var refusal);
        if (refusal is not null) throw new InvalidOperationException(refusal.Message);
        foreach (var task in run.TakeTouched())
        {
            if (run.IsClaimable(task, now)) ready.Enqueue(task);
        }

        _ = run.NextDue;
    }
}
