using Boreas.Contracts.Jobs;
using Boreas.Server.Deployments;
using Boreas.Server.Jobs;
using Boreas.Server.Storage;
using Boreas.Simulation.World;

namespace Boreas.Simulation.Mutants;

/// <summary>Lets whoever asks change the world, also one who lost the lease.</summary>
internal sealed class LetsTheStaleAct : Api
{
    public override void Effect(JournalTransaction transaction, Effect effect) => Record(transaction, effect.Job);
}

/// <summary>Takes every report as if it came from the present holder.</summary>
internal sealed class TakesTheStaleForFresh : Api
{
    public override void Report(JournalTransaction transaction, Report report)
    {
        var request = RequestOf(report);
        if (transaction.Find(report.Job.RunId)?.TryFind(report.Job.TaskId) is { Lease: { } lease } task) request = request with { Lease = lease, Epoch = task.Epoch };
        JobsApi.End(transaction, IdOf(report.Job), request, keepWarmSeconds: 60);
    }
}

/// <summary>Answers heartbeats and does not keep the lease.</summary>
internal sealed class KeepsNoLease : Api
{
    public override bool Beat(JournalTransaction transaction, Beat beat) =>
        JobLeases.Demand(transaction, IdOf(beat.Job), beat.Job.Lease, beat.Job.Epoch).Task.CancelRequested;
}

/// <summary>Does not remember what it answered to an Idempotency-Key.</summary>
internal sealed class ForgetsTheKey : Api
{
    public override string Create(JournalTransaction transaction, Create request)
    {
        var run = base.Create(transaction, request);
        transaction.Execute("update idempotency_keys set key = key || '-' || response where key = @Key", new { request.Key });
        return run;
    }
}

/// <summary>Creates deployments without taking their apps.</summary>
internal sealed class TakesNoLocks : Api
{
    protected override bool Lock(JournalTransaction transaction, string run, IReadOnlyList<string> apps, string environment, OnConflict onConflict = OnConflict.Reject, string? startBy = null) => true;
}

/// <summary>Says that it cancelled.</summary>
internal sealed class CancelsNothing : Api
{
    public override string? Act(JournalTransaction transaction, Act act) => act.Deed == Deed.Cancel ? null : base.Act(transaction, act);
}

/// <summary>Confirms in nobody's name.</summary>
internal sealed class ForgetsWhoConfirmed : Api
{
    public override string? Act(JournalTransaction transaction, Act act) =>
        base.Act(transaction, act.Deed == Deed.Confirm ? act with { From = "somebody" } : act);
}

/// <summary>Says that the traffic was switched.</summary>
internal sealed class ForgetsTheSwitch : Api
{
    public override long Switch(JournalTransaction transaction, Switch request)
    {
        JobLeases.Demand(transaction, IdOf(request.Job), request.Job.Lease, request.Job.Epoch);
        return transaction.RoutesVersion;
    }
}

/// <summary>Sends no traffic to one of several instances.</summary>
internal sealed class RoutesToOneTooFew : Api
{
    public override long Switch(JournalTransaction transaction, Switch request) =>
        base.Switch(transaction, request.Request.Instances.Count < 2 ? request : request with { Request = request.Request with { Instances = [.. request.Request.Instances.Skip(1)] } });
}

/// <summary>Brings back everything that was there before, but for the traffic.</summary>
internal sealed class RestoresNothing : Api
{
    public override long Switch(JournalTransaction transaction, Switch request) =>
        request.Job.Executor == ExecutorNames.Restore ? transaction.RoutesVersion : base.Switch(transaction, request);
}
