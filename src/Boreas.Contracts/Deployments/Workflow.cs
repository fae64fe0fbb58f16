using System.Text.Json;
using Boreas.Engine.Runs;

namespace Boreas.Contracts.Deployments;

/// <summary>The graph of a deployment, as it can be sent back with changes.</summary>
/// <param name="Version">Grows with every edit, from 1.</param>
/// <param name="Editable">Whether the deployment is in a state in which tasks that have not started may be edited.</param>
public sealed record Workflow(int Version, bool Editable, IReadOnlyList<TaskInput> Tasks);

/// <summary>
/// <c>PUT /api/v1/deployments/{id}/workflow</c>: the whole graph. Tasks that are not in it are deleted; what a task that
/// was there leaves out stays as it is, but for <c>blockBy</c>: without it the task waits for nothing.
/// </summary>
public sealed record WorkflowInput(IReadOnlyList<TaskInput> Tasks);

public sealed record WorkflowSaved(bool Success, string Message);

/// <summary><c>POST /api/v1/deployments/{id}/tasks</c>.</summary>
public sealed record NewTask(RunTaskType Type) : TaskInput(Type)
{
    /// <summary>Ids of tasks that wait for this one from now on, separated by commas.</summary>
    public string? Blocks { get; init; }
}

/// <summary><c>PATCH /api/v1/deployments/{id}/tasks/{taskId}</c>: what is left out stays as it is.</summary>
public sealed record TaskChange(
    string? Name = null,
    string? BlockBy = null,
    int? Order = null,
    JsonElement? Payload = null,
    bool? RequireConfirm = null,
    int? TimeoutSeconds = null,
    int? MaxAttempts = null);
