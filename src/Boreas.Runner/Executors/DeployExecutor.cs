using System.Collections.Concurrent;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Instances;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Executors;

/// <summary>
/// One step of a roll-out: new instances beside the old ones, ready, then their share of the traffic. Until the switch is
/// asked for, a failure stops what was started here; from then on requests may be on their way to it, and only what this
/// step replaces is stopped, after it has drained.
/// </summary>
internal sealed class DeployExecutor(InstanceStarter starter, TrafficSwitch traffic, AgentClient agents, ControlPlaneClient controlPlane, TimeProvider time) : IExecutor
{
    private static readonly TimeSpan CleanUp = TimeSpan.FromSeconds(20);

    public string Name => ExecutorNames.Deploy;

    public async Task<JsonElement?> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var work = context.Work<DeployWork>();
        if (work.Start.Count + work.Running.Count == 0) throw JobFailedException.Errored(ProblemCodes.NoNode, "There is no node that could run the app.", "Start an agent (boreas agent) whose labels match the environment.");
        var instances = await StartAsync(context, work, cancellation);
        var weighted = instances.Select(instance => new WeightedInstance(instance.InstanceId, instance.Address, work.Weight)).Concat(work.Beside);
        var version = await traffic.SwitchAsync(context, work.Release.AppId, work.Release.Environment, [.. weighted], cancellation);
        if (work.Beside.Count > 0) context.Log.Info(FormattableString.Invariant($"{work.Release.Version} gets {work.Share * 100:0.##} % of the traffic, {work.ShareBefore * 100:0.##} % before"));
        await traffic.RetireAsync(context, work.Retire, work.DrainSeconds, "Replaced by " + work.Release.Version, cancellation);
        return BoreasJson.ToElement(new DeployResult(version, instances, Ids(work.Start), Ids(work.Retire), work.ShareBefore, work.Share));
    }

    private static IReadOnlyList<string> Ids(IReadOnlyList<InstanceTarget> targets) => [.. targets.Select(target => target.InstanceId)];

    private async Task<IReadOnlyList<StartedInstance>> StartAsync(JobContext context, DeployWork work, CancellationToken cancellation)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var away = new ConcurrentBag<string>();
        try
        {
            return await Task.WhenAll(work.Running.Concat(work.Start).Select(StartOneAsync));
        }
        catch (Exception e) when (!context.Ownership.IsCancellationRequested)
        {
            if (e is JobFailedException) context.Log.Info("Stopping what was started");
            using var limit = new CancellationTokenSource(CleanUp, time);
            if (await IsOursAsync(context, limit.Token)) await StopAsync([.. work.Start.Where(target => !away.Contains(target.Node))], limit.Token);
            throw;
        }

        async Task<StartedInstance> StartOneAsync(InstanceTarget target)
        {
            try
            {
                return await starter.StartAsync(context, work.Release, target, failed.Token);
            }
            catch (JobFailedException e)
            {
                // It was waited for long enough; the control plane tells its agent what nobody wants.
                if (e.Failure.Code == ProblemCodes.NodeUnreachable) away.Add(target.Node);
                await failed.CancelAsync();
                throw;
            }
        }
    }

    /// <summary>Whether the lease still holds now; without an answer nobody knows, and the instances may be another runner's.</summary>
    private async Task<bool> IsOursAsync(JobContext context, CancellationToken cancellation)
    {
        try
        {
            await controlPlane.HeartbeatAsync(context.Job, cancellation);
            return true;
        }
        catch (Exception e) when (e is StaleLeaseException or ControlPlaneException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task StopAsync(IReadOnlyList<InstanceTarget> targets, CancellationToken cancellation)
    {
        await Task.WhenAll(targets.Select(async target =>
        {
            try
            {
                await agents.StopAsync(target, "The deployment did not succeed.", cancellation);
            }
            catch (Exception e) when (e is JobFailedException or OperationCanceledException)
            {
                // The node is away; the control plane tells the agent to remove what nobody wants.
            }
        }));
    }
}
