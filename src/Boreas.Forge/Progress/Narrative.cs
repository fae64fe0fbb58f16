using Boreas.Contracts.Deployments;
using Boreas.Engine.Runs;

namespace Boreas.Forge.Progress;

/// <summary>
/// Tells a deployment as lines, from the states in which it is seen. Each start, end and wait is told once, however
/// often the same state comes and whatever was missed between two.
/// </summary>
internal sealed class Narrative
{
    private readonly Dictionary<string, int> _started = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _ended = new(StringComparer.Ordinal);
    private string? _waiting;

    /// <summary>A task that has begun: its heading, once per attempt; null when there is nothing new.</summary>
    public string? Start(DeploymentTask task)
    {
        if (!Runs(task) && !HasEnded(task)) return null;
        if (!IsNew(_started, task)) return null;
        _started[task.Id] = task.Attempt;
        return task.Attempt > 1 ? $"▸ {task.Name}, attempt {task.Attempt}" : $"▸ {task.Name}";
    }

    /// <summary>How a task has ended, once per attempt.</summary>
    public IEnumerable<string> End(DeploymentTask task)
    {
        if (!EndsNow(task)) yield break;
        _ended[task.Id] = task.Attempt;
        var time = task.Duration is { } seconds ? " " + TerminalText.Duration(seconds) : "";
        if (task.Status == RunTaskStatus.Success)
        {
            yield return $"✓ {task.Name}{time}";
            yield break;
        }

        yield return task.Status == RunTaskStatus.Failed ? $"✗ {task.Name}{time}" : $"✗ {task.Name}{time}: {Words(task.Status)}";
        if (task.Failure is not { } failure) yield break;
        yield return $"    {failure.Code}: {failure.Message}";
        if (failure.Advice is { } advice) yield return "    " + advice;
    }

    /// <summary>Why nothing goes on just now, when that has changed.</summary>
    public string? Wait(Deployment deployment)
    {
        var now = deployment.WaitingFor;
        if (now == _waiting) return null;
        _waiting = now;
        return now is null ? null : "… " + now;
    }

    /// <summary>The last lines, or null while the deployment goes on without a person.</summary>
    public static IReadOnlyList<string>? Outcome(Deployment deployment) => deployment.Status switch
    {
        RunStatus.Success when deployment.Urls is { Count: > 0 } urls => [.. urls.Select(url => $"✓ {deployment.Version} is live in {deployment.Environment}: {url}")],
        RunStatus.Success => [$"✓ {deployment.Version} is live in {deployment.Environment}"],
        RunStatus.Failed => [$"✗ The push was accepted, the deployment failed: {deployment.ErrorMessage ?? "see the task above"}", "  What ran before still runs."],
        RunStatus.RolledBack => [$"✗ The push was accepted, the deployment was rolled back: {deployment.ErrorMessage ?? "what ran before runs again"}"],
        RunStatus.Cancelled => [$"✗ The push was accepted, the deployment was cancelled{(deployment.ErrorMessage is { } why ? ": " + why : "")}"],
        RunStatus.WaitingConfirm => [$"… A person decides how it goes on: {deployment.WaitingFor ?? "a confirmation is asked for"}", "  This terminal does not wait for that; the deployment does."],
        _ => null,
    };

    public static bool Runs(DeploymentTask task) => task.Status == RunTaskStatus.Running;

    /// <summary>The task has ended and that has not been told yet.</summary>
    public bool EndsNow(DeploymentTask task) => HasEnded(task) && IsNew(_ended, task);

    private static bool HasEnded(DeploymentTask task) =>
        task.StartedAt is not null && task.Status is (RunTaskStatus.Success or RunTaskStatus.Failed or RunTaskStatus.Cancelled or RunTaskStatus.RolledBack);

    private static bool IsNew(Dictionary<string, int> told, DeploymentTask task) => !told.TryGetValue(task.Id, out var attempt) || attempt < task.Attempt;

    private static string Words(RunTaskStatus status) => status == RunTaskStatus.RolledBack ? "rolled back" : "cancelled";
}
