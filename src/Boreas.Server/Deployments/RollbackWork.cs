using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Gateways;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Runs;
using Boreas.Server.Nodes;
using Boreas.Server.Routes;
using Boreas.Server.Storage;

namespace Boreas.Server.Deployments;

/// <summary>
/// Turns the undo of a roll-out into work: the instances that served before serve again where they are, and in the place
/// of those on lost nodes new ones of the same release, as many as there is room for.
/// </summary>
internal static class RollbackWork
{
    /// <exception cref="JobFailureException">All that served before is on lost nodes, and no other node can take one of it.</exception>
    public static RestoreWork Restore(JournalTransaction transaction, string runId, RunTask task, DeploymentSpec spec)
    {
        var appId = task.Spec.AppId!;
        var before = RouteSwitch.ReadBefore(transaction, runId, appId, spec.EnvironmentId);
        var labels = LabelsOf(transaction, before?.RunId) ?? spec.NodeLabels;
        var previous = new List<PreviousRelease>();
        NoPlace? noPlace = null;
        foreach (var served in (before?.ReadTargets() ?? []).GroupBy(target => InstanceTable.ReleaseTextOf(transaction, target.InstanceId), StringComparer.Ordinal))
        {
            if (served.Key is null) continue;
            var release = JsonSerializer.Deserialize<ReleaseSpec>(served.Key, BoreasJson.Options)!;
            var weights = served.ToDictionary(target => target.InstanceId, target => target.Weight, StringComparer.Ordinal);
            var there = InstanceTable.FindReachable(transaction, weights.Keys);
            var lost = served.Where(target => target.Weight > 0 && there.All(instance => instance.InstanceId != target.InstanceId)).ToList();
            var instead = InstanceTable.PlaceInstead(transaction, runId, task, release, spec.EnvironmentId, lost.Count, labels, out var none);
            noPlace ??= none;
            previous.Add(new PreviousRelease(release, [.. there, .. instead], [.. there.Select(instance => weights[instance.InstanceId]), .. lost.Take(instead.Count).Select(target => target.Weight)]));
        }

        if (noPlace is not null && !previous.Exists(p => p.Weights.Any(weight => weight > 0)))
            throw new JobFailureException(noPlace.Kind, noPlace.Code, $"What served before ran on nodes that are lost. {noPlace.Message}", noPlace.Advice);
        var back = previous.SelectMany(p => p.Instances).Select(instance => instance.InstanceId).ToHashSet(StringComparer.Ordinal);
        var own = InstanceTable.OfRun(transaction, runId, appId).Where(id => !back.Contains(id)).ToList();
        var remove = InstanceTable.FindReachable(transaction, own);
        // Nobody stops these now; whom only we do not reach may still be answering, and gets the time for it.
        var away = own.Except(remove.Select(instance => instance.InstanceId), StringComparer.Ordinal);
        transaction.Execute("update instances set lost_at = null where id in @own", new { own = new SqlList<string>(own) });
        transaction.Execute("update instances set lost_at = @Now where id in @away", new { transaction.Now, away = new SqlList<string>(away) });
        return new RestoreWork(appId, spec.Environment, previous, remove, JobComposer.DrainSeconds);
    }

    /// <summary>Where the release that served before may run.</summary>
    private static IReadOnlyList<string>? LabelsOf(JournalTransaction transaction, string? runId) =>
        transaction.QueryFirstOrDefault<string>("select spec from deployments where run_id = @runId", new { runId }) is { } json ? DeploymentQueries.ReadSpec(json).NodeLabels : null;
}
