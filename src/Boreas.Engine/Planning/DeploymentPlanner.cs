using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;

namespace Boreas.Engine.Planning;

/// <summary>
/// Turns what is to be rolled out into a graph of tasks:
/// <list type="number">
/// <item>explicit <c>blockBy</c>;</item>
/// <item>inside one app prepare → build → test → deploy → health check;</item>
/// <item><c>mustInOrder</c>: an app's deploys wait for the last deploy or health check of the app before it.</item>
/// </list>
/// What depends on nothing runs in parallel.
/// </summary>
public static class DeploymentPlanner
{
    private static readonly RunTaskType[] InAppOrder = [RunTaskType.Prepare, RunTaskType.Build, RunTaskType.Test, RunTaskType.Deploy, RunTaskType.HealthCheck];

    /// <summary>The tasks, or null and everything that is wrong.</summary>
    public static IReadOnlyList<TaskSpec>? Plan(PlanInput input, out IReadOnlyList<GraphProblem> problems)
    {
        var found = new List<GraphProblem>();
        problems = found;
        var planned = input.Tasks ?? [.. input.Apps.SelectMany(PlanApp)];
        var drafts = Number(planned, found);
        Resolve(drafts, found);
        OrderInsideApps(drafts);
        OrderApps(drafts, input, found);
        if (found.Count > 0) return null;

        var labels = input.Apps.ToLookup(a => a.AppId, a => a.Labels, StringComparer.Ordinal);
        List<TaskSpec> specs = [.. drafts.Select((draft, i) => draft.ToSpec(i, input.ManualApproval, draft.Task.AppId is { } app ? labels[app].FirstOrDefault() : null))];
        return TaskGraph.TryBuild(specs, out problems) is null ? null : specs;
    }

    private static IEnumerable<PlannedTask> PlanApp(PlannedApp app)
    {
        RunTaskType[] types = app.Revision switch
        {
            RevisionKind.Source => InAppOrder,
            RevisionKind.Image => [RunTaskType.Prepare, RunTaskType.Deploy, RunTaskType.HealthCheck],
            _ => [RunTaskType.Deploy, RunTaskType.HealthCheck],
        };
        return types.Select(type => new PlannedTask(type, app.AppId, null, null, []));
    }

    private static List<Draft> Number(IReadOnlyList<PlannedTask> planned, List<GraphProblem> found)
    {
        var drafts = new List<Draft>(planned.Count);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var written in planned.Select(t => t.Id).OfType<string>())
        {
            if (!taken.Add(written)) found.Add(new GraphProblem(written, $"two tasks have the id '{written}'; ids are unique in a deployment"));
        }

        foreach (var task in planned)
        {
            var id = task.Id ?? Free(task.AppId is null ? TaskDefaults.SlugOf(task.Type) : $"{task.AppId}-{TaskDefaults.SlugOf(task.Type)}", taken);
            if (task.AppId is null && task.Type != RunTaskType.Custom) found.Add(new GraphProblem(id, $"task '{id}' of type {TaskDefaults.SlugOf(task.Type)} needs an appId"));
            drafts.Add(new Draft(id, task));
        }

        return drafts;
    }

    private static string Free(string id, HashSet<string> taken)
    {
        var free = id;
        for (var n = 2; !taken.Add(free); n++) free = $"{id}-{n}";
        return free;
    }

    private static void Resolve(List<Draft> drafts, List<GraphProblem> found)
    {
        var byId = new HashSet<string>(drafts.Select(d => d.Id), StringComparer.Ordinal);
        var byAppAndType = drafts.Where(d => d.Task.AppId is not null).ToLookup(d => $"{d.Task.AppId}-{TaskDefaults.SlugOf(d.Task.Type)}", StringComparer.Ordinal);
        foreach (var draft in drafts)
        {
            foreach (var name in draft.Task.BlockBy)
            {
                if (byId.Contains(name)) draft.WaitsFor.Add(name);
                else if (byAppAndType.Contains(name)) draft.WaitsFor.UnionWith(byAppAndType[name].Select(d => d.Id));
                else found.Add(new GraphProblem(draft.Id, $"task '{draft.Id}' is blocked by '{name}', which is neither a task's id nor {{appId}}-{{type}} of one"));
            }
        }
    }

    private static void OrderInsideApps(List<Draft> drafts)
    {
        foreach (var app in drafts.Where(d => d.Task.AppId is not null).GroupBy(d => d.Task.AppId))
        {
            List<Draft> before = [];
            foreach (var type in InAppOrder)
            {
                List<Draft> here = [.. app.Where(d => d.Task.Type == type)];
                if (here.Count == 0) continue;
                foreach (var draft in here) draft.WaitsFor.UnionWith(before.Select(d => d.Id));
                before = here;
            }
        }
    }

    private static void OrderApps(List<Draft> drafts, PlanInput input, List<GraphProblem> found)
    {
        if (input.MustInOrder.Distinct().Count() != input.MustInOrder.Count) found.Add(new GraphProblem("", "mustInOrder names an app twice"));
        var apps = drafts.Where(d => d.Task.AppId is not null).ToLookup(d => d.Task.AppId!);
        foreach (var unknown in input.MustInOrder.Where(app => !apps.Contains(app)))
            found.Add(new GraphProblem("", $"mustInOrder names '{unknown}', which has no task in this deployment"));
        List<string> last = [];
        foreach (var app in input.MustInOrder)
        {
            foreach (var deploy in apps[app].Where(d => d.Task.Type == RunTaskType.Deploy)) deploy.WaitsFor.UnionWith(last);
            List<string> ends = [.. (apps[app].Any(d => d.Task.Type == RunTaskType.HealthCheck)
                ? apps[app].Where(d => d.Task.Type == RunTaskType.HealthCheck)
                : apps[app].Where(d => d.Task.Type == RunTaskType.Deploy)).Select(d => d.Id)];

            // An app that deploys nothing here does not break the order of those around it.
            if (ends.Count > 0) last = ends;
        }
    }

    private sealed class Draft(string id, PlannedTask task)
    {
        public string Id => id;

        public PlannedTask Task => task;

        public SortedSet<string> WaitsFor { get; } = new(StringComparer.Ordinal);

        public TaskSpec ToSpec(int position, bool manualApproval, IReadOnlyList<string>? labels) => new(
            id,
            task.AppId,
            task.Name ?? TaskDefaults.NameOf(task.Type),
            task.Type,
            TaskDefaults.ExecutorOf(task.Type),
            [.. WaitsFor],
            Order: task.Order != 0 ? task.Order : position + 1,
            Payload: task.Payload,
            Labels: labels,
            TimeoutSeconds: task.TimeoutSeconds ?? TaskDefaults.TimeoutOf(task.Type),
            MaxAttempts: task.MaxAttempts ?? 3,
            RequireConfirm: task.RequireConfirm || (manualApproval && task.Type == RunTaskType.Deploy),
            Undo: task.Type == RunTaskType.Deploy ? new UndoSpec($"roll back {task.AppId}", "restore") : null);
    }
}
