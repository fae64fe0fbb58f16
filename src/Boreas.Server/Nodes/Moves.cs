using System.Data.Common;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Gateways;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;
using Boreas.Server.Deployments;
using Boreas.Server.Problems;
using Boreas.Server.Routes;
using Boreas.Server.Storage;

namespace Boreas.Server.Nodes;

/// <summary>
/// Moves instances from nodes that are drained or lost to others: a run of one task for each app and environment, which
/// holds the app like a deployment and deploys nothing new. It is begun in the journal's transaction that also takes the
/// app's lock, so of several control planes one begins it, and a deployment that is active or waits comes first. The
/// route keeps the name of the deployment whose release it serves.
/// </summary>
internal static class Moves
{
    /// <summary>Kind of the run.</summary>
    public const string Kind = "move";

    /// <summary>In whose name instances are moved.</summary>
    public const string Mover = "boreas";

    private const int TimeoutSeconds = 1200;

    /// <summary>Begins what can begin; of everything else, why it stays where it is.</summary>
    public static IReadOnlyList<(Departure Departure, string Outcome)> Begin(JournalTransaction transaction) =>
        [.. Departure.Find(transaction.Connection).Select(d => (d, Begin(transaction, d)))];

    /// <summary>The work of the run's task: the same instances again when it is asked for again.</summary>
    /// <exception cref="JobFailureException">No node can take them.</exception>
    public static MoveWork Work(JournalTransaction transaction, string runId, RunTask task, DeploymentSpec spec)
    {
        var leaving = Leaving(task);
        var release = spec.Apps[0].Built!;
        var (before, start) = InstanceTable.Place(transaction, runId, task, release, spec.EnvironmentId, leaving.Count, spec.NodeLabels);
        var retire = InstanceTable.FindReachable(transaction, leaving);
        transaction.Execute("update instances set lost_at = @Now where id in @lost", new { transaction.Now, lost = new SqlList<string>(leaving.Except(retire.Select(t => t.InstanceId))) });
        return new MoveWork(release, [.. before, .. start], retire, spec.Reason ?? "", JobComposer.DrainSeconds);
    }

    /// <summary>Gives what the leaving instances have of the app's traffic to those that were started for them; the new version of the route table.</summary>
    public static long Switch(JournalTransaction transaction, string runId, RunTask task, RouteRequest request)
    {
        var own = transaction.Query<string>("select id from instances where run_id = @runId and app_id = @AppId and state <> @removed", new { runId, task.Spec.AppId, removed = (int)InstanceRowState.Removed }).ToHashSet(StringComparer.Ordinal);
        if (request.AppId != task.Spec.AppId || request.Instances.Count == 0 || request.Instances.Any(i => !own.Contains(i.InstanceId)))
            throw RequestRefusedException.Invalid(new FieldProblem("instances", "must be those that were started for this job"));
        if (request.Instances.FirstOrDefault(i => !Uri.TryCreate(i.Address, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")) is { } bad)
            throw RequestRefusedException.Invalid(new FieldProblem("instances", $"gives '{bad.InstanceId}' an address that is not http(s)"));

        var environmentId = transaction.QueryFirstOrDefault<string>("select environment_id from deployments where run_id = @runId", new { runId })!;
        var route = transaction.QueryFirstOrDefault<RouteRow>("select app_id, environment_id, targets from routes where app_id = @AppId and environment_id = @environmentId", new { request.AppId, environmentId })
            ?? throw RequestRefusedException.NotFound("route of app", request.AppId);
        var leaving = Leaving(task);
        var before = route.ReadTargets();
        var replaced = leaving.Concat(request.Instances.Select(i => i.InstanceId)).ToHashSet(StringComparer.Ordinal);
        var weight = before.Select(t => t.Weight).Where(w => w > 0).DefaultIfEmpty(request.Instances[0].Weight).Max();
        RouteRows.Set(transaction, route, [.. before.Where(t => !replaced.Contains(t.InstanceId)), .. request.Instances.Select(i => new RouteTarget(i.InstanceId, i.Address, weight))]);

        foreach (var instance in request.Instances)
        {
            transaction.Execute("update instances set state = @routed, address = @Address, changed_at = @Now where id = @InstanceId",
                new { routed = (int)InstanceRowState.Routed, instance.Address, transaction.Now, instance.InstanceId });
        }

        transaction.Execute("update instances set state = @replaced, changed_at = @Now where id in @leaving and state = @routed",
            new { replaced = (int)InstanceRowState.Replaced, transaction.Now, leaving, routed = (int)InstanceRowState.Routed });
        return transaction.RoutesVersion;
    }

    /// <summary>What left has drained and is stopped. Nobody was sent to what was on a lost node: that drains when its node is back, and goes then.</summary>
    public static void Ended(JournalTransaction transaction, RunTask task) =>
        transaction.Execute("update instances set state = @removed, changed_at = @Now where id in @leaving and state = @replaced and lost_at is null",
            new { removed = (int)InstanceRowState.Removed, transaction.Now, leaving = Leaving(task), replaced = (int)InstanceRowState.Replaced });

    /// <summary>What happens to instances that are to leave, and the run that has to do with it.</summary>
    public static (string? RunId, string Why) Outcome(DbConnection connection, DateTimeOffset now, Departure departure) =>
        departure.InWay(connection) is { } run ? (run.RunId, WaitsFor(run))
        : (null, departure.MayGo(connection, now, out var whyNot) == 0 ? whyNot! : "Moved within seconds.");

    private static string Begin(JournalTransaction transaction, Departure departure)
    {
        if (departure.InWay(transaction.Connection) is { } run) return WaitsFor(run);
        var count = departure.MayGo(transaction.Connection, transaction.Now, out var whyNot);
        if (count == 0) return whyNot!;
        departure = departure with { Instances = [.. departure.Instances.Take(count)] };
        var serving = departure.Serving(transaction.Connection)!;
        var project = transaction.QueryFirstOrDefault<string>("select project from deployments where run_id = @RunId", new { departure.RunId })!;
        var app = serving.Apps.Single(a => a.App.Id == departure.AppId);
        var spec = serving with
        {
            Apps = [app with { Built = departure.Instances[0].ReadRelease() }], MustInOrder = [], Strategy = [], ManualApproval = false, Reason = departure.Reason, CreatedBy = Mover, Resumes = null, Confirm = null, Template = null,
        };
        var task = new TaskSpec($"{departure.AppId}-move", departure.AppId, "move", RunTaskType.Custom, ExecutorNames.Move, [],
            Payload: JsonSerializer.Serialize(new MovePayload([.. departure.Instances.Select(i => i.Id)]), BoreasJson.Options), TimeoutSeconds: TimeoutSeconds);
        return MovedBy(DeploymentCreation.Create(transaction, spec, [task], project, null, autoStart: true, kind: Kind));
    }

    private static string WaitsFor(RunInWay run) => run.Moves ? MovedBy(run.RunId) : $"Waits until deployment {run.RunId} has ended.";

    private static string MovedBy(string runId) => $"Moved by {runId}.";

    private static SqlList<string> Leaving(RunTask task) =>
        new(JsonSerializer.Deserialize<MovePayload>(task.Spec.Payload ?? "{}", BoreasJson.Options)?.Instances ?? []);
}
