using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;

namespace Boreas.Engine.Planning;

/// <summary>A task that somebody adds to a graph that is planned already: nothing is ordered but what they say.</summary>
public static class AddedTask
{
    /// <param name="id">Unique in the graph.</param>
    /// <param name="confirmDeploys">Whether a person has to confirm every deploy.</param>
    public static TaskSpec Plan(string id, PlannedTask task, bool confirmDeploys) => new(
        id,
        task.AppId,
        task.Name ?? TaskDefaults.NameOf(task.Type),
        task.Type,
        TaskDefaults.ExecutorOf(task.Type),
        task.BlockBy,
        Order: task.Order,
        Payload: task.Payload,
        TimeoutSeconds: task.TimeoutSeconds ?? TaskDefaults.TimeoutOf(task.Type),
        MaxAttempts: task.MaxAttempts ?? 3,
        RequireConfirm: task.RequireConfirm || (confirmDeploys && task.Type == RunTaskType.Deploy),
        Undo: task.Type == RunTaskType.Deploy ? UndoOf(task.AppId) : null);

    /// <summary>What takes the deploys of an app back.</summary>
    public static UndoSpec UndoOf(string? appId) => new($"roll back {appId}", "restore");

    /// <summary>The id of a task that was given none: free in <paramref name="taken"/>, which has it afterwards.</summary>
    public static string FreeId(string? appId, RunTaskType type, HashSet<string> taken) =>
        Free(appId is null ? TaskDefaults.SlugOf(type) : $"{appId}-{TaskDefaults.SlugOf(type)}", taken);

    /// <summary><paramref name="id"/>, with a number behind it if somebody has it.</summary>
    internal static string Free(string id, HashSet<string> taken)
    {
        var free = id;
        for (var n = 2; !taken.Add(free); n++) free = $"{id}-{n}";
        return free;
    }

    /// <summary>Whether <paramref name="name"/> means <paramref name="task"/> without being its id: <c>{appId}-{type}</c>.</summary>
    public static bool IsNamed(TaskSpec task, string name) => task.AppId is not null && name == $"{task.AppId}-{TaskDefaults.SlugOf(task.Type)}";
}
