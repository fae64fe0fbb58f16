using System.Text.Json;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Templates;

namespace Boreas.Cli.Output;

/// <summary>What changed between two versions of a template, in the manner of a diff: <c>+</c> is new, <c>-</c> is gone, <c>~</c> is changed.</summary>
internal static class DifferenceText
{
    public static IEnumerable<string> Lines(TemplateDifference difference)
    {
        yield return $"{difference.Name}@{difference.From} → {difference.Name}@{difference.To}";
        var tasks = difference.Tasks;
        if (tasks.Added.Count + tasks.Removed.Count + tasks.Changed.Count + difference.Parameters.Count == 0) yield return "  They are the same.";
        foreach (var parameter in difference.Parameters)
        {
            if (parameter.Before is { } before) yield return $"- parameter {before.GetRawText()}";
            if (parameter.After is { } after) yield return $"+ parameter {after.GetRawText()}";
        }

        foreach (var task in tasks.Removed) yield return $"- {Task(task)}";
        foreach (var task in tasks.Added) yield return $"+ {Task(task)}";
        foreach (var task in tasks.Changed)
        {
            yield return $"~ task {task.Id}";
            foreach (var field in task.Fields)
            {
                if (field.Before is { } before) yield return $"-   {field.Field}: {Value(before)}";
                if (field.After is { } after) yield return $"+   {field.Field}: {Value(after)}";
            }
        }
    }

    private static string Task(TaskInput task) =>
        $"task {task.Id} ({Look.Text(task.Type)}){(task.Name is null ? "" : $" '{task.Name}'")}{(task.BlockBy is { Length: > 0 } after ? $" after {after}" : "")}";

    private static string Value(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
