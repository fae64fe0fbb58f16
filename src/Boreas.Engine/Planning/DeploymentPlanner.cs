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
/// What depends on nothing runs in parallel. A deploy of several steps is a chain of tasks, with one that watches between
/// a canary and the step after it; whatever waits for the deploy waits for the end of the chain.
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
        var drafts = Unfold(Number(planned, found), input);
        Resolve(drafts, found);
        OrderInsideApps(drafts);
        OrderApps(drafts, input, found);
        if (found.Count > 0) return null;

        var labels = input.Apps.ToLookup(a => a.AppId, a => a.Labels, StringComparer.Ordinal);
        var strategy = input.Strategy is { Count: > 0 } given ? given : [new DeployStep()];
        List<TaskSpec> specs = [.. drafts.Select((draft, i) => draft.ToSpec(i, strategy[draft.Task.Type == RunTaskType.HealthCheck ? ^1 : 0].AutoRollback, draft.Task.AppId is { } app ? labels[app].FirstOrDefault() : null))];
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
            var id = task.Id ?? AddedTask.FreeId(task.AppId, task.Type, taken);
            if (task.AppId is null && task.Type != RunTaskType.Custom) found.Add(new GraphProblem(id, $"task '{id}' of type {TaskDefaults.SlugOf(task.Type)} needs an appId"));
            drafts.Add(new Draft(id, task));
        }

        return drafts;
    }

    /// <summary>Makes the chain of its steps of each deploy.</summary>
    private static List<Draft> Unfold(List<Draft> drafts, PlanInput input)
    {
        var replicas = input.Apps.ToLookup(a => a.AppId, a => a.Replicas, StringComparer.Ordinal);
        var taken = new HashSet<string>(drafts.Select(d => d.Id), StringComparer.Ordinal);
        var unfolded = new List<Draft>(drafts.Count);
        foreach (var draft in drafts)
        {
            unfolded.Add(draft);
            if (draft.Task is not { Type: RunTaskType.Deploy, AppId: { } app }) continue;
            var steps = Rollout.Steps(input.Strategy ?? [], replicas[app].DefaultIfEmpty(1).First(), input.ManualApproval);
            draft.Become(steps[0], 1, steps.Count);
            var last = draft;
            for (var i = 1; i < steps.Count; i++)
            {
                if (steps[i - 1].WatchSeconds > 0) Follow(new PlannedTask(RunTaskType.Custom, app, null, $"watch for {Words.Of(steps[i - 1].WatchSeconds)}", [], TimeoutSeconds: (2 * steps[i - 1].WatchSeconds) + 600), "watch").Watch(steps[i - 1]);
                Follow(draft.Task with { Id = null, Name = null, BlockBy = [], RequireConfirm = false }, "deploy").Become(steps[i], i + 1, steps.Count);
            }

            Draft Follow(PlannedTask task, string what)
            {
                last = new Draft(AddedTask.Free($"{app}-{what}", taken), task, last);
                unfolded.Add(last);
                return last;
            }
        }

        return unfolded;
    }

    private static void Resolve(List<Draft> drafts, List<GraphProblem> found)
    {
        var byId = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var draft in drafts) byId.TryAdd(draft.Id, draft.End.Id);
        var byAppAndType = drafts.Where(d => d.Task.AppId is not null).ToLookup(d => $"{d.Task.AppId}-{TaskDefaults.SlugOf(d.Task.Type)}", StringComparer.Ordinal);
        foreach (var draft in drafts)
        {
            foreach (var name in draft.Task.BlockBy)
            {
                if (byId.TryGetValue(name, out var id)) draft.WaitsFor.Add(id);
                else if (byAppAndType.Contains(name)) draft.WaitsFor.UnionWith(byAppAndType[name].Select(d => d.End.Id));
                else found.Add(new GraphProblem(draft.Id, $"task '{draft.Id}' is blocked by '{name}', which is neither a task's id nor {{appId}}-{{type}} of one"));
            }
        }
    }

    private static void OrderInsideApps(List<Draft> drafts)
    {
        foreach (var app in drafts.Where(d => d.Task.AppId is not null && d.Follows is null).GroupBy(d => d.Task.AppId))
        {
            List<Draft> before = [];
            foreach (var type in InAppOrder)
            {
                List<Draft> here = [.. app.Where(d => d.Task.Type == type)];
                if (here.Count == 0) continue;
                foreach (var draft in here) draft.WaitsFor.UnionWith(before.Select(d => d.End.Id));
                before = here;
            }
        }
    }

    private static void OrderApps(List<Draft> drafts, PlanInput input, List<GraphProblem> found)
    {
        if (input.MustInOrder.Distinct().Count() != input.MustInOrder.Count) found.Add(new GraphProblem("", "mustInOrder names an app twice"));
        var apps = drafts.Where(d => d.Task.AppId is not null && d.Follows is null).ToLookup(d => d.Task.AppId!);
        foreach (var unknown in input.MustInOrder.Where(app => !apps.Contains(app)))
            found.Add(new GraphProblem("", $"mustInOrder names '{unknown}', which has no task in this deployment"));
        List<string> last = [];
        foreach (var app in input.MustInOrder)
        {
            foreach (var deploy in apps[app].Where(d => d.Task.Type == RunTaskType.Deploy)) deploy.WaitsFor.UnionWith(last);
            List<string> ends = [.. (apps[app].Any(d => d.Task.Type == RunTaskType.HealthCheck)
                ? apps[app].Where(d => d.Task.Type == RunTaskType.HealthCheck)
                : apps[app].Where(d => d.Task.Type == RunTaskType.Deploy)).Select(d => d.End.Id)];

            // An app that deploys nothing here does not break the order of those around it.
            if (ends.Count > 0) last = ends;
        }
    }

    private sealed class Draft
    {
        private RolloutStep? _step;
        private string? _name;
        private string? _payload;
        private Draft? _next;

        /// <param name="follows">The step of the same chain that comes before it.</param>
        public Draft(string id, PlannedTask task, Draft? follows = null)
        {
            (Id, Task, Follows) = (id, task, follows);
            _payload = task.Payload;
            if (follows is null) return;
            follows._next = this;
            WaitsFor.Add(follows.Id);
        }

        public string Id { get; }

        public PlannedTask Task { get; }

        public Draft? Follows { get; }

        /// <summary>The last of its chain; itself where there is none.</summary>
        public Draft End => _next?.End ?? this;

        public SortedSet<string> WaitsFor { get; } = new(StringComparer.Ordinal);

        /// <summary>A step of a deploy.</summary>
        public void Become(RolloutStep step, int number, int steps)
        {
            _step = step;
            _payload = DeployPayload.Write(step, number, steps);
            if (steps == 1) return;
            _name = step switch
            {
                { IsLast: true } => "deploy all",
                { Share: { } share } => FormattableString.Invariant($"deploy {step.Instances} of {step.Of}, {share * 100:0.##} % of traffic"),
                _ => $"deploy {step.Instances} of {step.Of}",
            };
        }

        public void Watch(RolloutStep step)
        {
            _step = step with { DelaySeconds = 0, Approval = StepApproval.NotNeeded };
            _payload = WatchPayload.Write(step);
        }

        public TaskSpec ToSpec(int position, bool takesBack, IReadOnlyList<string>? labels)
        {
            var plain = AddedTask.Plan(Id, Task, confirmDeploys: false);
            return plain with
            {
                Name = Task.Name ?? _name ?? plain.Name,
                Executor = _step is not null && Task.Type == RunTaskType.Custom ? TaskDefaults.WatchExecutor : plain.Executor,
                BlockBy = [.. WaitsFor],
                Order = Task.Order != 0 ? Task.Order : position + 1,
                Payload = _payload,
                Labels = labels,
                RequireConfirm = plain.RequireConfirm || _step is { Approval: not StepApproval.NotNeeded },
                DelaySeconds = _step?.DelaySeconds ?? 0,
                // What undoes the first step of an app undoes them all.
                Undo = Follows is null ? plain.Undo : null,
                AutoRollback = _step?.AutoRollback ?? takesBack,
                RefusedBeforehand = _step is { Approval: StepApproval.Refused },
            };
        }
    }
}
