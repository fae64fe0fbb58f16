using System.Data.Common;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Runs;
using Boreas.Server.Deployments;
using Dapper;

namespace Boreas.Server.Nodes;

/// <summary>The instances of an app in an environment that serve on nodes that are drained or lost, and so have to go elsewhere.</summary>
/// <param name="RunId">The deployment whose release they run.</param>
internal sealed record Departure(string AppId, string EnvironmentId, string Environment, string RunId, IReadOnlyList<DepartingInstance> Instances)
{
    /// <summary>A failed move is tried again after one minute, then two, four …</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FailuresCountFor = TimeSpan.FromHours(24);
    private const int LongestPause = 6;

    /// <summary>Why they go, in a sentence.</summary>
    public string Reason => string.Join(" ", Instances.GroupBy(i => (i.Node, i.Lost, i.Because)).Select(g => $"Node {g.Key.Node} is {(g.Key.Lost ? "lost" : $"drained{(g.Key.Because is { } why ? $" ({why})" : "")}")}."));

    /// <summary>All that there are.</summary>
    /// <param name="withUnderWay">Whether instances on drained nodes that a run is about to start or to stop are told of too: before they are gone the node is not empty.</param>
    public static IReadOnlyList<Departure> Find(DbConnection connection, bool withUnderWay = false) =>
        [.. connection.Query<DepartingInstance>(
            """
            select i.id, i.node, i.app_id, i.environment_id, r.environment, r.run_id, i.release, n.lost_at is not null as lost, n.cordoned_because as because
            from instances i join nodes n on n.name = i.node join routes r on r.app_id = i.app_id and r.environment_id = i.environment_id
            where (i.state = @routed and (n.draining or n.lost_at is not null))
               or (@withUnderWay and n.draining and i.state in (@planned, @replaced) and exists (select 1 from app_locks l where l.app_id = i.app_id and l.environment_id = i.environment_id))
            order by i.app_id, r.environment, i.id
            """,
            new { routed = (int)InstanceRowState.Routed, planned = (int)InstanceRowState.Planned, replaced = (int)InstanceRowState.Replaced, withUnderWay })
            .GroupBy(i => (i.AppId, i.EnvironmentId, i.Environment, i.RunId))
            .Select(g => new Departure(g.Key.AppId, g.Key.EnvironmentId, g.Key.Environment, g.Key.RunId, [.. g]))];

    /// <summary>The run that has the app now, and whether it is the one that moves these instances; null when none has.</summary>
    public RunInWay? InWay(DbConnection connection) => connection.QueryFirstOrDefault<RunInWay>(
        """
        select b.run_id, coalesce(r.kind, '') = @move as moves from
            (select run_id, app_id, environment_id from app_locks union all select run_id, app_id, environment_id from app_queue) b
            left join runs r on r.id = b.run_id where b.app_id = @AppId and b.environment_id = @EnvironmentId
        """,
        new { move = Moves.Kind, AppId, EnvironmentId });

    /// <summary>How many of them can go now, when no run is in the way; with fewer than all, why.</summary>
    public int MayGo(DbConnection connection, DateTimeOffset now, out string? whyNot)
    {
        var failed = connection.Query<FailedMove>(
            """
            select r.completed_at, r.error_message from runs r join deployments d on d.run_id = r.id
            where r.kind = @move and d.app_ids = @AppId and d.environment_id = @EnvironmentId and r.status <> @success and r.completed_at > @since order by r.completed_at desc
            """,
            new { move = Moves.Kind, AppId, EnvironmentId, success = (int)RunStatus.Success, since = now - FailuresCountFor }).ToList();
        if (failed.Count > 0 && failed[0].CompletedAt + (FirstPause * Math.Pow(2, Math.Min(failed.Count - 1, LongestPause))) is var again && again > now)
        {
            whyNot = $"Moving failed and is tried again at {again:HH:mm:ss} UTC: {failed[0].ErrorMessage}";
            return 0;
        }

        if (Serving(connection) is not { } spec)
        {
            whyNot = "The deployment that made them is not known any more; deploy the app again.";
            return 0;
        }

        var room = NodeChoice.RoomFor(connection, now, Instances[0].ReadRelease(), EnvironmentId, Instances.Count, spec.NodeLabels, out var none);
        whyNot = none?.Message;
        return room;
    }

    /// <summary>The snapshot of the deployment that serves; null when it is not known.</summary>
    public DeploymentSpec? Serving(DbConnection connection) =>
        connection.QueryFirstOrDefault<string>("select spec from deployments where run_id = @RunId", new { RunId }) is { } json ? DeploymentQueries.ReadSpec(json) : null;

    private sealed class FailedMove
    {
        public DateTimeOffset CompletedAt { get; init; }

        public string? ErrorMessage { get; init; }
    }
}

/// <summary>An instance that serves on a node which it is to leave.</summary>
internal sealed class DepartingInstance
{
    public string Id { get; init; } = "";

    public string Node { get; init; } = "";

    public string AppId { get; init; } = "";

    public string EnvironmentId { get; init; } = "";

    public string Environment { get; init; } = "";

    public string RunId { get; init; } = "";

    public string Release { get; init; } = "{}";

    /// <summary>Whether the node was not heard of; else it is drained.</summary>
    public bool Lost { get; init; }

    public string? Because { get; init; }

    public ReleaseSpec ReadRelease() => JsonSerializer.Deserialize<ReleaseSpec>(Release, BoreasJson.Options) ?? throw new JsonException("An instance's release is null.");
}

/// <summary>The run that has an app, or waits for it.</summary>
internal sealed class RunInWay
{
    public string RunId { get; init; } = "";

    /// <summary>Whether it moves instances itself.</summary>
    public bool Moves { get; init; }
}
