using System.Text.Json;
using Boreas.Contracts.Jobs;
using Boreas.Runner.Instances;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Executors;

/// <summary>The undo of a deploy: what ran before serves again, started where it was stopped, and what was deployed drains and stops.</summary>
internal sealed class RestoreExecutor(InstanceStarter starter, TrafficSwitch traffic) : IExecutor
{
    public string Name => ExecutorNames.Restore;

    public async Task<JsonElement?> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var work = context.Work<RestoreWork>();
        var back = await Task.WhenAll(work.Previous.SelectMany(previous => previous.Instances.Select((target, i) => BringBackAsync(context, previous.Release, target, previous.Weights[i], cancellation))));
        await traffic.SwitchAsync(context, work.AppId, work.Environment, back, cancellation);
        await traffic.RetireAsync(context, work.Remove, work.DrainSeconds, "Rolled back", cancellation);
        return null;
    }

    private async Task<WeightedInstance> BringBackAsync(JobContext context, ReleaseSpec release, InstanceTarget target, int weight, CancellationToken cancellation)
    {
        var started = await starter.StartAsync(context, release, target, cancellation);
        return new WeightedInstance(started.InstanceId, started.Address, weight);
    }
}
