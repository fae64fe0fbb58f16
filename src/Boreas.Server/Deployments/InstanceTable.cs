using System.Data.Common;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Runs;
using Boreas.Server.Nodes;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Deployments;

/// <summary>
/// The instances that deployments asked for. An instance has its row before any agent hears of it: what an agent runs
/// without a wanted row is an orphan and is removed by its next heartbeat.
/// </summary>
internal static class InstanceTable
{
    private static readonly TimeSpan TicketLife = TimeSpan.FromHours(2);

    /// <summary>
    /// The run's instances of the release, as many as <paramref name="count"/>: those that it has, then those that were
    /// kept warm from an earlier run of the same release, then new ones, placed now. Asked again, it gives the
    /// same, but for those that never served and whose node is lost.
    /// </summary>
    /// <returns>Those that are looked after: of earlier tasks of the run, or with traffic since an earlier attempt of this one; and those that this one starts.</returns>
    /// <exception cref="JobFailureException">No node can take them.</exception>
    public static (IReadOnlyList<InstanceTarget> Running, IReadOnlyList<InstanceTarget> Start) Place(JournalTransaction transaction, string runId, RunTask task, ReleaseSpec release, string environmentId, int count, IReadOnlyList<string> nodeLabels)
    {
        var nodes = transaction.Query<NodeRow>(NodeRow.Select).ToDictionary(n => n.Name, StringComparer.Ordinal);
        GiveUpLost(transaction, runId, release.AppId, nodes.Values);
        var rows = transaction.Query<Row>("select id, node, task_id, placed_because, state from instances where run_id = @runId and app_id = @AppId and state <> @removed order by created_at, id",
            new { runId, release.AppId, removed = (int)InstanceRowState.Removed }).ToList();
        var json = JsonSerializer.Serialize(release, BoreasJson.Options);
        if (rows.Count < count) rows.AddRange(Adopt(transaction, runId, task, release, json, environmentId, count - rows.Count, nodes));
        if (rows.Count < count) rows.AddRange(PlaceNew(transaction, runId, task, release, environmentId, count - rows.Count, nodeLabels, nodes));
        var running = rows.ToLookup(r => r.TaskId != task.Spec.Id || r.State == InstanceRowState.Routed);
        return (Targets([.. running[true]], nodes, transaction.Now), Targets([.. running[false]], nodes, transaction.Now));
    }

    /// <summary>
    /// The task's instances of a release that served before its run, in the place of as many that are on lost nodes; with
    /// less room than that, fewer, and why. Asked again, it gives the same, but for those whose node was lost since.
    /// </summary>
    public static IReadOnlyList<InstanceTarget> PlaceInstead(JournalTransaction transaction, string runId, RunTask task, ReleaseSpec release, string environmentId, int lost, IReadOnlyList<string> nodeLabels, out NoPlace? noPlace)
    {
        noPlace = null;
        if (lost == 0) return [];
        var nodes = transaction.Query<NodeRow>(NodeRow.Select).ToDictionary(n => n.Name, StringComparer.Ordinal);
        GiveUpLost(transaction, runId, release.AppId, nodes.Values);
        var rows = transaction.Query<Row>("select id, node, task_id, placed_because, state from instances where run_id = @runId and task_id = @Id and release = @json and state <> @removed order by created_at, id",
                new { runId, task.Spec.Id, json = JsonSerializer.Serialize(release, BoreasJson.Options), removed = (int)InstanceRowState.Removed })
            .Where(r => nodes.TryGetValue(r.Node, out var node) && !node.IsLost).Take(lost).ToList();
        var room = NodeChoice.RoomFor(transaction.Connection, transaction.Now, release, environmentId, lost - rows.Count, nodeLabels, out noPlace);
        if (room > 0) rows.AddRange(PlaceNew(transaction, runId, task, release, environmentId, room, nodeLabels, nodes));
        return Targets(rows, nodes, transaction.Now);
    }

    /// <summary>What an instance runs, as JSON; the same text is the same release. Null when there is no such instance.</summary>
    public static string? ReleaseTextOf(JournalTransaction transaction, string id) => transaction.QueryFirstOrDefault<string>("select release from instances where id = @id", new { id });

    /// <summary>What an instance runs; null when there is no such instance.</summary>
    public static ReleaseSpec? ReleaseOf(JournalTransaction transaction, string? id) =>
        id is not null && transaction.QueryFirstOrDefault<string>("select release from instances where id = @id", new { id }) is { } json ? JsonSerializer.Deserialize<ReleaseSpec>(json, BoreasJson.Options) : null;

    /// <summary>Instances of an app in an environment that belong to the run, or that it replaced.</summary>
    public static IReadOnlyList<InstanceTarget> Find(JournalTransaction transaction, IReadOnlyCollection<string> ids, TimeSpan ticketLife = default)
    {
        if (ids.Count == 0) return [];
        var nodes = transaction.Query<NodeRow>(NodeRow.Select).ToDictionary(n => n.Name, StringComparer.Ordinal);
        return Targets(transaction.Query<Row>("select id, node, placed_because from instances where id in @ids order by id", new { ids = new SqlList<string>(ids) }).ToList(), nodes, transaction.Now, ticketLife);
    }

    /// <summary>The same, without those on lost nodes: nobody can start or stop these, and their node removes what is not wanted when it is back.</summary>
    /// <param name="ticketLife">How long they are asked, when that is longer than jobs usually take.</param>
    public static IReadOnlyList<InstanceTarget> FindReachable(JournalTransaction transaction, IReadOnlyCollection<string> ids, TimeSpan ticketLife = default) =>
        Find(transaction, [.. transaction.Query<string>("select i.id from instances i join nodes n on n.name = i.node where i.id in @ids and n.lost_at is null", new { ids = new SqlList<string>(ids) })], ticketLife);

    /// <summary>Ids of the run's instances of an app.</summary>
    public static IReadOnlyList<string> OfRun(JournalTransaction transaction, string runId, string appId) =>
        [.. transaction.Query<string>("select id from instances where run_id = @runId and app_id = @appId and state <> @removed order by id", new { runId, appId, removed = (int)InstanceRowState.Removed })];

    /// <summary>Ids of all instances that there are of the task's app, in its run's environment.</summary>
    public static async Task<IReadOnlySet<string>> OfAppAsync(DbConnection connection, string runId, string taskId) =>
        (await connection.QueryAsync<string>(
            """
            select i.id from tasks t join deployments d on d.run_id = t.run_id join instances i on i.app_id = t.app_id and i.environment_id = d.environment_id
            where t.run_id = @runId and t.id = @taskId and i.state <> @removed
            """, new { runId, taskId, removed = (int)InstanceRowState.Removed })).ToHashSet(StringComparer.Ordinal);

    /// <summary>Ids of instances of the app in the environment that took traffic before the run and do not any more.</summary>
    public static IReadOnlyList<string> ReplacedBy(JournalTransaction transaction, string runId, string appId, string environmentId) =>
        [.. transaction.Query<string>("select id from instances where run_id <> @runId and app_id = @appId and environment_id = @environmentId and state = @replaced order by id",
            new { runId, appId, environmentId, replaced = (int)InstanceRowState.Replaced })];

    /// <summary>What a task's success means for instances: after its health check an app's replaced ones are kept warm or gone, after a roll-back the run's own are gone.</summary>
    public static void TaskSucceeded(JournalTransaction transaction, string runId, RunTask task, int keepWarmSeconds)
    {
        if (task.Spec.AppId is not { } appId) return;
        if (task.Spec.Executor == ExecutorNames.HealthCheck) KeepWarm(transaction, runId, appId, keepWarmSeconds);
        else if (task.Spec.Executor == ExecutorNames.Move) Moves.Ended(transaction, task);
        else if (task.Spec.Executor == ExecutorNames.Restore)
        {
            transaction.Execute("update instances set state = @removed, changed_at = @Now where run_id = @runId and app_id = @appId and state <> @routed and not (state = @replaced and lost_at is not null)",
                new { removed = (int)InstanceRowState.Removed, transaction.Now, runId, appId, routed = (int)InstanceRowState.Routed, replaced = (int)InstanceRowState.Replaced });
        }
    }

    /// <summary>What was kept warm before goes: only what served last is worth its memory.</summary>
    private static void KeepWarm(JournalTransaction transaction, string runId, string appId, int unlessSaid)
    {
        if (transaction.QueryFirstOrDefault<Kept>("select environment_id, spec from deployments where run_id = @runId", new { runId }) is not { } deployment) return;
        var seconds = DeploymentQueries.ReadSpec(deployment.Spec).KeepWarmSeconds ?? unlessSaid;
        transaction.Execute("update instances set state = @removed, changed_at = @Now where app_id = @appId and environment_id = @EnvironmentId and state = @warm",
            new { removed = (int)InstanceRowState.Removed, transaction.Now, appId, deployment.EnvironmentId, warm = (int)InstanceRowState.Warm });
        transaction.Execute("update instances set state = @state, warm_until = @until, changed_at = @Now where run_id <> @runId and app_id = @appId and environment_id = @EnvironmentId and state = @replaced",
            new { state = (int)(seconds > 0 ? InstanceRowState.Warm : InstanceRowState.Removed), until = transaction.Now.AddSeconds(seconds), transaction.Now, runId, appId, deployment.EnvironmentId, replaced = (int)InstanceRowState.Replaced });
    }

    /// <summary>Takes over instances of the same release that were kept warm.</summary>
    private static List<Row> Adopt(JournalTransaction transaction, string runId, RunTask task, ReleaseSpec release, string json, string environmentId, int count, Dictionary<string, NodeRow> nodes)
    {
        var adopted = transaction.Query<Row>("select id, node from instances where app_id = @AppId and environment_id = @environmentId and state = @warm and warm_until > @Now and release = @json order by id",
                new { release.AppId, environmentId, warm = (int)InstanceRowState.Warm, transaction.Now, json })
            .Where(r => nodes.TryGetValue(r.Node, out var node) && !node.IsLost && !node.Draining).Take(count).Select(r => new Row(r.Id, r.Node, task.Spec.Id, "has it warm")).ToList();
        foreach (var row in adopted)
            transaction.Execute("update instances set run_id = @runId, task_id = @TaskId, state = @planned, warm_until = null, changed_at = @Now where id = @Id", new { runId, row.TaskId, planned = (int)InstanceRowState.Planned, transaction.Now, row.Id });
        return adopted;
    }

    private static List<Row> PlaceNew(JournalTransaction transaction, string runId, RunTask task, ReleaseSpec release, string environmentId, int count, IReadOnlyList<string> nodeLabels, Dictionary<string, NodeRow> nodes)
    {
        // An edit of the graph may give a task the place of another one that has begun: what counts is the name.
        var prefix = $"{release.AppId}-{runId[^7..]}-{task.Index}-";
        var first = transaction.QueryFirstOrDefault<int>("select count(*) from instances where app_id = @AppId and environment_id = @environmentId and id like @ids", new { release.AppId, environmentId, ids = prefix + "%" }) + 1;
        var placed = NodeChoice.Choose(transaction, [.. nodes.Values], release, environmentId, count, nodeLabels, runId)
            .Select((place, i) => new Row($"{prefix}{first + i}", place.Node, task.Spec.Id, place.Why)).ToList();
        foreach (var row in placed)
        {
            transaction.Execute(
                """
                insert into instances (id, run_id, task_id, app_id, environment_id, node, placed_because, state, release, created_at, changed_at)
                values (@Id, @runId, @TaskId, @AppId, @environmentId, @Node, @PlacedBecause, @planned, @json, @Now, @Now)
                """,
                new { row.Id, runId, row.TaskId, release.AppId, environmentId, row.Node, row.PlacedBecause, planned = (int)InstanceRowState.Planned, json = JsonSerializer.Serialize(release, BoreasJson.Options), transaction.Now });
        }

        return placed;
    }

    /// <summary>What of the app was to start on a node that is lost is placed anew; the node removes it when it is back. Other apps' runners may still be at work with theirs.</summary>
    private static void GiveUpLost(JournalTransaction transaction, string runId, string appId, IEnumerable<NodeRow> nodes)
    {
        var lost = new SqlList<string>(nodes.Where(n => n.IsLost).Select(n => n.Name));
        if (lost.Count == 0) return;
        transaction.Execute("update instances set state = @removed, changed_at = @Now where run_id = @runId and app_id = @appId and state = @planned and node in @lost",
            new { removed = (int)InstanceRowState.Removed, transaction.Now, runId, appId, planned = (int)InstanceRowState.Planned, lost });
    }

    private static List<InstanceTarget> Targets(List<Row> rows, Dictionary<string, NodeRow> nodes, DateTimeOffset now, TimeSpan ticketLife = default)
    {
        var expires = now + (ticketLife > TicketLife ? ticketLife : TicketLife);
        return [.. rows.Where(r => nodes.ContainsKey(r.Node)).Select(r => new InstanceTarget(r.Id, r.Node, nodes[r.Node].Url, AgentTicket.Issue(Convert.FromBase64String(nodes[r.Node].NodeKey), r.Id, expires), r.PlacedBecause))];
    }

    private sealed class Row
    {
        public Row()
        {
        }

        public Row(string id, string node, string taskId, string? why) => (Id, Node, TaskId, PlacedBecause) = (id, node, taskId, why);

        public string Id { get; init; } = "";

        public string Node { get; init; } = "";

        public string TaskId { get; init; } = "";

        public string? PlacedBecause { get; init; }

        public InstanceRowState State { get; init; }
    }

    private sealed class Kept
    {
        public string EnvironmentId { get; init; } = "";

        public string Spec { get; init; } = "{}";
    }
}
