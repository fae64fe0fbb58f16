using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Engine.Planning;
using Boreas.Runner.Diagnosis;
using Boreas.Runner.Instances;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Executors;

/// <summary>Watches a canary: ends as soon as one of its instances ends, or it is worse than what it is to replace; else when its time is over.</summary>
internal sealed class WatchExecutor(TrafficSwitch traffic, AgentClient agents, TimeProvider time) : IExecutor
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tell = TimeSpan.FromSeconds(30);

    public string Name => ExecutorNames.Watch;

    public async Task<JsonElement?> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var work = context.Work<WatchWork>();
        var (fresh, old) = (new TrafficCount(work.New), new TrafficCount(work.Old));
        var limit = TimeSpan.FromSeconds(work.Seconds);
        var (began, told, extended) = (time.GetTimestamp(), TimeSpan.Zero, false);
        context.Log.Info($"Watching {work.New.Count} new beside {work.Old.Count} old instances for {work.Seconds} s");
        while (true)
        {
            await LookAtInstancesAsync(work, cancellation);
            var report = await traffic.SeenAsync(context, cancellation);
            fresh.Add(report);
            old.Add(report);
            var verdict = CanaryVerdict.Of(fresh, old, work.Policy);
            var elapsed = time.GetElapsedTime(began);
            if (verdict.IsWorse) throw JobFailedException.Failed(ProblemCodes.CanaryWorse, verdict.Text, "Read the new version's log ('boreas logs --app'), or allow more with 'watch' in the strategy's step.");
            if (elapsed >= limit && verdict.IsEnough) return End(verdict.Text, enough: true, elapsed);
            if (elapsed >= limit && work.Policy.TooFew == TooFewRequests.Pass) return End(verdict.Text + " Passed, as the strategy says.", enough: false, elapsed);
            if (elapsed >= limit && (extended || work.Policy.TooFew == TooFewRequests.Ask))
            {
                context.Question = verdict.Text;
                return End(verdict.Text, enough: false, elapsed);
            }

            if (elapsed >= limit)
            {
                (limit, extended) = (2 * limit, true);
                context.Log.Warn($"{verdict.Text} Watching for {work.Seconds} s more");
            }
            else if (elapsed - told >= Tell)
            {
                told = elapsed;
                context.Log.Info(verdict.Text);
            }

            await Task.Delay(Look, time, cancellation);
        }

        JsonElement? End(string text, bool enough, TimeSpan elapsed)
        {
            context.Log.Info(text);
            return BoreasJson.ToElement(new WatchResult(text, enough, (int)elapsed.TotalSeconds, fresh.Seen, old.Seen));
        }
    }

    /// <summary>One that has ended may be running again, and the others may have had its requests. A node that is away says nothing of the version.</summary>
    private async Task LookAtInstancesAsync(WatchWork work, CancellationToken cancellation)
    {
        var seen = await Task.WhenAll(work.Check.Select(target => agents.GlanceAsync(target, cancellation)));
        var ended = seen.OfType<InstanceStatus>().FirstOrDefault(status => status.State == InstanceState.Exited || (work.Restarts.TryGetValue(status.InstanceId, out var restarts) && status.Restarts > restarts));
        if (ended is not null) throw InstanceDiagnosis.Exited(ended, work.Release);
    }
}
