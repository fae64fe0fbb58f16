using Boreas.Contracts.Deployments;

namespace Boreas.Contracts.Templates;

/// <summary>One version of a saved graph of tasks; it never changes. <c>${name}</c> in its texts stands for a parameter, <c>$${name}</c> for itself.</summary>
/// <param name="Version">From 1.</param>
public sealed record Template(
    string Id,
    string Name,
    string Project,
    int Version,
    string? Description,
    IReadOnlyList<TemplateParameter> Parameters,
    IReadOnlyList<TaskInput> Tasks,
    string CreatedBy,
    DateTimeOffset CreatedAt);

/// <param name="Default">What it is when a deployment does not say; without one it is empty.</param>
/// <param name="Required">Every deployment has to say what it is; then it has no default.</param>
public sealed record TemplateParameter(string Name, string? Default = null, string? Description = null, bool Required = false);

/// <summary>A new template, or a new version of one. The graph is <c>Tasks</c>, or that of a <c>Deployment</c>.</summary>
/// <param name="Name">Only for a new template.</param>
/// <param name="Project">Only for a new template; default: <c>default</c>, or the deployment's.</param>
/// <param name="Deployment">Id of a deployment whose graph is saved; its texts are then no templates.</param>
public sealed record TemplateInput(
    string? Name = null,
    string? Project = null,
    string? Description = null,
    IReadOnlyList<TemplateParameter>? Parameters = null,
    IReadOnlyList<TaskInput>? Tasks = null,
    string? Deployment = null);

/// <summary>What <c>To</c> has and <c>From</c> has not, and the other way round.</summary>
/// <param name="Parameters">Parameters by name; null before: it is new, null after: it is gone.</param>
public sealed record TemplateDifference(string Name, int From, int To, GraphDifference Tasks, IReadOnlyList<FieldDifference> Parameters);

/// <summary>The template that a deployment was started from.</summary>
public sealed record UsedTemplate(string Name, int Version, IReadOnlyDictionary<string, string> Parameters);
