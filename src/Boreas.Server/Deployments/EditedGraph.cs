using System.Text.Json;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Engine.Graphs;
using Boreas.Engine.Planning;
using Boreas.Engine.Runs;
using Boreas.Server.Problems;

namespace Boreas.Server.Deployments;

/// <summary>
/// What a person sent as the graph of a run, as the tasks that the engine takes. What they need not know of a task that
/// is there (its executor, what undoes it) stays with it; whether tasks that have started are left alone, the engine sees.
/// </summary>
internal static class EditedGraph
{
    /// <param name="sent">Index of the one task that the caller sent; null: they sent all.</param>
    /// <exception cref="RequestRefusedException">400, with every field.</exception>
    public static List<TaskSpec> Plan(Run run, DeploymentSpec deployment, IReadOnlyList<TaskInput> tasks, int? sent)
    {
        var errors = new List<FieldProblem>();
        var taken = tasks.Select(t => t.Id).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var specs = new List<TaskSpec>(tasks.Count);
        for (var i = 0; i < tasks.Count; i++)
        {
            var prefix = sent is null ? $"tasks[{i}]." : "";
            var present = tasks[i].Id is { } id ? run.TryFind(id) : null;
            if (sent is null || sent == i) DeploymentRequest.Task(tasks[i], prefix, errors, known: present is not null);
            specs.Add(present is null ? Added(tasks[i], i + 1, deployment, taken, prefix, errors) : Changed(present, tasks[i], i + 1, deployment, prefix, errors));
        }

        if (errors.Count > 0) throw RequestRefusedException.Invalid(errors);
        KeepUndo(specs, run);
        return [.. specs.Select(s => s with { BlockBy = Resolve(s.BlockBy, specs, taken) }).OrderBy(s => s.Order)];
    }

    private static TaskSpec Added(TaskInput task, int position, DeploymentSpec deployment, HashSet<string> taken, string prefix, List<FieldProblem> errors)
    {
        if (task.AppId is null && task.Type != RunTaskType.Custom) errors.Add(new FieldProblem(prefix + "appId", "is required for a task that is not custom"));
        if (task.AppId is not null && deployment.Apps.All(a => a.App.Id != task.AppId)) errors.Add(new FieldProblem(prefix + "appId", "names no app of this deployment"));
        if (task.Payload is not null && task.Type != RunTaskType.Custom) errors.Add(new FieldProblem(prefix + "payload", "is for custom tasks"));
        var planned = new PlannedTask(
            task.Type, task.AppId, task.Id, task.Name, DeploymentRequest.SplitBlockBy(task.BlockBy), task.Order ?? position, task.Payload?.GetRawText(), task.RequireConfirm == true, task.TimeoutSeconds, task.MaxAttempts);
        return AddedTask.Plan(task.Id ?? AddedTask.FreeId(task.AppId, task.Type, taken), planned, deployment.ManualApproval);
    }

    private static TaskSpec Changed(RunTask present, TaskInput task, int position, DeploymentSpec deployment, string prefix, List<FieldProblem> errors)
    {
        var spec = present.Spec;
        if (task.Type != spec.Type) errors.Add(new FieldProblem(prefix + "type", $"of task '{spec.Id}' cannot be changed; delete it and add another"));
        if (task.AppId is not null && task.AppId != spec.AppId) errors.Add(new FieldProblem(prefix + "appId", $"of task '{spec.Id}' cannot be changed; delete it and add another"));
        if (task.RequireConfirm == false && spec.RequireConfirm && spec.Type == RunTaskType.Deploy && deployment.ManualApproval && !present.HasStarted)
            errors.Add(new FieldProblem(prefix + "requireConfirm", $"of task '{spec.Id}' stays: the deployment, or its environment, asks for a person's confirmation"));
        return spec with
        {
            Name = task.Name ?? spec.Name,
            BlockBy = DeploymentRequest.SplitBlockBy(task.BlockBy),
            Order = task.Order ?? (present.HasStarted ? spec.Order : position),
            Payload = Payload(spec, task.Payload, prefix, errors),
            RequireConfirm = task.RequireConfirm ?? spec.RequireConfirm,
            TimeoutSeconds = task.TimeoutSeconds ?? spec.TimeoutSeconds,
            MaxAttempts = task.MaxAttempts ?? spec.MaxAttempts,
        };
    }

    private static string? Payload(TaskSpec spec, JsonElement? given, string prefix, List<FieldProblem> errors)
    {
        if (given is not { } payload) return spec.Payload;
        if (spec.Payload is not null)
        {
            using var present = JsonDocument.Parse(spec.Payload);
            if (JsonElement.DeepEquals(present.RootElement, payload)) return spec.Payload;
        }

        if (spec.Executor != ExecutorNames.Command) errors.Add(new FieldProblem(prefix + "payload", $"of task '{spec.Id}' cannot be changed: Boreas wrote it"));
        else if (CustomCommand.TryRead(payload, out _) is { } problem) errors.Add(new FieldProblem(prefix + "payload", problem));
        return payload.GetRawText();
    }

    /// <summary>What undoes the deploys of an app may have been the deleted one's: then those that are left can each undo them.</summary>
    private static void KeepUndo(List<TaskSpec> specs, Run run)
    {
        var undoable = specs.Where(s => s.Undo is not null).Select(s => s.AppId).ToHashSet();
        for (var i = 0; i < specs.Count; i++)
        {
            if (specs[i].Type == RunTaskType.Deploy && !undoable.Contains(specs[i].AppId) && run.TryFind(specs[i].Id) is not { HasStarted: true })
                specs[i] = specs[i] with { Undo = AddedTask.UndoOf(specs[i].AppId) };
        }
    }

    private static IReadOnlyList<string> Resolve(IReadOnlyList<string> names, List<TaskSpec> specs, HashSet<string> ids)
    {
        if (names.All(ids.Contains)) return names;
        return [.. names.SelectMany(name => ids.Contains(name) ? [name] : specs.Where(s => AddedTask.IsNamed(s, name)).Select(s => s.Id).DefaultIfEmpty(name)).Distinct()];
    }
}
