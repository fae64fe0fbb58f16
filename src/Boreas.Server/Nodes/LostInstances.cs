using Boreas.Contracts.Agents;
using Boreas.Contracts.Gateways;
using Boreas.Server.Routes;
using Boreas.Server.Storage;

namespace Boreas.Server.Nodes;

/// <summary>
/// Instances on lost nodes take no requests as long as others of their app do; when their node is back before they were
/// replaced, they take them again. The last one of an app keeps its route: an answer from a node that only we do not
/// reach is better than none.
/// </summary>
internal static class LostInstances
{
    public static void Follow(JournalTransaction transaction)
    {
        TakeOut(transaction);
        BringBack(transaction);
    }

    private static void TakeOut(JournalTransaction transaction)
    {
        var lost = Of(transaction, "n.lost_at is not null").Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
        if (lost.Count == 0) return;
        foreach (var route in Routes(transaction))
        {
            var targets = route.ReadTargets();
            var gone = targets.Where(t => lost.Contains(t.InstanceId)).Select(t => t.InstanceId).ToList();
            var stay = targets.Where(t => !lost.Contains(t.InstanceId)).ToList();
            if (gone.Count == 0 || !stay.Exists(t => t.Weight > 0)) continue;
            RouteRows.Set(transaction, route, stay);
            transaction.Execute("update instances set lost_at = @Now where id in @gone", new { transaction.Now, gone = new SqlList<string>(gone) });
        }
    }

    private static void BringBack(JournalTransaction transaction)
    {
        foreach (var instance in Of(transaction, "i.lost_at is not null and n.lost_at is null and not exists (select 1 from app_locks l where l.app_id = i.app_id and l.environment_id = i.environment_id)"))
        {
            var route = Routes(transaction).SingleOrDefault(r => r.AppId == instance.AppId && r.EnvironmentId == instance.EnvironmentId);
            if (route is null || instance.RunningAt() is not { } address) continue;
            var targets = route.ReadTargets();
            var weight = targets.Select(t => t.Weight).DefaultIfEmpty(1).Max();
            if (targets.All(t => t.InstanceId != instance.Id)) RouteRows.Set(transaction, route, [.. targets, new RouteTarget(instance.Id, address, weight)]);
            transaction.Execute("update instances set lost_at = null, address = @address where id = @Id", new { instance.Id, address });
        }
    }

    private static List<RouteRow> Routes(JournalTransaction transaction) => [.. transaction.Query<RouteRow>("select app_id, environment_id, targets from routes")];

    private static List<Instance> Of(JournalTransaction transaction, string which) =>
        [.. transaction.Query<Instance>($"select i.id, i.app_id, i.environment_id, n.instances as reported from instances i join nodes n on n.name = i.node where i.state = @routed and {which} order by i.id",
            new { routed = (int)InstanceRowState.Routed })];

    private sealed class Instance
    {
        public string Id { get; init; } = "";

        public string AppId { get; init; } = "";

        public string EnvironmentId { get; init; } = "";

        public string Reported { get; init; } = "[]";

        /// <summary>Where it answers, when its node says that it runs.</summary>
        public string? RunningAt() => NodeRow.ReadInstances(Reported).FirstOrDefault(i => i.InstanceId == Id) is { State: InstanceState.Running, Address: { } address } ? address : null;
    }
}
