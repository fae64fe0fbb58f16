using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Environments;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Versions;
using Boreas.Engine.Runs;
using Boreas.Server.Deployments;
using Boreas.Server.Environments;
using Boreas.Server.Jobs;
using Boreas.Server.Problems;
using Boreas.Server.Storage;

namespace Boreas.Simulation.World;

/// <summary>
/// What the endpoints of the control plane do inside the journal's transaction, with the same parts. Mutants override
/// one of its acts.
/// </summary>
internal class Api
{
    public const int LeaseSeconds = 5;
    public const int AppsPerUser = 2;

    /// <summary>The tables of the simulation itself: ids that a seed repeats, what jobs changed in the world, and what was frozen.</summary>
    public const string Tables =
        """
        create table sim_ids (n integer not null);
        insert into sim_ids (n) values (0);
        create table sim_effects (id integer primary key, run_id text not null, task_id text not null, epoch integer not null, head integer not null);
        create table sim_freezes (id integer primary key, environment text not null, set_by text not null, head integer not null, spans text not null);
        """;

    private static readonly string[] Roles = ["person", "approver"];

    public static IReadOnlyList<string> Environments { get; } = ["staging", "production"];

    public static IReadOnlyList<string> Apps { get; } = ["ann-api", "ann-web", "ann-worker", "bob-site", "bob-shop"];

    public static string OwnerOf(string app) => app[..3];

    public virtual string Create(JournalTransaction transaction, Create request)
    {
        if (DeploymentCreation.Answered(transaction, request.From, request.Key, request.ToString()) is { } before) return before;
        var quota = new QuotaHolder(OwnerOf(request.Apps[0]), AppsPerUser);
        if (request.Rollout is { } rollout)
        {
            var made = DeploymentCreation.Create(transaction, rollout, request.Tasks, "default", quota, request.AutoStart, onConflict: request.OnConflict);
            DeploymentCreation.Remember(transaction, request.From, request.Key, request.ToString(), made);
            return made;
        }

        DeploymentCreation.DemandQuota(transaction.Connection, quota, SpecOf(request.Apps, request.Environment));
        transaction.Execute("update sim_ids set n = n + 1");
        var id = $"run-{transaction.QueryFirstOrDefault<int>("select n from sim_ids")}";
        var holds = Lock(transaction, id, request.Apps, request.Environment, request.OnConflict, request.AutoStart ? request.From : null);
        var header = new RunHeader(id, "deployment", request.AutoRollback, request.PendingTimeout, ConfirmTimeoutSeconds: 400, StartTimeoutSeconds: 600, new ApprovalRule(request.Approvals, Roles: ["person"]));
        if (transaction.Create(new RunCreated(transaction.Now, header, request.Tasks), "default", out var problems) is null) throw new InvalidOperationException(problems[0].Message);
        if (request.AutoStart && holds) transaction.Handle(id, new StartRun(request.From));
        DeploymentCreation.Remember(transaction, request.From, request.Key, request.ToString(), id);
        return id;
    }

    /// <returns>Id of the deployment that it makes, if it makes one.</returns>
    public virtual string? Act(JournalTransaction transaction, Act act)
    {
        if (act.Deed is Deed.GoBack or Deed.Resume) return MakeAnother(transaction, act);
        if (act.Deed == Deed.RollBack) Lock(transaction, act.Run, act.Apps, act.Environment);
        DeploymentActions.Handle(transaction, act.Run, act.Deed switch
        {
            Deed.Start => new StartRun(act.From),
            Deed.Confirm => new ConfirmTask(act.Task, act.From, Roles: Roles),
            Deed.Reject => new RejectTask(act.Task, act.From, Roles: Roles),
            Deed.Cancel => new CancelRun(act.From),
            Deed.Edit => new EditGraph(transaction.Find(act.Run) is { } run ? Plans.Edit(run, act.From) : [], act.From),
            _ => new RollBackRun(act.From),
        });
        return null;
    }

    public void SetFreezes(JournalTransaction transaction, SetFreezes request)
    {
        var row = EnvironmentQueries.FindRow(transaction.Connection, request.Environment)!;
        row.Set(new EnvironmentInput(Freezes: [.. request.Spans.Select(s => s.ToFreeze())]));
        EnvironmentQueries.Update(transaction, row);
        FreezeGate.Reconsider(transaction, row.Id);
        transaction.Execute("insert into sim_freezes (environment, set_by, head, spans) select @Environment, @From, (select sequence from journal_head), @spans",
            new { request.Environment, request.From, spans = JsonSerializer.Serialize(request.Spans, BoreasJson.Options) });
    }

    public virtual long Switch(JournalTransaction transaction, Switch request) => JobsApi.ChangeRoutes(transaction, IdOf(request.Job), request.Request);

    private static string MakeAnother(JournalTransaction transaction, Act act)
    {
        if (transaction.QueryFirstOrDefault<string>("select spec from deployments where run_id = @Run", new { act.Run }) is not { } json) throw RequestRefusedException.NotFound("deployment", act.Run);
        var spec = DeploymentQueries.ReadSpec(json);
        if (act.Deed == Deed.Resume) return DeploymentActions.Resume(transaction, act.Run, "default", spec, null, act.From, null);
        if (transaction.Find(act.Run) is not { Status: RunStatus.Success }) throw RequestRefusedException.NotFound("successful deployment", act.Run);
        return DeploymentActions.DeployPrevious(transaction, act.Run, "default", spec, act.From, null);
    }

    /// <summary>Whether the job is to be given up.</summary>
    public virtual bool Beat(JournalTransaction transaction, Beat beat)
    {
        var (_, task) = JobLeases.Demand(transaction, IdOf(beat.Job), beat.Job.Lease, beat.Job.Epoch);
        transaction.ExtendLease(beat.Job.RunId, task, transaction.Now.AddSeconds(LeaseSeconds));
        return task.CancelRequested;
    }

    public virtual void Effect(JournalTransaction transaction, Effect effect)
    {
        JobLeases.Demand(transaction, IdOf(effect.Job), effect.Job.Lease, effect.Job.Epoch);
        Record(transaction, effect.Job);
    }

    public virtual void Report(JournalTransaction transaction, Report report) => JobsApi.End(transaction, IdOf(report.Job), RequestOf(report), keepWarmSeconds: 60);

    protected virtual bool Lock(JournalTransaction transaction, string run, IReadOnlyList<string> apps, string environment, OnConflict onConflict = OnConflict.Reject, string? startBy = null) =>
        AppLocks.Take(transaction, run, SpecOf(apps, environment), onConflict, startBy);

    /// <summary>The world has one state for the task: the same change again changes nothing.</summary>
    protected static void Record(JournalTransaction transaction, Claim job) => transaction.Execute(
        """
        insert into sim_effects (run_id, task_id, epoch, head) select @RunId, @TaskId, @Epoch, (select sequence from journal_head)
        where @Epoch is not (select epoch from sim_effects where run_id = @RunId and task_id = @TaskId order by id desc limit 1)
        """, new { job.RunId, job.TaskId, job.Epoch });

    protected static JobId IdOf(Claim job) => new(job.RunId, job.TaskId, job.Attempt);

    protected static ReportRequest RequestOf(Report report) => new(
        report.Job.Lease,
        report.Job.Epoch,
        report.Outcome == Outcome.Succeeded ? JobOutcome.Succeeded : JobOutcome.Failed,
        ResultOf(report.Job),
        report.Outcome == Outcome.Succeeded ? null : new JobFailure(report.Outcome == Outcome.Errored ? FailureKind.Errored : FailureKind.Failed, "simulated", $"by {report.From}"),
        Question: report.Question);

    /// <summary>Says of which attempt it is; of a step of a roll-out also what the next ones read.</summary>
    private static JsonElement ResultOf(Claim job)
    {
        var result = job.Executor == ExecutorNames.Deploy ? JsonSerializer.SerializeToNode(new DeployResult(0, [], [], [], 0, 0), BoreasJson.Options)!.AsObject() : [];
        result["epoch"] = job.Epoch;
        return JsonSerializer.SerializeToElement(result);
    }

    protected static DeploymentSpec SpecOf(IReadOnlyList<string> apps, string environment) => new(
        "v1", "v1", environment, environment, false, [.. apps.Select(Snapshot)], [], [], false, [], new Dictionary<string, string>(), null, "simulation");

    private static AppSnapshot Snapshot(string id) => new(
        new App(id, id, "default", OwnerOf(id), new AppSource(), null, null, 3000, new HealthCheckSpec(), 1, new LimitsSpec(), new Dictionary<string, string>(), [], [], DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch),
        new AppRevision(id));
}
