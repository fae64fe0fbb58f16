using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Templates;
using Boreas.Contracts.Values;
using Boreas.Engine.Planning;
using Boreas.Engine.Runs;
using Boreas.Server.Deployments;
using Boreas.Server.Problems;

namespace Boreas.Server.Templates;

/// <summary>The graph of a template: checked when it is saved, so that what is wrong with it is told to who wrote it, and filled in when a deployment starts from it.</summary>
internal static class TemplateGraph
{
    private const int MaxParameters = 50;
    private const int MaxTasks = 2000;
    private const int MaxValue = 1000;

    /// <summary>The tasks as they are kept: each has an id, and a command is a list of words, so that a value never becomes two of them.</summary>
    /// <exception cref="RequestRefusedException">Everything that is wrong with the parameters, the tasks, or the graph.</exception>
    public static IReadOnlyList<TaskInput> Check(IReadOnlyList<TemplateParameter> parameters, IReadOnlyList<TaskInput> tasks)
    {
        var fields = new Fields();
        if (tasks.Count is 0 or > MaxTasks) fields.Refuse("tasks", $"must be 1 to {MaxTasks}");
        Check(parameters, fields);
        fields.ThrowIfAny();
        var taken = tasks.Select(t => t.Id).OfType<string>().ToHashSet(StringComparer.Ordinal);
        List<TaskInput> kept = [.. tasks.Select(t => Words(t with { BlockBy = string.IsNullOrWhiteSpace(t.BlockBy) ? null : t.BlockBy, Id = t.Id ?? AddedTask.FreeId(t.AppId, t.Type, taken) }))];
        for (var i = 0; i < kept.Count; i++) CheckNames(kept[i], $"tasks[{i}]", parameters, fields);
        fields.ThrowIfAny();
        var sample = parameters.Select((p, i) => (p.Name, Value: Slug.Near(p.Name, $"p{i}").Value)).ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        DeploymentPlan(Fill(kept, sample));
        return kept;
    }

    /// <summary>The tasks of a deployment that starts from <paramref name="template"/>.</summary>
    public static (IReadOnlyList<TaskInput> Tasks, UsedTemplate Used) Fill(Template template, IReadOnlyDictionary<string, string> given)
    {
        var fields = new Fields();
        var known = template.Parameters.Select(p => p.Name).ToList();
        foreach (var name in given.Keys.Except(known)) fields.Refuse($"parameters.{name}", known.Count == 0 ? "is no parameter of the template; it has none" : $"is no parameter of the template; it has {string.Join(", ", known)}");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in template.Parameters)
        {
            if (parameter.Required && !given.ContainsKey(parameter.Name)) fields.Refuse($"parameters.{parameter.Name}", "is required");
            var value = given.GetValueOrDefault(parameter.Name) ?? parameter.Default ?? "";
            CheckValue($"parameters.{parameter.Name}", value, fields);
            values.Add(parameter.Name, value);
        }

        fields.ThrowIfAny();
        return (Fill(template.Tasks, values), new UsedTemplate(template.Name, template.Version, values));
    }

    /// <summary>The graph of a deployment as a template of the same graph: its texts mean themselves, and what Boreas planned by itself it plans again.</summary>
    public static IReadOnlyList<TaskInput> Of(IReadOnlyList<(TaskInput Task, string Executor)> graph)
    {
        var kept = graph.Select(g => g.Task).ToList();
        foreach (var (task, executor) in graph)
        {
            if (IsPlannedAgain(task, executor)) WorkflowEdits.Remove(kept, task.Id!);
        }

        var executors = graph.ToDictionary(g => g.Task.Id!, g => g.Executor, StringComparer.Ordinal);
        return [.. kept.Select(t => TemplateText.Each(executors[t.Id!] == ExecutorNames.Command ? t : t with { Payload = null }, TemplateText.Escape))];
    }

    /// <summary>A further step of a strategy, or what is done between two of them.</summary>
    private static bool IsPlannedAgain(TaskInput task, string executor) =>
        (task.Type == RunTaskType.Custom && executor != ExecutorNames.Command)
        || (task.Type == RunTaskType.Deploy && task.Payload is { ValueKind: JsonValueKind.Object } payload && payload.TryGetProperty("step", out var step) && step.GetInt32() > 1);

    private static void Check(IReadOnlyList<TemplateParameter> parameters, Fields fields)
    {
        if (parameters.Count > MaxParameters) fields.Refuse("parameters", $"must be at most {MaxParameters}");
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (parameter, i) in parameters.Take(MaxParameters).Select((p, i) => (p, i)))
        {
            var field = $"parameters[{i}]";
            if (!IsName(parameter.Name)) fields.Refuse(field + ".name", "must be 1 to 40 letters, digits, '-' and '_', starting with a letter");
            else if (!seen.Add(parameter.Name)) fields.Refuse(field + ".name", "is there twice");
            if (parameter is { Required: true, Default: not null }) fields.Refuse(field, "is required and has a default; it is one or the other");
            if (parameter.Default is not null) CheckValue(field + ".default", parameter.Default, fields);
            if (parameter.Description is not null) fields.Text(field + ".description", parameter.Description, 200);
        }
    }

    private static void CheckValue(string field, string value, Fields fields)
    {
        if (value.Length > MaxValue) fields.Refuse(field, $"must be at most {MaxValue} characters");
        else if (value.Any(char.IsControl)) fields.Refuse(field, "must be one line without control characters");
        else if (value.Contains('$', StringComparison.Ordinal)) fields.Refuse(field, "must not contain '$', with which names of parameters and variables begin");
    }

    private static void CheckNames(TaskInput task, string field, IReadOnlyList<TemplateParameter> parameters, Fields fields)
    {
        var unknown = new HashSet<string>(StringComparer.Ordinal);
        TemplateText.Each(task, text =>
        {
            unknown.UnionWith(TemplateText.Names(text).Where(name => parameters.All(p => p.Name != name)));
            return text;
        });
        foreach (var name in unknown) fields.Refuse(field, $"uses ${{{name}}}, which is no parameter; declare it, or write $${{{name}}} where the text itself is meant");
    }

    private static IReadOnlyList<TaskInput> Fill(IReadOnlyList<TaskInput> tasks, IReadOnlyDictionary<string, string> values)
    {
        var fields = new Fields();
        List<TaskInput> filled = [.. tasks.Select(t => TemplateText.Each(t, text => TemplateText.Fill(text, values)))];
        for (var i = 0; i < filled.Count; i++)
        {
            // A value with a comma in it would become two ids.
            if (DeploymentRequest.SplitBlockBy(filled[i].BlockBy).Length != DeploymentRequest.SplitBlockBy(tasks[i].BlockBy).Length)
                fields.Refuse($"tasks[{i}].blockBy", $"becomes '{filled[i].BlockBy}', which names other tasks than it did");
        }

        fields.ThrowIfAny();
        return filled;
    }

    private static void DeploymentPlan(IReadOnlyList<TaskInput> tasks)
    {
        var errors = new List<FieldProblem>();
        for (var i = 0; i < tasks.Count; i++) DeploymentRequest.Task(tasks[i], $"tasks[{i}].", errors);
        if (errors.Count > 0) throw RequestRefusedException.Invalid(errors);
        var apps = tasks.Select(t => t.AppId).OfType<string>().Distinct().Select(app => new PlannedApp(app, RevisionKind.Source));
        if (DeploymentPlanner.Plan(new PlanInput([.. apps], [], Tasks: DeploymentRequest.ToPlanned(tasks)), out var problems) is null) throw DeploymentCreation.Refused(problems);
    }

    private static TaskInput Words(TaskInput task)
    {
        if (task.Type != RunTaskType.Custom || task.Payload is not { ValueKind: JsonValueKind.Object } payload || CustomCommand.TryRead(payload, out var words) is not null) return task;
        var kept = payload.EnumerateObject().ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        kept["command"] = BoreasJson.ToElement(words);
        return task with { Payload = BoreasJson.ToElement(kept) };
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 40 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
