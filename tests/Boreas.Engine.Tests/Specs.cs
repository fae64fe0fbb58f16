using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;

namespace Boreas.Engine.Tests;

/// <summary>Short ways to write tasks.</summary>
internal static class Specs
{
    public static TaskSpec Task(string id, params string[] blockBy) =>
        new(id, "shop", $"do {id}", RunTaskType.Custom, "nothing", blockBy);

    public static TaskSpec Undoable(string id, params string[] blockBy) =>
        Task(id, blockBy) with { Type = RunTaskType.Deploy, Undo = new UndoSpec($"take back {id}", "restore", $$"""{"of":"{{id}}"}""") };

    public static TaskSpec Gate(string id, params string[] blockBy) => Task(id, blockBy) with { RequireConfirm = true };

    public static string[] Ids(this IEnumerable<RunTask> tasks) => [.. tasks.Select(t => t.Spec.Id)];
}
