using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;
using Boreas.Server.Deployments;

namespace Boreas.Simulation.World;

/// <summary>Small deployments of every shape.</summary>
internal static class Plans
{
    /// <summary>The executor of tasks that have only the effect of the simulation.</summary>
    public const string Simulated = "simulated";

    public static Create Throw(Dice dice, int number, bool hasGpu)
    {
        var owner = dice.OneIn(3) ? "bob" : "ann";
        var own = Api.Apps.Where(a => Api.OwnerOf(a) == owner).ToList();
        List<string> apps = [dice.Of(own)];
        if (dice.OneIn(4)) apps = [.. apps.Append(dice.Of(own)).Distinct()];
        var count = dice.OneIn(3) ? dice.Between(1, 12) : dice.Between(1, 5);
        var tasks = new List<TaskSpec>();
        for (var i = 0; i < count; i++) tasks.Add(Task(dice, i, apps, hasGpu));
        return new Create($"creator-{number}", $"key-{number}", dice.Of(Api.Environments), apps, tasks, AutoRollback: dice.Below(3) > 0, PendingTimeout: dice.OneIn(2) ? 20 : 300, AutoStart: !dice.OneIn(6), dice.Below(6) switch { < 3 => OnConflict.Reject, < 5 => OnConflict.Queue, _ => OnConflict.Supersede }, Approvals: dice.OneIn(3) ? 2 : 1);
    }

    /// <summary>The present graph with one edit, another one for each number in <paramref name="by"/>; it leaves alone what has started.</summary>
    public static List<TaskSpec> Edit(Run run, string by)
    {
        var number = int.Parse(by.AsSpan(by.IndexOf('-') + 1), System.Globalization.CultureInfo.InvariantCulture);
        var tasks = run.Tasks.Select(t => t.Spec).ToList();
        var open = run.Tasks.Where(t => !t.HasStarted).Select(t => t.Index).ToList();
        var chosen = open.Count > 0 ? open[number / 4 % open.Count] : 0;
        switch (number % 4)
        {
            case 0 when open.Count > 0 && tasks.Count > 1:
                var gone = tasks[chosen];
                tasks.RemoveAt(chosen);
                return tasks.ConvertAll(t => t.BlockBy.Contains(gone.Id) ? t with { BlockBy = [.. t.BlockBy.Where(b => b != gone.Id).Concat(gone.BlockBy).Distinct()] } : t);
            case 1 when open.Count > 0:
                tasks[chosen] = tasks[chosen] with { Name = $"renamed by {by}", BlockBy = [], RequireConfirm = !tasks[chosen].RequireConfirm };
                return tasks;
            case 2 when open.Count > 0:
                var moved = tasks[chosen] with { Name = $"moved by {by}" };
                tasks.RemoveAt(chosen);
                tasks.Insert(0, moved);
                return tasks;
            default:
                tasks.Insert(chosen, new TaskSpec($"x{number}", tasks[0].AppId, $"added by {by}", RunTaskType.Custom, Simulated, tasks[chosen].BlockBy, TimeoutSeconds: 30, MaxAttempts: 2, RequireConfirm: number % 8 == 7));
                return tasks;
        }
    }

    private static TaskSpec Task(Dice dice, int index, List<string> apps, bool hasGpu)
    {
        var before = new List<string>();
        for (var i = 0; i < index; i++)
        {
            if (dice.OneIn(i == index - 1 ? 2 : 4)) before.Add($"t{i}");
        }

        return new TaskSpec(
            $"t{index}",
            dice.Of(apps),
            $"task {index}",
            RunTaskType.Custom,
            Simulated,
            before,
            Labels: hasGpu && dice.OneIn(8) ? ["gpu"] : null,
            TimeoutSeconds: dice.Between(15, 60),
            MaxAttempts: dice.Between(1, 3),
            RequireConfirm: dice.OneIn(7),
            DelaySeconds: dice.OneIn(6) ? dice.Between(1, 10) : 0,
            Undo: dice.OneIn(2) ? new UndoSpec($"undo {index}", Simulated, TimeoutSeconds: 30) : null);
    }
}
