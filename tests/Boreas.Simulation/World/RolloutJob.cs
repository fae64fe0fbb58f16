using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Gateways;
using Boreas.Contracts.Jobs;
using Boreas.Server.Jobs;

namespace Boreas.Simulation.World;

/// <summary>
/// What a runner's executors do with a step of a roll-out, told as the requests that they send: each is answered before the
/// next, and null is a pause. The instances are started and stopped where they are meanwhile.
/// </summary>
internal sealed class RolloutJob(string runner, Given given, Fleet fleet, Dice dice, ManualTime time, bool faults)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ConfirmPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(10);

    private int _numbers;

    private Claim Job => given.Claim;

    /// <summary>The last request's.</summary>
    public Answer? Answer { get; set; }

    public bool IsCancelled { get; set; }

    public Outcome Outcome { get; private set; } = Outcome.Succeeded;

    public string? Question { get; private set; }

    private bool HasFailed => Outcome != Outcome.Succeeded;

    public IEnumerator<Request?> Steps() => Job.Executor switch
    {
        ExecutorNames.Deploy => Deploy(Read<DeployWork>()),
        ExecutorNames.Watch => Watch(Read<WatchWork>()),
        ExecutorNames.HealthCheck => HealthCheck(Read<HealthCheckWork>()),
        ExecutorNames.Restore => Restore(Read<RestoreWork>()),
        ExecutorNames.Move => Move(Read<MoveWork>()),
        _ => throw new InvalidOperationException($"there is no executor '{Job.Executor}'"),
    };

    private T Read<T>() => given.Work.Deserialize<T>(BoreasJson.Options)!;

    private IEnumerator<Request?> Deploy(DeployWork work)
    {
        var targets = work.Running.Concat(work.Start).ToList();
        foreach (var pause in Start(targets.ConvertAll(t => (t, work.Release)))) yield return pause;
        if (HasFailed)
        {
            yield return new Beat(runner, Job, ++_numbers);
            if (Answer is { Said: Said.Done }) foreach (var target in work.Start) fleet.Reach(target)?.Stop(target.InstanceId, $"{runner} for {Name.Of(Job)}");
            yield break;
        }

        foreach (var request in Switch(work.Release.AppId, work.Release.Environment, [.. targets.Select(t => Weighted(t, work.Weight)), .. work.Beside])) yield return request;
        foreach (var request in Retire(work.Retire, work.DrainSeconds)) yield return request;
    }

    /// <summary>The world decides how the new version does.</summary>
    private IEnumerator<Request?> Watch(WatchWork work)
    {
        var began = time.Elapsed;
        var until = TimeSpan.FromSeconds(work.Seconds);
        var verdict = dice.Below(10);
        while (time.Elapsed - began < until && !IsCancelled && (verdict > 1 || !dice.OneIn(8))) yield return null;
        if (IsCancelled || verdict < 2) Outcome = Outcome.Failed;
        else if (verdict < 5) Question = "Too little traffic to tell.";
    }

    private IEnumerator<Request?> HealthCheck(HealthCheckWork work)
    {
        foreach (var target in work.Check)
        {
            foreach (var pause in Reach(target)) yield return pause;
            if (!HasFailed && fleet.Find(target.InstanceId) is not { IsHealthy: true }) Outcome = Outcome.Failed;
            if (HasFailed) yield break;
        }

        foreach (var request in Retire(work.Retire, work.DrainSeconds)) yield return request;
    }

    private IEnumerator<Request?> Restore(RestoreWork work)
    {
        var back = work.Previous.SelectMany(p => p.Instances.Select((target, i) => (Target: target, p.Release, Weight: p.Weights[i]))).ToList();
        foreach (var pause in Start(back.ConvertAll(b => (b.Target, b.Release)))) yield return pause;
        if (HasFailed) yield break;
        foreach (var request in Switch(work.AppId, work.Environment, [.. back.Select(b => Weighted(b.Target, b.Weight))])) yield return request;
        foreach (var request in Retire(work.Remove, work.DrainSeconds)) yield return request;
    }

    private IEnumerator<Request?> Move(MoveWork work)
    {
        foreach (var pause in Start([.. work.Start.Select(t => (t, work.Release))])) yield return pause;
        if (HasFailed) yield break;
        foreach (var request in Switch(work.Release.AppId, work.Release.Environment, [.. work.Start.Select(t => Weighted(t, 100))])) yield return request;
        foreach (var request in Retire(work.Retire, work.DrainSeconds)) yield return request;
    }

    private WeightedInstance Weighted(InstanceTarget target, int weight) => new(target.InstanceId, fleet.Find(target.InstanceId)?.Address ?? "http://gone", weight);

    private IEnumerable<Request?> Start(List<(InstanceTarget Target, ReleaseSpec Release)> targets)
    {
        foreach (var (target, release) in targets)
        {
            foreach (var pause in Reach(target)) yield return pause;
            if (HasFailed) yield break;
            var instance = fleet.Reach(target)!.Start(target.InstanceId, release);
            var began = time.Elapsed;
            while (!instance.IsHealthy || (faults && dice.OneIn(2)))
            {
                if (!instance.IsHealthy && time.Elapsed - began > StartPatience) Outcome = Outcome.Failed;
                if (HasFailed || IsCancelled) break;
                yield return null;
            }

            if (IsCancelled) Outcome = Outcome.Failed;
            if (HasFailed) yield break;
        }
    }

    /// <summary>Waits until the node can be asked.</summary>
    private IEnumerable<Request?> Reach(InstanceTarget target)
    {
        var began = time.Elapsed;
        while (fleet.Reach(target) is null)
        {
            if (time.Elapsed - began > Patience) Outcome = Outcome.Errored;
            if (IsCancelled) Outcome = Outcome.Failed;
            if (HasFailed) yield break;
            yield return null;
        }
    }

    private IEnumerable<Request?> Switch(string app, string environment, IReadOnlyList<WeightedInstance> instances)
    {
        yield return new Switch(runner, Job, new RouteRequest(Job.Lease, Job.Epoch, app, environment, instances));
        if (Answer is not { Said: Said.Done, Value: long version })
        {
            Outcome = Outcome.Failed;
            yield break;
        }

        var began = time.Elapsed;
        while (true)
        {
            yield return new AskRoutes(runner, Job, version, ++_numbers);
            if (Answer?.Value is RouteStatus { Confirmed: true }) yield break;
            if (time.Elapsed - began > ConfirmPatience) Outcome = Outcome.Errored;
            if (IsCancelled) Outcome = Outcome.Failed;
            if (HasFailed) yield break;
        }
    }

    private IEnumerable<Request?> Retire(IReadOnlyList<InstanceTarget> targets, int drainSeconds)
    {
        var waiting = HasFailed ? [] : targets.ToList();
        var began = time.Elapsed;
        while (waiting.Count > 0)
        {
            yield return new AskRoutes(runner, Job, 0, ++_numbers);
            if (Answer?.Value is not RouteStatus status) continue;
            var isOver = time.Elapsed - began > TimeSpan.FromSeconds(drainSeconds);
            foreach (var target in waiting.Where(t => isOver || (status.Confirmed && status.InFlight.GetValueOrDefault(t.InstanceId) == 0)).ToList())
            {
                foreach (var pause in Reach(target)) yield return pause;
                if (HasFailed) yield break;
                fleet.Reach(target)!.Stop(target.InstanceId, $"{runner} for {Name.Of(Job)}");
                waiting.Remove(target);
            }

            if (IsCancelled) Outcome = Outcome.Failed;
            if (HasFailed) yield break;
        }
    }
}
