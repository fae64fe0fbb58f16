using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
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

    /// <summary>The instances of a deploy task, placed now if they were not yet. The same task gets the same ones again.</summary>
    /// <exception cref="JobFailureException">No node can take them.</exception>
    public static IReadOnlyList<InstanceTarget> Place(JournalTransaction transaction, string runId, RunTask task, ReleaseSpec release, string environmentId, int replicas, IReadOnlyList<string> nodeLabels)
    {
        var placed = OfTask(transaction, runId, task.Spec.Id);
        var nodes = transaction.Query<NodeRow>(NodeRow.Select).ToDictionary(n => n.Name, StringComparer.Ordinal);
        if (placed.Count == 0)
        {
            placed = Choose(transaction, nodes.Values, release, replicas, nodeLabels).Select((node, i) => new Row($"{release.AppId}-{runId[^7..]}-{task.Index}-{i + 1}", node)).ToList();
            foreach (var row in placed)
            {
                transaction.Execute(
                    """
                    insert into instances (id, run_id, task_id, app_id, environment_id, node, state, release, created_at, changed_at)
                    values (@Id, @runId, @taskId, @AppId, @environmentId, @Node, @planned, @release, @Now, @Now)
                    """,
                    new { row.Id, runId, taskId = task.Spec.Id, release.AppId, environmentId, row.Node, planned = (int)InstanceRowState.Planned, release = JsonSerializer.Serialize(release, BoreasJson.Options), transaction.Now });
            }
        }

        return Targets(placed, nodes, transaction.Now);
    }

    /// <summary>Instances of an app in an environment that belong to the run, or that it replaced.</summary>
    public static IReadOnlyList<InstanceTarget> Find(JournalTransaction transaction, IReadOnlyCollection<string> ids)
    {
        if (ids.Count == 0) return [];
        var nodes = transaction.Query<NodeRow>(NodeRow.Select).ToDictionary(n => n.Name, StringComparer.Ordinal);
        return Targets(transaction.Query<Row>("select id, node from instances where id in @ids order by id", new { ids = new SqlList<string>(ids) }).ToList(), nodes, transaction.Now);
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
        [.. transaction.Query<Row>("select id, node from instances where run_id = @runId and task_id = @taskId order by id", new { runId, taskId })];

    /// <summary>Spreads instances over the nodes with the fewest, among those that are ready, have room, the labels and the engine.</summary>
    private static IEnumerable<string> Choose(JournalTransaction transaction, IEnumerable<NodeRow> nodes, ReleaseSpec release, int replicas, IReadOnlyList<string> nodeLabels)
    {
        var alive = nodes.Where(n => transaction.Now - n.SeenAt < NodeRegistry.LostAfter && !n.Cordoned).ToList();
        if (alive.Count == 0) throw new JobFailureException(FailureKind.Errored, ProblemCodes.NoNode, "No runtime node is ready.", "Start an agent ('boreas agent'), or see 'boreas nodes' for one that was lost or cordoned.");
        var fitting = alive.Where(n => nodeLabels.All(n.ReadLabels().Contains)).ToList();
        if (fitting.Count == 0) throw new JobFailureException(FailureKind.Errored, ProblemCodes.NoNode, $"No runtime node has the labels {string.Join(", ", nodeLabels)}.", "Give a node these labels, or change the environment's nodeLabels.");
        if (release.Image is not null && fitting.RemoveAll(n => n.Engine == "process") is var dropped && fitting.Count == 0 && dropped > 0)
            throw new JobFailureException(FailureKind.Failed, ProblemCodes.EngineUnreachable, "The release is a container image, and no runtime node has a container engine.", "Install podman or docker on a node and restart its agent.");
        var load = transaction.Query<Load>("select node, count(*) as instances from instances i where state = 1 or (state = 0 and exists (select 1 from runs r where r.id = i.run_id and r.active)) group by node").ToDictionary(l => l.Node, l => l.Instances, StringComparer.Ordinal);
        for (var i = 0; i < replicas; i++)
        {
            var node = fitting.OrderBy(n => load.GetValueOrDefault(n.Name)).ThenBy(n => n.Name, StringComparer.Ordinal).FirstOrDefault(n => load.GetValueOrDefault(n.Name) < n.Capacity)
                ?? throw new JobFailureException(FailureKind.Errored, ProblemCodes.NoNode, $"No runtime node has room: {string.Join(", ", fitting.Select(n => $"{n.Name} {load.GetValueOrDefault(n.Name)}/{n.Capacity}"))}.", "Add a node, raise a node's capacity, or stop an app.");
            load[node.Name] = load.GetValueOrDefault(node.Name) + 1;
            yield return node.Name;
        }
    }

    private static List<InstanceTarget> Targets(List<Row> rows, Dictionary<string, NodeRow> nodes, DateTimeOffset now) =>
        [.. rows.Where(r => nodes.ContainsKey(r.Node)).Select(r => new InstanceTarget(r.Id, r.Node, nodes[r.Node].Url, AgentTicket.Issue(Convert.FromBase64String(nodes[r.Node].NodeKey), r.Id, now + TicketLife)))];

    private sealed class Row
    {
        public Row()
        {
        }

        public Row(string id, string node) => (Id, Node) = (id, node);

        public string Id { get; init; } = "";

        public string Node { get; init; } = "";
    }

    private sealed class Load
    {
        public string Node { get; init; } = "";

        public int Instances { get; init; }
    }
}
