using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Engine.Planning;
using Boreas.Engine.Runs;
using Boreas.Server.Problems;

namespace Boreas.Server.Deployments;

/// <summary>Checks what a request for a deployment says, before anything is looked up; every fault is named at once.</summary>
internal static class DeploymentRequest
{
    private const int MaxApps = 200;
    private const int MaxTaskIdLength = 100;

    public static void Validate(CreateDeployment request)
    {
        var errors = new List<FieldProblem>();
        var apps = request.ApplicationIds ?? [];
        if (request.Version is null && apps.Count == 0 && request.Template is null) errors.Add(new FieldProblem("applicationIds", "must name at least one app, or give a version"));
        if (apps.Count > MaxApps) errors.Add(new FieldProblem("applicationIds", $"must be at most {MaxApps}"));
        Each(apps, "applicationIds", errors);
        Each(request.MustInOrder ?? [], "mustInOrder", errors);
        if (request.Environment is not null && request.Environments is not null) errors.Add(new FieldProblem("environments", "must not be given together with 'environment'"));
        if (request.Ref is not null && !GitRef.TryParse(request.Ref, out _, out var refError)) errors.Add(new FieldProblem("ref", refError));
        if (request.Reason is { Length: > 500 }) errors.Add(new FieldProblem("reason", "must be at most 500 characters"));
        if (request.BreakGlass is { } reason && (string.IsNullOrWhiteSpace(reason) || reason.Length > 500)) errors.Add(new FieldProblem("breakGlass", "must be a reason of 1 to 500 characters"));
        if (request.OnConflict is not (null or "reject" or "queue" or "supersede")) errors.Add(new FieldProblem("onConflict", "must be 'reject', 'queue' or 'supersede'"));
        if (request.KeepWarmSeconds is < 0 or > 86_400) errors.Add(new FieldProblem("keepWarmSeconds", "must be 0 to 86400"));
        if (request.Template is not null && request.Tasks is not null) errors.Add(new FieldProblem("tasks", "must not be given together with 'template'"));
        if (request.Template is null && request.Parameters is { Count: > 0 }) errors.Add(new FieldProblem("parameters", "are those of a template, and none is named"));
        Strategy(request.Strategy ?? [], errors);
        for (var i = 0; i < (request.Tasks?.Count ?? 0); i++) Task(request.Tasks![i], $"tasks[{i}].", errors);
        if (errors.Count > 0) throw RequestRefusedException.Invalid(errors);
    }

    public static OnConflict OnConflictOf(CreateDeployment request) => request.OnConflict switch
    {
        "queue" => OnConflict.Queue,
        "supersede" => OnConflict.Supersede,
        _ => OnConflict.Reject,
    };

    /// <summary>Where to; null stands for the project's default.</summary>
    public static IReadOnlyList<string?> EnvironmentsOf(CreateDeployment request) => request.Environments is { Count: > 0 } several ? [.. several] : [request.Environment];

    /// <summary>The tasks as the planner takes them.</summary>
    public static IReadOnlyList<PlannedTask>? ToPlanned(IReadOnlyList<TaskInput>? tasks) => tasks is null ? null :
    [
        .. tasks.Select(t => new PlannedTask(t.Type, t.AppId, t.Id, t.Name, SplitBlockBy(t.BlockBy), t.Order ?? 0, t.Payload?.GetRawText(), t.RequireConfirm == true, t.TimeoutSeconds, t.MaxAttempts)),
    ];

    public static string[] SplitBlockBy(string? blockBy) =>
        blockBy?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static void Each(IReadOnlyList<string> apps, string field, List<FieldProblem> errors)
    {
        for (var i = 0; i < apps.Count; i++)
        {
            if (!Slug.TryParse(apps[i], out _, out var error)) errors.Add(new FieldProblem($"{field}[{i}]", error));
        }

        if (apps.Distinct(StringComparer.Ordinal).Count() != apps.Count) errors.Add(new FieldProblem(field, "must not name an app twice"));
    }

    private static void Strategy(IReadOnlyList<DeployStep> steps, List<FieldProblem> errors)
    {
        if (steps.Count > Rollout.MaxSteps) errors.Add(new FieldProblem("strategy", $"must have at most {Rollout.MaxSteps} steps"));
        else errors.AddRange(Rollout.Check(steps).Select(found => new FieldProblem($"strategy[{found.Step}]", found.Fault)));
    }

    /// <param name="prefix">Stands before the name of a field: <c>tasks[2].</c></param>
    /// <param name="known">It changes a task that is there, and so need not say all of it.</param>
    public static void Task(TaskInput task, string prefix, List<FieldProblem> errors, bool known = false)
    {
        if (task.Id is not null && !IsTaskId(task.Id)) errors.Add(new FieldProblem($"{prefix}id", $"must be 1 to {MaxTaskIdLength} letters, digits, '-' and '_'"));
        if (task.AppId is not null && !Slug.TryParse(task.AppId, out _, out var error)) errors.Add(new FieldProblem($"{prefix}appId", error));
        if (task.Name is { Length: 0 or > 200 }) errors.Add(new FieldProblem($"{prefix}name", "must be 1 to 200 characters"));
        if (task.TimeoutSeconds is < 1 or > 86_400) errors.Add(new FieldProblem($"{prefix}timeoutSeconds", "must be 1 to 86400"));
        if (task.MaxAttempts is < 1 or > 10) errors.Add(new FieldProblem($"{prefix}maxAttempts", "must be 1 to 10"));
        if (!known && task.Type == RunTaskType.Custom && CustomCommand.TryRead(task.Payload, out _) is { } problem) errors.Add(new FieldProblem($"{prefix}payload", problem));
    }

    private static bool IsTaskId(string id) => id.Length is > 0 and <= MaxTaskIdLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
