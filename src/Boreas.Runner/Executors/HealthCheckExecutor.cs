using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Runner.Instances;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Executors;

/// <summary>Looks at the release as it serves; only when all is well do the replaced instances drain and stop.</summary>
internal sealed class HealthCheckExecutor(InstanceStarter starter, TrafficSwitch traffic) : IExecutor
{
    public string Name => ExecutorNames.HealthCheck;

    public async Task<JsonElement?> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var work = context.Work<HealthCheckWork>();
        await Task.WhenAll(work.Check.Select(target => starter.CheckAsync(context, work.Release, target, work.Restarts.TryGetValue(target.InstanceId, out var restarts) ? restarts : null, cancellation)));
        var retired = await traffic.RetireAsync(context, work.Retire, work.DrainSeconds, "Replaced by " + work.Release.Version, cancellation);
        return BoreasJson.ToElement(new HealthCheckResult(work.Check.Count, retired));
    }
}
