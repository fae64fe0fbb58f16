using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Instances;

/// <summary>Changes routes through the control plane, and waits for what the gateways say about it.</summary>
internal sealed class TrafficSwitch(ControlPlaneClient controlPlane, AgentClient agents, TimeProvider time)
{
    private const int StatusWait = 5;
    private const long Newest = 0;
    private static readonly TimeSpan ConfirmPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DrainLook = TimeSpan.FromMilliseconds(200);

    /// <summary>Sends the app's traffic to these instances, by weight; returns when every living gateway serves by the new table.</summary>
    public async Task<long> SwitchAsync(JobContext context, string appId, string environment, IReadOnlyList<WeightedInstance> instances, CancellationToken cancellation)
    {
        var request = new RouteRequest(context.Job.Lease, context.Job.Epoch, appId, environment, instances);
        var change = await RetryAsync(() => controlPlane.RouteAsync(context.Job, request, cancellation), cancellation);
        context.Log.Info($"Traffic goes to {(instances.Count == 0 ? "nothing" : string.Join(", ", instances.Select(instance => instance.InstanceId)))} (route table {change.Version})");
        var began = time.GetTimestamp();
        while (true)
        {
            var status = await RetryAsync(() => controlPlane.RouteStatusAsync(context.Job, change.Version, StatusWait, cancellation), cancellation);
            if (status.Confirmed) return change.Version;
            if (time.GetElapsedTime(began) > ConfirmPatience)
            {
                throw JobFailedException.Errored(ProblemCodes.RouteNotConfirmed, $"These gateways have not confirmed the new routes within {ConfirmPatience.TotalSeconds:0} s: {string.Join(", ", status.WaitingFor)}.",
                    "Check that they run and reach the control plane; one that is gone for good is forgotten after a while.");
            }

            await Task.Delay(DrainLook, time, cancellation);
        }
    }

    /// <summary>Waits until the instances have no request in flight, at most <paramref name="drainSeconds"/>, then stops them. Returns how many.</summary>
    public async Task<int> RetireAsync(JobContext context, IReadOnlyList<InstanceTarget> instances, int drainSeconds, string reason, CancellationToken cancellation)
    {
        if (instances.Count == 0) return 0;
        var waiting = instances.ToList();
        var began = time.GetTimestamp();
        while (waiting.Count > 0)
        {
            var status = await RetryAsync(() => controlPlane.RouteStatusAsync(context.Job, Newest, 0, cancellation), cancellation);
            var over = time.GetElapsedTime(began) > TimeSpan.FromSeconds(drainSeconds);
            var drained = waiting.Where(target => over || (status.Confirmed && status.InFlight.GetValueOrDefault(target.InstanceId) == 0)).ToList();
            foreach (var target in drained)
            {
                if (status.InFlight.GetValueOrDefault(target.InstanceId) is > 0 and var left) context.Log.Warn($"{target.InstanceId} still has {left} requests after {drainSeconds} s and is stopped");
                await agents.StopAsync(target, reason, cancellation);
                context.Log.Info($"Stopped {target.InstanceId}");
                waiting.Remove(target);
            }

            if (waiting.Count > 0) await Task.Delay(DrainLook, time, cancellation);
        }

        return instances.Count;
    }

    /// <summary>What the gateways have counted of the app's instances so far.</summary>
    public Task<TrafficReport> SeenAsync(JobContext context, CancellationToken cancellation) => RetryAsync(() => controlPlane.TrafficAsync(context.Job, cancellation), cancellation);

    private async Task<T> RetryAsync<T>(Func<Task<T>> call, CancellationToken cancellation)
    {
        var backoff = new Backoff(time);
        while (true)
        {
            try
            {
                return await call();
            }
            catch (ControlPlaneException e) when (!e.Refused)
            {
                await backoff.WaitAsync(cancellation);
            }
        }
    }
}
