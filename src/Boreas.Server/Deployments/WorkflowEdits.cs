using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;
using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;
using Boreas.Server.Access;
using Boreas.Server.Audit;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Http;

namespace Boreas.Server.Deployments;

/// <summary>Changes the graph of a deployment. Each change is one transaction: it sees the graph as it is, and the run decides.</summary>
internal sealed class WorkflowEdits(Journal journal, Database database)
{
    public Task<GraphEdit> ReplaceAsync(string id, IReadOnlyList<TaskInput> tasks, Caller caller, HttpRequest request) =>
        EditAsync(id, caller, request, _ => (tasks, null));

    /// <returns>The edit, with the task's id.</returns>
    public Task<GraphEdit> AddAsync(string id, NewTask task, Caller caller, HttpRequest request) => EditAsync(id, caller, request, tasks =>
    {
        if (task.Id is not null && tasks.Exists(t => t.Id == task.Id))
            throw RequestRefusedException.Conflict(ProblemCodes.AlreadyExists, $"There is a task '{task.Id}' in this deployment already.", "Choose another id, or change the task that is there.");
        var id = task.Id ?? Engine.Planning.AddedTask.FreeId(task.AppId, task.Type, [.. tasks.Select(t => t.Id!)]);
        foreach (var blocked in DeploymentRequest.SplitBlockBy(task.Blocks))
        {
            var index = tasks.FindIndex(t => t.Id == blocked);
            if (index < 0) throw RequestRefusedException.Invalid(new FieldProblem("blocks", $"names '{blocked}', which is no task of this deployment"));
            tasks[index] = tasks[index] with { BlockBy = Join([.. DeploymentRequest.SplitBlockBy(tasks[index].BlockBy), id]) };
        }

        return (tasks, Insert(tasks, task with { Id = id, Order = task.Order ?? tasks.Max(t => t.Order) + 1 }));
    });

    public Task<GraphEdit> ChangeAsync(string id, string taskId, TaskChange change, Caller caller, HttpRequest request) => EditAsync(id, caller, request, tasks =>
    {
        var present = Take(tasks, taskId, out var index);
        var changed = present with
        {
            Name = change.Name ?? present.Name,
            BlockBy = change.BlockBy ?? present.BlockBy,
            Order = change.Order ?? present.Order,
            Payload = change.Payload ?? present.Payload,
            RequireConfirm = change.RequireConfirm ?? present.RequireConfirm,
            TimeoutSeconds = change.TimeoutSeconds ?? present.TimeoutSeconds,
            MaxAttempts = change.MaxAttempts ?? present.MaxAttempts,
        };
        if (change.Order is not null) return (tasks, Insert(tasks, changed));
        tasks.Insert(index, changed);
        return (tasks, index);
    });

    /// <summary>What waited for the task waits for what that waited for, so that nothing begins earlier.</summary>
    public Task<GraphEdit> DeleteAsync(string id, string taskId, Caller caller, HttpRequest request) => EditAsync(id, caller, request, tasks =>
    {
        Remove(tasks, taskId);
        return (tasks, null);
    });

    /// <summary>Takes a task out; what waited for it waits for what it waited for.</summary>
    public static void Remove(List<TaskInput> tasks, string taskId)
    {
        var before = DeploymentRequest.SplitBlockBy(Take(tasks, taskId, out _).BlockBy);
        for (var i = 0; i < tasks.Count; i++)
        {
            var waitsFor = DeploymentRequest.SplitBlockBy(tasks[i].BlockBy);
            if (waitsFor.Contains(taskId)) tasks[i] = tasks[i] with { BlockBy = Join([.. waitsFor.Where(b => b != taskId), .. before]) };
        }
    }

    /// <summary>The graph of a run as people write it; what a roll-back added is no part of it.</summary>
    public static List<TaskInput> TasksOf(Run run) =>
    [
        .. run.Tasks.Where(t => t.Undoes is null).Select(t => new TaskRow
        {
            Id = t.Spec.Id, AppId = t.Spec.AppId, Name = t.Spec.Name, Type = (int)t.Spec.Type, BlockBy = string.Join(',', t.Spec.BlockBy), Ord = t.Spec.Order, Payload = t.Spec.Payload,
            RequireConfirm = t.Spec.RequireConfirm, TimeoutSeconds = t.Spec.TimeoutSeconds, MaxAttempts = t.Spec.MaxAttempts,
        }.ToInput()),
    ];

    private async Task<GraphEdit> EditAsync(string id, Caller caller, HttpRequest request, Func<List<TaskInput>, (IReadOnlyList<TaskInput> Tasks, int? Sent)> change)
    {
        var row = await DeploymentsApi.FindAsync(id, caller, database, request.HttpContext.RequestAborted);
        caller.Demand(row.Project, Role.Developer);
        return await journal.WriteAsync(transaction =>
        {
            var run = transaction.Find(row.Id) ?? throw RequestRefusedException.NotFound("deployment", id);
            ETags.Demand(request, TagOf(run));
            if (!run.CanBeEdited) DeploymentActions.Handle(transaction, row.Id, new EditGraph([], caller.Name));
            var before = TasksOf(run);
            var (tasks, sent) = change([.. before]);
            var sentId = sent is { } index ? tasks[index].Id : null;
            var specs = EditedGraph.Plan(run, DeploymentQueries.ReadSpec(row.Spec), tasks, sent);
            DemandConfirmer(run, specs, caller, row.Project);
            DeploymentActions.Handle(transaction, row.Id, new EditGraph(specs, caller.Name));
            var summary = GraphDifference.Between(before, TasksOf(run)).Summary();
            transaction.Audit(caller, $"deployment/{row.Id}", summary);
            return new GraphEdit(summary, TagOf(run), sentId);
        }, CancellationToken.None);
    }

    /// <summary>What the environment's rule asks for is taken away by nobody who could not change the rule.</summary>
    private static void DemandConfirmer(Run run, IReadOnlyList<TaskSpec> specs, Caller caller, string project)
    {
        var needed = run.Header.Approval is null ? Role.Approver : Role.Admin;
        if (caller.RoleIn(project) >= needed || TaskGraph.TryBuild(specs, out _) is not { } edited || !run.LiftsConfirmation(edited)) return;
        throw Caller.Forbidden($"After this edit something would start without the confirmation that it waits for now; that needs the role '{Caller.NameOf(needed)}' in project '{project}'.");
    }

    private static string TagOf(Run run) => ETags.Of(run.GraphVersion, run.CreatedAt);

    private static TaskInput Take(List<TaskInput> tasks, string taskId, out int index)
    {
        index = tasks.FindIndex(t => t.Id == taskId);
        if (index < 0) throw RequestRefusedException.NotFound("task", taskId);
        var task = tasks[index];
        tasks.RemoveAt(index);
        return task;
    }

    /// <summary>Puts the task before those of the same order.</summary>
    private static int Insert(List<TaskInput> tasks, TaskInput task)
    {
        var index = tasks.FindIndex(t => t.Order >= task.Order);
        if (index < 0) index = tasks.Count;
        tasks.Insert(index, task);
        return index;
    }

    private static string Join(IEnumerable<string> ids) => string.Join(',', ids.Distinct(StringComparer.Ordinal));
}

/// <param name="Summary">What it changed, in a sentence.</param>
/// <param name="Tag">ETag of the graph after it.</param>
/// <param name="TaskId">The one task that was sent.</param>
internal sealed record GraphEdit(string Summary, string Tag, string? TaskId);
