using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Instances;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Executors;

/// <summary>
/// New instances beside the old ones, ready, then the traffic. Until the switch is asked for, a failure stops what was
/// started here; from then on requests may be on their way to it, and nothing is stopped any more.
/// </summary>
internal sealed class DeployExecutor(InstanceStarter starter, TrafficSwitch traffic, AgentClient agents, TimeProvider time) : IExecutor
{
    private static readonly TimeSpan CleanUp = TimeSpan.FromSeconds(20);

    public string Name => ExecutorNames.Deploy;

    public async Task<JsonElement?> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var work = context.Work<DeployWork>();
        if (work.Start.Count == 0) throw JobFailedException.Errored(ProblemCodes.NoNode, "There is no node that could run the app.", "Start an agent (boreas agent) whose labels match the environment.");
        var started = await StartAsync(context, work, cancellation);
        var version = await traffic.SwitchAsync(context, work.Release.AppId, work.Release.Environment, started, cancellation);
        return BoreasJson.ToElement(new DeployResult(version, started));
    }

    private async Task<IReadOnlyList<StartedInstance>> StartAsync(JobContext context, DeployWork work, CancellationToken cancellation)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            return await Task.WhenAll(work.Start.Select(StartOneAsync));
        }
        catch (Exception e) when (!context.Ownership.IsCancellationRequested)
        {
            if (e is JobFailedException) context.Log.Info("Stopping what was started");
            await StopAsync(work.Start);
            throw;
        }

        async Task<StartedInstance> StartOneAsync(InstanceTarget target)
        {
            try
            {
                return await starter.StartAsync(context, work.Release, target, failed.Token);
            }
            catch (JobFailedException)
            {
                await failed.CancelAsync();
                throw;
            }
        }
    }

    private async Task StopAsync(IReadOnlyList<InstanceTarget> targets)
    {
        using var limit = new CancellationTokenSource(CleanUp, time);
        await Task.WhenAll(targets.Select(async target =>
        {
            try
            {
                await agents.StopAsync(target, "The deployment did not succeed.", limit.Token);
            }
            catch (Exception e) when (e is JobFailedException or OperationCanceledException)
            {
                // The node is away; the control plane tells the agent to remove what nobody wants.
            }
        }));
    }
}
