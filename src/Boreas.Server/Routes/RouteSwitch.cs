using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Gateways;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Engine.Runs;
using Boreas.Server.Nodes;
using Boreas.Server.Problems;
using Boreas.Server.Storage;

namespace Boreas.Server.Routes;

/// <summary>
/// Changes what serves an app. The first change that a run makes to an app remembers what it found; that is what the
/// run's roll-back restores. Old instances are not stopped here: the runner does that when every gateway has confirmed
/// the new version and they have drained.
/// </summary>
internal static class RouteSwitch
{
    /// <summary>Applies <paramref name="request"/> for a job of <paramref name="runId"/>; the new version of the route table.</summary>
    public static long Apply(JournalTransaction transaction, string runId, RunTask task, RouteRequest request)
    {
        var environment = transaction.QueryFirstOrDefault<DeploymentKey>("select environment_id, version_name from deployments where run_id = @runId", new { runId })
            ?? throw RequestRefusedException.NotFound("deployment", runId);
        if (request.AppId != task.Spec.AppId) throw Refused("appId", $"must be '{task.Spec.AppId}', the app of this job");
        var restores = task.Undoes is not null;
        var ids = request.Instances.Select(i => i.InstanceId).ToList();
        var known = transaction.Query<OwnedInstance>("select id, run_id, state from instances where app_id = @AppId and environment_id = @EnvironmentId and id in @ids",
            new { request.AppId, environment.EnvironmentId, ids = new SqlList<string>(ids) }).ToDictionary(i => i.Id, StringComparer.Ordinal);
        if (request.Instances.FirstOrDefault(i => !known.TryGetValue(i.InstanceId, out var found) || (!restores && found.RunId != runId && found.State != InstanceRowState.Routed)) is { } foreign)
            throw Refused("instances", $"names '{foreign.InstanceId}', which is neither an instance of this deployment nor one that serves");
        if (!restores && request.Instances.FirstOrDefault(i => known[i.InstanceId].State == InstanceRowState.Removed) is { } gone)
            throw Refused("instances", $"names '{gone.InstanceId}', which was given up and is removed by its node");
        if (request.Instances.FirstOrDefault(i => !Uri.TryCreate(i.Address, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || i.Weight is < 0 or > 1000) is { } bad)
            throw Refused("instances", $"gives '{bad.InstanceId}' an address that is not http(s), or a weight outside 0–1000");

        // A deployment that failed before its switch has changed nothing: what serves is what served before it, and stays.
        if (restores && ReadBefore(transaction, runId, request.AppId, environment.EnvironmentId) is null)
            return transaction.QueryFirstOrDefault<long>("select coalesce(max(version), 0) from routes");

        var before = ReadRoute(transaction, request.AppId, environment.EnvironmentId);
        if (!restores) Remember(transaction, runId, request.AppId, environment.EnvironmentId, before);
        // The route is named after what most requests get.
        var own = request.Instances.Where(i => known[i.InstanceId].RunId == runId).Sum(i => i.Weight);
        var source = restores || 2 * own < request.Instances.Sum(i => i.Weight) ? ReadBefore(transaction, runId, request.AppId, environment.EnvironmentId) : null;
        var version = transaction.ChangeRoutes();
        Write(transaction, request, environment, runId, source, version);
        MarkInstances(transaction, request, environment.EnvironmentId);
        if (restores) LeaveToMoves(transaction, source!, ids);
        return version;
    }

    /// <summary>Instances that answer at another address since they were started again.</summary>
    public static void Move(JournalTransaction transaction, IReadOnlyDictionary<string, string> addresses)
    {
        foreach (var row in transaction.Query<RouteRow>("select app_id, environment_id, targets from routes").ToList())
        {
            var targets = row.ReadTargets();
            if (!targets.Any(t => addresses.TryGetValue(t.InstanceId, out var address) && address != t.Address)) continue;
            var moved = targets.Select(t => addresses.TryGetValue(t.InstanceId, out var address) ? t with { Address = address } : t).ToList();
            transaction.Execute("update routes set targets = @targets, version = @version where app_id = @AppId and environment_id = @EnvironmentId",
                new { targets = JsonSerializer.Serialize(moved, BoreasJson.Options), version = transaction.ChangeRoutes(), row.AppId, row.EnvironmentId });
        }

        foreach (var (id, address) in addresses) transaction.Execute("update instances set address = @address where id = @id", new { id, address });
    }

    /// <summary>Takes an app out of every environment: its routes go, and its nodes remove its instances.</summary>
    public static void Remove(JournalTransaction transaction, string appId)
    {
        if (transaction.Execute("delete from routes where app_id = @appId", new { appId }) > 0) transaction.ChangeRoutes();
        transaction.Execute("update instances set state = @removed, changed_at = @Now where app_id = @appId", new { removed = (int)InstanceRowState.Removed, transaction.Now, appId });
    }

    public static RouteRow? ReadRoute(JournalTransaction transaction, string appId, string environmentId) =>
        transaction.QueryFirstOrDefault<RouteRow>("select app_id, environment_id, run_id, version_name, commit_id, targets from routes where app_id = @appId and environment_id = @environmentId", new { appId, environmentId });

    /// <summary>Share of the app's traffic, 0–1, that goes to the run's instances.</summary>
    public static double ShareOf(JournalTransaction transaction, string runId, string appId, string environmentId)
    {
        if (ReadRoute(transaction, appId, environmentId)?.ReadTargets() is not { Count: > 0 } targets) return 0;
        var own = transaction.Query<string>("select id from instances where run_id = @runId and app_id = @appId", new { runId, appId }).ToHashSet(StringComparer.Ordinal);
        var all = targets.Sum(target => target.Weight);
        return all == 0 ? 0 : (double)targets.Where(target => own.Contains(target.InstanceId)).Sum(target => target.Weight) / all;
    }

    /// <summary>What the run found when it first changed the app's route; null while it has not.</summary>
    public static RouteRow? ReadBefore(JournalTransaction transaction, string runId, string appId, string environmentId) =>
        transaction.QueryFirstOrDefault<RouteRow>(
            "select app_id, environment_id, before_run_id as run_id, version_name, commit_id, targets from routes_before where run_id = @runId and app_id = @appId and environment_id = @environmentId",
            new { runId, appId, environmentId });

    private static void Remember(JournalTransaction transaction, string runId, string appId, string environmentId, RouteRow? before) =>
        transaction.Execute(
            """
            insert into routes_before (run_id, app_id, environment_id, before_run_id, version_name, commit_id, targets)
            values (@runId, @appId, @environmentId, @BeforeRun, @VersionName, @CommitId, @Targets) on conflict (run_id, app_id, environment_id) do nothing
            """,
            new { runId, appId, environmentId, BeforeRun = before?.RunId, before?.VersionName, before?.CommitId, Targets = before?.Targets ?? "[]" });

    private static void Write(JournalTransaction transaction, RouteRequest request, DeploymentKey key, string runId, RouteRow? source, long version)
    {
        if (request.Instances.Count == 0)
        {
            transaction.Execute("delete from routes where app_id = @AppId and environment_id = @EnvironmentId", new { request.AppId, key.EnvironmentId });
            return;
        }

        var environment = transaction.QueryFirstOrDefault<EnvironmentRow>("select name, is_default from environments where id = @EnvironmentId", new { key.EnvironmentId })
            ?? throw RequestRefusedException.NotFound("environment", key.EnvironmentId);
        var targets = request.Instances.Select(i => new RouteTarget(i.InstanceId, i.Address, i.Weight)).ToList();
        transaction.Execute(
            """
            insert into routes (app_id, environment_id, environment, prefix, run_id, version_name, commit_id, targets, version)
            values (@AppId, @EnvironmentId, @Name, @prefix, @servedBy, @VersionName, @commit, @targets, @version)
            on conflict (app_id, environment_id) do update set environment = excluded.environment, prefix = excluded.prefix, run_id = excluded.run_id,
                version_name = excluded.version_name, commit_id = excluded.commit_id, targets = excluded.targets, version = excluded.version
            """,
            new
            {
                request.AppId,
                key.EnvironmentId,
                environment.Name,
                prefix = RouteTables.PrefixOf(request.AppId, environment.Name, environment.IsDefault),
                servedBy = source?.RunId ?? runId,
                VersionName = source?.VersionName ?? key.VersionName,
                commit = source is not null ? source.CommitId : CommitOf(transaction, request.Instances[0].InstanceId),
                targets = JsonSerializer.Serialize(targets, BoreasJson.Options),
                version,
            });
    }

    private static void MarkInstances(JournalTransaction transaction, RouteRequest request, string environmentId)
    {
        var ids = request.Instances.Select(i => i.InstanceId).DefaultIfEmpty("").ToList();
        transaction.Execute("update instances set state = @replaced, changed_at = @Now where app_id = @AppId and environment_id = @environmentId and state = @routed and id not in @ids",
            new { replaced = (int)InstanceRowState.Replaced, routed = (int)InstanceRowState.Routed, transaction.Now, request.AppId, environmentId, ids = new SqlList<string>(ids) });
        foreach (var instance in request.Instances)
        {
            transaction.Execute("update instances set state = @routed, address = @Address, changed_at = @Now where id = @InstanceId",
                new { routed = (int)InstanceRowState.Routed, instance.Address, transaction.Now, instance.InstanceId });
        }
    }

    /// <summary>What served before and nobody could be started for, on a lost node: it counts as serving there, so that it is moved as soon as there is room.</summary>
    private static void LeaveToMoves(JournalTransaction transaction, RouteRow before, List<string> back)
    {
        var served = before.ReadTargets().Where(t => t.Weight > 0).Select(t => t.InstanceId).ToList();
        var missing = served.Except(back, StringComparer.Ordinal).Skip(back.Except(served, StringComparer.Ordinal).Count());
        transaction.Execute("update instances set state = @routed, lost_at = @Now, changed_at = @Now where id in @missing and exists (select 1 from nodes n where n.name = instances.node and n.lost_at is not null)",
            new { routed = (int)InstanceRowState.Routed, transaction.Now, missing = new SqlList<string>(missing) });
    }

    private static string? CommitOf(JournalTransaction transaction, string instanceId)
    {
        var release = transaction.QueryFirstOrDefault<string>("select release from instances where id = @instanceId", new { instanceId });
        return release is null ? null : JsonSerializer.Deserialize<ReleaseSpec>(release, BoreasJson.Options)?.Commit;
    }

    private static RequestRefusedException Refused(string field, string message) => RequestRefusedException.Invalid(new FieldProblem(field, message));

    private sealed class DeploymentKey
    {
        public string EnvironmentId { get; init; } = "";

        public string VersionName { get; init; } = "";
    }

    private sealed class OwnedInstance
    {
        public string Id { get; init; } = "";

        public string RunId { get; init; } = "";

        public InstanceRowState State { get; init; }
    }

    private sealed class EnvironmentRow
    {
        public string Name { get; init; } = "";

        public bool IsDefault { get; init; }
    }
}
