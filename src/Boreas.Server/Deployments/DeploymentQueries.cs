using System.Data.Common;
using System.Text;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Runs;
using Boreas.Server.Problems;
using Boreas.Server.Access;
using Boreas.Server.Nodes;
using Boreas.Server.Routes;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Deployments;

/// <summary>Reads deployments; every query is told what the caller may see.</summary>
internal static class DeploymentQueries
{
    private const string Selected =
        """
        select r.id, r.kind, r.project, r.status, r.progress, r.rolling_back, r.active, r.graph_version, r.error_message, r.created_at, r.updated_at, r.started_at, r.completed_at,
            d.version_id, d.version_name, d.environment_id, d.environment, d.app_ids, d.spec, d.created_by
        from deployments d join runs r on r.id = d.run_id
        """;

    public static async Task<DeploymentRow?> FindAsync(Database database, string id, Scope scope, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QueryFirstOrDefaultAsync<DeploymentRow>($"{Selected} where r.id = @id and (@All or r.project in @Projects)", new { id, scope.All, scope.Projects });
    }

    /// <summary>The newest first; <paramref name="filter"/>'s cursor is the id of the last one seen.</summary>
    public static async Task<IReadOnlyList<DeploymentRow>> ListAsync(Database database, DeploymentFilter filter, Scope scope, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder(Selected).Append(" where r.kind = @kind and (@All or r.project in @Projects)");
        if (filter.Status.Count > 0) sql.Append(" and r.status in @statuses");
        if (filter.App is not null) sql.Append(" and (',' || d.app_ids || ',') like @app");
        if (filter.Environment is not null) sql.Append(" and (d.environment = @environment or d.environment_id = @environment)");
        if (filter.Text is not null) sql.Append(" and (d.run_id like @text or d.app_ids like @text or d.version_name like @text or d.environment like @text or d.created_by like @text)");
        if (filter.Cursor is not null) sql.Append(" and d.run_id < @cursor");
        sql.Append(" order by d.run_id desc limit @limit");
        await using var connection = await database.OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<DeploymentRow>(sql.ToString(), new
        {
            scope.All,
            scope.Projects,
            statuses = new SqlList<int>(filter.Status.Select(s => (int)s)),
            app = $"%,{filter.App},%",
            environment = filter.Environment,
            kind = filter.Kind,
            text = $"%{filter.Text?.Replace("%", "", StringComparison.Ordinal)}%",
            cursor = filter.Cursor,
            limit = filter.Limit,
        })];
    }

    public static async Task<IReadOnlyList<TaskRow>> TasksAsync(Database database, IReadOnlyCollection<string> runIds, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<TaskRow>($"select {TaskRow.Columns} from tasks where run_id in @runIds order by run_id, position", new { runIds = new SqlList<string>(runIds) })];
    }

    /// <summary>For each of these runs: until when all that it replaced and that still runs is kept warm.</summary>
    public static async Task<Dictionary<string, DateTimeOffset>> WarmAsync(Database database, IReadOnlyCollection<string> runIds, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<WarmRow>(
            """
            select b.run_id, b.targets, i.id, i.warm_until from routes_before b join instances i on i.app_id = b.app_id and i.environment_id = b.environment_id
            where b.run_id in @runIds and i.state = @warm and i.warm_until > @now
            """, new { runIds = new SqlList<string>(runIds), warm = (int)InstanceRowState.Warm, now });
        return rows.Where(r => RouteRow.ReadTargets(r.Targets).Any(t => t.InstanceId == r.Id)).GroupBy(r => r.RunId).ToDictionary(g => g.Key, g => g.Min(r => r.WarmUntil), StringComparer.Ordinal);
    }

    /// <summary>The graph as people write it; what a roll-back added is no part of it.</summary>
    public static async Task<IReadOnlyList<TaskInput>> GraphAsync(Database database, string runId, CancellationToken cancellationToken) =>
        [.. (await PlannedGraphAsync(database, runId, cancellationToken)).Select(t => t.Task)];

    /// <summary>The graph with who does each task.</summary>
    public static async Task<IReadOnlyList<(TaskInput Task, string Executor)>> PlannedGraphAsync(Database database, string runId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<TaskRow>($"select {TaskRow.Columns} from tasks where run_id = @runId and executor <> @restore order by position", new { runId, restore = ExecutorNames.Restore });
        return [.. rows.Select(r => (r.ToInput(), r.Executor))];
    }

    public static async Task<IReadOnlyList<DeploymentEvent>> EventsAsync(Database database, string runId, int after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<EventRow>("select sequence, stream, version, name, at, data from events where stream = @runId and version > @after order by version limit @limit", new { runId, after, limit });
        return [.. rows.Select(r => ToEvent(r.ToEvent()))];
    }

    /// <summary>An event as people see it: without the lease, which is its holder's secret.</summary>
    public static DeploymentEvent ToEvent(RecordedEvent e)
    {
        var data = System.Text.Json.Nodes.JsonNode.Parse(e.Data)!.AsObject();
        data.Remove("lease");
        var actor = (string?)data["by"] ?? (string?)data["runner"] ?? "boreas";
        return new DeploymentEvent(e.Sequence, e.Version, e.Name, e.At, actor, JsonSerializer.SerializeToElement(data));
    }

    public static async Task<DeploymentInputs> InputsAsync(Database database, string runId, ServerOptions options, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var json = await connection.QueryFirstOrDefaultAsync<string>("select spec from deployments where run_id = @runId", new { runId })
            ?? throw RequestRefusedException.NotFound("deployment", runId);
        var tasks = await connection.QueryAsync<TaskRow>($"select {TaskRow.Columns} from tasks where run_id = @runId and (result is not null or payload is not null)", new { runId });
        return new DeploymentInputs(ReadSpec(json), [.. tasks], options.GitAddress);
    }

    /// <summary>Ids of the deployments that are not over and whose rule names the group.</summary>
    public static IReadOnlyList<string> ThatNameGroup(DbConnection connection, string group) =>
        [.. connection.Query<(string RunId, string Spec)>("select d.run_id, d.spec from deployments d join runs r on r.id = d.run_id where r.active and d.spec like @like order by r.created_at, d.run_id", new { like = $"%\"{group}\"%" })
            .Where(row => ReadSpec(row.Spec).Confirm?.Groups?.Contains(group, StringComparer.Ordinal) == true).Select(row => row.RunId)];

    public static DeploymentSpec ReadSpec(string json) =>
        JsonSerializer.Deserialize<DeploymentSpec>(json, BoreasJson.Options) ?? throw new JsonException("A deployment's snapshot is null.");

    /// <summary>An instance that is kept warm, and the routes that a run found when it began.</summary>
    private sealed class WarmRow
    {
        public string RunId { get; init; } = "";

        public string Targets { get; init; } = "[]";

        public string Id { get; init; } = "";

        public DateTimeOffset WarmUntil { get; init; }
    }
}

/// <param name="Cursor">Id of the last deployment of the page before.</param>
internal sealed record DeploymentFilter(IReadOnlyList<RunStatus> Status, string? App, string? Environment, string? Text, string? Cursor, int Limit, string Kind = "deployment");
