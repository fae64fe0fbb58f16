using System.Text.Json;
using System.Text.Json.Nodes;

namespace Boreas.Contracts.Deployments;

/// <summary>What one graph has and another has not, by the ids of the tasks.</summary>
public sealed record GraphDifference(IReadOnlyList<TaskInput> Added, IReadOnlyList<TaskInput> Removed, IReadOnlyList<TaskDifference> Changed)
{
    public static GraphDifference Between(IReadOnlyList<TaskInput> before, IReadOnlyList<TaskInput> after)
    {
        var was = before.ToDictionary(t => t.Id ?? "", StringComparer.Ordinal);
        var ids = after.Select(t => t.Id ?? "").ToHashSet(StringComparer.Ordinal);
        var changed = new List<TaskDifference>();
        foreach (var task in after)
        {
            if (was.TryGetValue(task.Id ?? "", out var old) && Fields(old, task) is { Count: > 0 } fields) changed.Add(new TaskDifference(task.Id ?? "", fields));
        }

        return new GraphDifference([.. after.Where(t => !was.ContainsKey(t.Id ?? ""))], [.. before.Where(t => !ids.Contains(t.Id ?? ""))], changed);
    }

    /// <summary>How many tasks, in a sentence.</summary>
    public string Summary()
    {
        string[] parts = [.. new[] { (Added.Count, "added"), (Removed.Count, "deleted"), (Changed.Count, "changed") }.Where(p => p.Item1 > 0).Select(p => $"{p.Item1} {p.Item2}")];
        return parts.Length == 0 ? "Nothing changed." : $"{(Added.Count + Removed.Count + Changed.Count == 1 ? "Task" : "Tasks")}: {string.Join(", ", parts)}.";
    }

    private static List<FieldDifference> Fields(TaskInput before, TaskInput after)
    {
        var (was, now) = (Properties(before), Properties(after));
        var names = was.Concat(now).Select(p => p.Key).Distinct();
        return [.. names.Where(n => !JsonNode.DeepEquals(was[n], now[n])).Select(n => new FieldDifference(n, Element(was[n]), Element(now[n])))];
    }

    private static JsonObject Properties(TaskInput task) => JsonSerializer.SerializeToNode(task, BoreasJson.Options)!.AsObject();

    private static JsonElement? Element(JsonNode? node) => node is null ? null : JsonSerializer.SerializeToElement(node);
}

public sealed record TaskDifference(string Id, IReadOnlyList<FieldDifference> Fields);

/// <param name="Before">Null: it was not there.</param>
/// <param name="After">Null: it is not there any more.</param>
public sealed record FieldDifference(string Field, JsonElement? Before, JsonElement? After);
