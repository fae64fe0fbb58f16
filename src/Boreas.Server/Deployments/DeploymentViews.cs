using Boreas.Contracts.Deployments;
using Boreas.Engine.Runs;
using Boreas.Server.Access;
using Boreas.Server.Problems;
using Boreas.Server.Routes;
using Boreas.Server.Runners;
using Boreas.Server.Storage;

namespace Boreas.Server.Deployments;

/// <summary>Deployments as people see them: the recorded rows, and why what does not run waits.</summary>
internal sealed class DeploymentViews(Database database, Journal journal, RunnerRegistry runners, AppEndpoints endpoints, TimeProvider time)
{
    /// <param name="taskIds">Only these tasks, for messages about a change; null: all.</param>
    public async Task<IReadOnlyList<Deployment>> ShowAsync(IReadOnlyList<DeploymentRow> rows, bool withTasks, IReadOnlySet<(string Run, string Task)>? taskIds, CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return [];
        var now = time.GetUtcNow();
        var ids = rows.Select(r => r.Id).ToList();
        var active = rows.Where(r => r.Active).ToList();
        var members = await MembersAsync(active, cancellationToken);
        var waiting = active.Count > 0 ? await WaitingAsync([.. active.Select(r => r.Id)], members, withTasks, now, cancellationToken) : [];
        var tasks = withTasks ? await DeploymentQueries.TasksAsync(database, ids, cancellationToken) : [];
        var warm = withTasks && rows.Any(r => r.RunStatus == RunStatus.Success) ? await DeploymentQueries.WarmAsync(database, ids, now, cancellationToken) : [];
        var byRun = tasks.Where(t => taskIds is null || taskIds.Contains((t.RunId, t.Id))).ToLookup(t => t.RunId, StringComparer.Ordinal);
        return [.. rows.Select(row => row.ToDeployment(
            [.. byRun[row.Id].Select(t => t.ToTask(waiting.GetValueOrDefault((row.Id, t.Id)), now))],
            waiting.GetValueOrDefault((row.Id, "")), now, endpoints.UrlOf, warm.TryGetValue(row.Id, out var until) ? until : null, members.GetValueOrDefault(row.Id)))];
    }

    public async Task<Deployment> ShowAsync(DeploymentRow row, CancellationToken cancellationToken) =>
        (await ShowAsync([row], withTasks: true, null, cancellationToken))[0];

    public async Task<DeploymentTask> ShowAsync(DeploymentRow row, string taskId, CancellationToken cancellationToken) =>
        (await ShowAsync([row], withTasks: true, new HashSet<(string, string)> { (row.Id, taskId) }, cancellationToken))[0].Tasks is [var task] ? task : throw RequestRefusedException.NotFound("task", taskId);

    /// <summary>Reasons by (run, task); the task "" stands for the run.</summary>
    private async Task<Dictionary<(string Run, string Task), Wait>> WaitingAsync(IReadOnlyList<string> runIds, Dictionary<string, IReadOnlyDictionary<string, IReadOnlyList<string>>> members, bool withTasks, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var labels = await runners.OnlineLabelsAsync(cancellationToken);
        var queued = await QueuedAsync(runIds, cancellationToken);
        return await journal.InspectAsync(find =>
        {
            var reasons = new Dictionary<(string, string), Wait>();
            foreach (var id in runIds)
            {
                if (find(id) is not { } run) continue;
                var before = run.Status == RunStatus.Pending ? queued.GetValueOrDefault(id) : null;
                if ((before ?? Wait.Because(WaitingFor.Explain(run, now, labels, members.GetValueOrDefault(id)))) is { } wait) reasons[(id, "")] = wait;
                if (!withTasks) continue;
                foreach (var task in run.Tasks)
                {
                    if ((before ?? Wait.Because(WaitingFor.Explain(run, task, now, labels, members.GetValueOrDefault(id)), WaitingFor.Until(run, task, now))) is { } why) reasons[(id, task.Spec.Id)] = why;
                }
            }

            return reasons;
        }, cancellationToken);
    }

    /// <summary>Who may confirm because of the groups that the deployments' rules name: by deployment and group. It is looked up only for those that name groups.</summary>
    private async Task<Dictionary<string, IReadOnlyDictionary<string, IReadOnlyList<string>>>> MembersAsync(IReadOnlyList<DeploymentRow> rows, CancellationToken cancellationToken)
    {
        var asked = rows.Select(row => (Row: row, Groups: row.ReadSpec().Confirm?.Groups ?? [])).Where(a => a.Groups.Count > 0).ToList();
        if (asked.Count == 0) return [];
        await using var connection = await database.OpenAsync(cancellationToken);
        var who = await GroupQueries.WhoMayConfirmAsync(connection, asked.SelectMany(a => a.Groups).Distinct(StringComparer.Ordinal), [.. asked.Select(a => a.Row.Project).Distinct(StringComparer.Ordinal)]);
        return asked.ToDictionary(
            a => a.Row.Id,
            IReadOnlyDictionary<string, IReadOnlyList<string>> (a) => a.Groups.ToDictionary(group => group, IReadOnlyList<string> (group) => [.. who[(group, a.Row.Project)]], StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    /// <summary>Why the deployments that wait for their apps wait.</summary>
    private async Task<Dictionary<string, Wait>> QueuedAsync(IReadOnlyList<string> runIds, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return AppLocks.WaitsFor(connection, runIds).ToDictionary(
            waits => waits.Key, waits => new Wait(AppLocks.WaitsUntil(waits), Behind: [.. waits.Select(b => b.RunId).Distinct()]), StringComparer.Ordinal);
    }
}

/// <summary>Why something does not run.</summary>
/// <param name="Until">When that ends by itself, where that is known.</param>
/// <param name="Behind">Deployments that are before it.</param>
internal sealed record Wait(string For, DateTimeOffset? Until = null, IReadOnlyList<string>? Behind = null)
{
    public static Wait? Because(string? reason, DateTimeOffset? until = null) => reason is null ? null : new Wait(reason, until);
}
