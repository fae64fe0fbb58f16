using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Runs;
using Boreas.Server.Nodes;
using Boreas.Server.Storage;

namespace Boreas.Server.Deployments;

/// <summary>
/// The instances that deployments asked for. An instance has its row before any agent hears of it: what an agent runs
/// without a wanted row is an orphan and is removed by its next heartbeat.
/// </summary>
internal static class InstanceTable
{
    private static readonly TimeSpan TicketLife = TimeSpan.FromHours(2);

    /// <summary>The instances of a deploy task, placed now if they were not yet. The same task gets the same ones again, but for those that never served and whose node is lost.</summary>
    /// <exception cref="JobFailureException">No node can take them.</exception>
    public static IReadOnlyList<InstanceTarget> Place(JournalTransaction transaction, string runId, RunTask task, ReleaseSpec release, string environmentId, int replicas, IReadOnlyList<string> nodeLabels)
    {
        var nodes = transaction.Query<NodeRow>(NodeRow.Select).ToDictionary(n => n.Name, StringComparer.Ordinal);
        GiveUpLost(transaction, runId, nodes.Values);
        var placed = OfTask(transaction, runId, task.Spec.Id);
        if (placed.Count < replicas)
        {
            var first = transaction.QueryFirstOrDefault<int>("select count(*) from instances where run_id = @runId and task_id = @Id", new { runId, task.Spec.Id }) + 1;
            var chosen = NodeChoice.Choose(transaction, [.. nodes.Values], release, environmentId, replicas - placed.Count, nodeLabels, runId)
                .Select((place, i) => new Row($"{release.AppId}-{runId[^7..]}-{task.Index}-{first + i}", place.Node, place.Why)).ToList();
            foreach (var row in chosen)
            {
                transaction.Execute(
                    """
                    insert into instances (id, run_id, task_id, app_id, environment_id, node, placed_because, state, release, created_at, changed_at)
                    values (@Id, @runId, @taskId, @AppId, @environmentId, @Node, @PlacedBecause, @planned, @release, @Now, @Now)
                    """,
                    new { row.Id, runId, taskId = task.Spec.Id, release.AppId, environmentId, row.Node, row.PlacedBecause, planned = (int)InstanceRowState.Planned, release = JsonSerializer.Serialize(release, BoreasJson.Options), transaction.Now });
            }

            placed.AddRange(chosen);
        }

        return Targets(placed, nodes, transaction.Now);
    }

    /// <summary>Instances of an app in an environment that belong to the run, or that it replaced.</summary>
    public static IReadOnlyList<InstanceTarget> Find(JournalTransaction transaction, IReadOnlyCollection<string> ids)
    {
        if (ids.Count == 0) return [];
        var nodes = transaction.Query<NodeRow>(NodeRow.Select).ToDictionary(n => n.Name, StringComparer.Ordinal);
        return Targets(transaction.Query<Row>("select id, node, placed_because from instances where id in @ids order by id", new { ids = new SqlList<string>(ids) }).ToList(), nodes, transaction.Now);
    }

    /// <summary>Ids of the run's instances of an app.</summary>
    public static IReadOnlyList<string> OfRun(JournalTransaction transaction, string runId, string appId) =>
        [.. transaction.Query<string>("select id from instances where run_id = @runId and app_id = @appId and state <> @removed order by id", new { runId, appId, removed = (int)InstanceRowState.Removed })];

    /// <summary>Ids of instances of the app in the environment that took traffic before the run and do not any more.</summary>
    public static IReadOnlyList<string> ReplacedBy(JournalTransaction transaction, string runId, string appId, string environmentId) =>
        [.. transaction.Query<string>("select id from instances where run_id <> @runId and app_id = @appId and environment_id = @environmentId and state = @replaced order by id",
            new { runId, appId, environmentId, replaced = (int)InstanceRowState.Replaced })];

    /// <summary>What a task's success means for instances: after its health check an app's replaced ones are gone, after a roll-back the run's own.</summary>
    public static void TaskSucceeded(JournalTransaction transaction, string runId, RunTask task)
    {
        if (task.Spec.AppId is not { } appId) return;
        var removed = (int)InstanceRowState.Removed;
        if (task.Spec.Executor == ExecutorNames.HealthCheck)
        {
            var environmentId = transaction.QueryFirstOrDefault<string>("select environment_id from deployments where run_id = @runId", new { runId }) ?? "";
            transaction.Execute("update instances set state = @removed, changed_at = @Now where run_id <> @runId and app_id = @appId and environment_id = @environmentId and state = @replaced",
                new { removed, transaction.Now, runId, appId, environmentId, replaced = (int)InstanceRowState.Replaced });
        }
        else if (task.Spec.Executor == ExecutorNames.Restore)
        {
            transaction.Execute("update instances set state = @removed, changed_at = @Now where run_id = @runId and app_id = @appId and state <> @routed",
                new { removed, transaction.Now, runId, appId, routed = (int)InstanceRowState.Routed });
        }
    }

    private static List<Row> OfTask(JournalTransaction transaction, string runId, string taskId) =>
        [.. transaction.Query<Row>("select id, node, placed_because from instances where run_id = @runId and task_id = @taskId and state <> @removed order by created_at, id", new { runId, taskId, removed = (int)InstanceRowState.Removed })];

    /// <summary>What was to start on a node that is lost is placed anew; the node removes it when it is back.</summary>
    private static void GiveUpLost(JournalTransaction transaction, string runId, IEnumerable<NodeRow> nodes)
    {
        var lost = new SqlList<string>(nodes.Where(n => n.IsLost(transaction.Now)).Select(n => n.Name));
        if (lost.Count == 0) return;
        transaction.Execute("update instances set state = @removed, changed_at = @Now where run_id = @runId and state = @planned and node in @lost",
            new { removed = (int)InstanceRowState.Removed, transaction.Now, runId, planned = (int)InstanceRowState.Planned, lost });
    }

    private static List<InstanceTarget> Targets(List<Row> rows, Dictionary<string, NodeRow> nodes, DateTimeOffset now) =>
        [.. rows.Where(r => nodes.ContainsKey(r.Node)).Select(r => new InstanceTarget(r.Id, r.Node, nodes[r.Node].Url, AgentTicket.Issue(Convert.FromBase64String(nodes[r.Node].NodeKey), r.Id, now + TicketLife), r.PlacedBecause))];

    private sealed class Row
    {
        public Row()
        {
        }

        public Row(string id, string node, string why) => (Id, Node, PlacedBecause) = (id, node, why);

        public string Id { get; init; } = "";

        public string Node { get; init; } = "";

        public string? PlacedBecause { get; init; }
    }
}
