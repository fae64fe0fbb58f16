using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Runner.Instances;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Executors;

/// <summary>Instances go to other nodes: ready there first, then the traffic, then the old ones drain and stop.</summary>
internal sealed class MoveExecutor(InstanceStarter starter, TrafficSwitch traffic) : IExecutor
{
    /// <summary>The control plane gives each as much as what serves beside it has.</summary>
    private const int Weight = 100;

    public string Name => ExecutorNames.Move;

    public async Task<JsonElement?> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var work = context.Work<MoveWork>();
        context.Log.Info(work.Reason);
        var moved = await Task.WhenAll(work.Start.Select(target => starter.StartAsync(context, work.Release, target, cancellation)));
        var version = await traffic.SwitchAsync(context, work.Release.AppId, work.Release.Environment, [.. moved.Select(instance => new WeightedInstance(instance.InstanceId, instance.Address, Weight))], cancellation);
        var retired = await traffic.RetireAsync(context, work.Retire, work.DrainSeconds, work.Reason, cancellation);
        return BoreasJson.ToElement(new MoveResult(version, moved, retired));
    }
}
