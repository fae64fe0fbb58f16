using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Gateways;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Engine.Planning;
using Boreas.Engine.Runs;
using Boreas.Server.Routes;
using Boreas.Server.Storage;

namespace Boreas.Server.Deployments;

/// <summary>Turns the steps of a roll-out into work: which instances start, serve beside each other, and stop.</summary>
internal static class RolloutWork
{
    /// <exception cref="JobFailureException">No node can take what is new.</exception>
    public static DeployWork Step(JournalTransaction transaction, string runId, RunTask task, ReleaseSpec release, DeploymentSpec spec, int replicas)
    {
        var step = task.Spec.Payload is { } payload ? DeployPayload.Read(payload).ToStep() : new RolloutStep(replicas, replicas, 1);
        var (running, start) = InstanceTable.Place(transaction, runId, task, release, spec.EnvironmentId, step.Instances, spec.NodeLabels);
        var old = Old(transaction, runId, release.AppId, spec.EnvironmentId);
        var retired = old.Take(step.RetiredOf(old.Count)).ToList();
        var beside = step.IsLast ? [] : old.Skip(retired.Count).ToList();
        var fresh = running.Count + start.Count;
        var share = beside.Count == 0 ? 1 : step.Share ?? (double)fresh / (fresh + beside.Count);
        var (weight, besideWeight) = TrafficSplit.Weights(fresh, beside.Count, share);
        return new DeployWork(
            release,
            start,
            running,
            weight,
            [.. beside.Select(target => new WeightedInstance(target.InstanceId, target.Address, besideWeight))],
            InstanceTable.FindReachable(transaction, [.. retired.Select(target => target.InstanceId)]),
            RouteSwitch.ShareOf(transaction, runId, release.AppId, spec.EnvironmentId),
            share,
            JobComposer.DrainSeconds);
    }

    public static WatchWork Watch(JournalTransaction transaction, string runId, RunTask task, ReleaseSpec release, string environmentId)
    {
        var watch = WatchPayload.Read(task.Spec.Payload ?? throw new JobFailureException(FailureKind.Failed, ProblemCodes.Invalid, "The task does not say how long to watch."));
        var fresh = InstanceTable.OfRun(transaction, runId, task.Spec.AppId!);
        var old = Old(transaction, runId, task.Spec.AppId!, environmentId).Select(target => target.InstanceId);
        return new WatchWork(fresh, [.. old], watch.Seconds, watch.Policy, release, InstanceTable.FindReachable(transaction, fresh, TimeSpan.FromSeconds(task.Spec.TimeoutSeconds)), RestartsOf(transaction, runId, release.AppId));
    }

    /// <summary>How often each of the run's instances had ended by itself until it was ready.</summary>
    public static IReadOnlyDictionary<string, int> RestartsOf(JournalTransaction transaction, string runId, string appId) =>
        (transaction.Find(runId)?.Tasks ?? [])
            .Where(task => task.Spec.AppId == appId && task.Spec.Executor == ExecutorNames.Deploy && task is { Status: RunTaskStatus.Success, Result: not null })
            .SelectMany(task => JsonSerializer.Deserialize<DeployResult>(task.Result!, BoreasJson.Options)?.Instances ?? [])
            .GroupBy(instance => instance.InstanceId, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Min(instance => instance.Restarts), StringComparer.Ordinal);

    /// <summary>What served before the run, where it answers now.</summary>
    private static List<RouteTarget> Old(JournalTransaction transaction, string runId, string appId, string environmentId)
    {
        var before = (RouteSwitch.ReadBefore(transaction, runId, appId, environmentId) ?? RouteSwitch.ReadRoute(transaction, appId, environmentId))?.ReadTargets().Where(target => target.Weight > 0).ToList() ?? [];
        var addresses = transaction.Query<Address>("select id, address as url from instances where id in @ids", new { ids = new SqlList<string>(before.Select(target => target.InstanceId)) })
            .ToDictionary(row => row.Id, row => row.Url, StringComparer.Ordinal);
        return before.ConvertAll(target => addresses.GetValueOrDefault(target.InstanceId) is { } address ? target with { Address = address } : target);
    }

    private sealed class Address
    {
        public string Id { get; init; } = "";

        public string? Url { get; init; }
    }
}
