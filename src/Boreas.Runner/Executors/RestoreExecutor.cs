using System.Text.Json;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Instances;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Executors;

/// <summary>The undo of a deploy: what ran before serves again, started where it was stopped, and what was deployed drains and stops.</summary>
internal sealed class RestoreExecutor(InstanceStarter starter, TrafficSwitch traffic, AgentClient agents) : IExecutor
{
    public string Name => ExecutorNames.Restore;

    public async Task<JsonElement?> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var work = context.Work<RestoreWork>();
        var back = await Task.WhenAll(work.Previous.Select(target => BringBackAsync(context, work.Release, target, cancellation)));
        var (app, environment) = await PlaceAsync(context, work, cancellation);
        if (app is not null && environment is not null) await traffic.SwitchAsync(context, app, environment, back, cancellation);
        await traffic.RetireAsync(context, work.Remove, work.DrainSeconds, "Rolled back", cancellation);
        return null;
    }

    private async Task<StartedInstance> BringBackAsync(JobContext context, ReleaseSpec? release, InstanceTarget target, CancellationToken cancellation)
    {
        if (release is not null) return await starter.StartAsync(context, release, target, cancellation);
        return await agents.StatusAsync(target, cancellation) is { State: InstanceState.Running, Address: { } address } running
            ? new StartedInstance(target.InstanceId, target.Node, address, running.Digest)
            : throw JobFailedException.Failed(ProblemCodes.StateConflict, $"{target.InstanceId} does not run any more, and what it ran is not known.", "Deploy an earlier version instead.");
    }

    /// <summary>Which app and environment this is about; without a release, what the instances themselves say.</summary>
    private async Task<(string? App, string? Environment)> PlaceAsync(JobContext context, RestoreWork work, CancellationToken cancellation)
    {
        if (work.Release is { } release) return (release.AppId, release.Environment);
        foreach (var target in work.Previous.Concat(work.Remove))
        {
            if (await agents.StatusAsync(target, cancellation) is { } status) return (status.AppId, status.Environment);
        }

        context.Log.Info("No node knows an instance of this app; there is no traffic to move");
        return (null, null);
    }
}
