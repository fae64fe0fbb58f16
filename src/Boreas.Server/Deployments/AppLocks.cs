using System.Data.Common;
using Boreas.Contracts.Problems;
using Boreas.Engine.Runs;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Deployments;

/// <summary>What a new deployment does when another one of the same app and environment is active.</summary>
internal enum OnConflict
{
    Reject,
    Queue,
    Supersede,
}

/// <summary>
/// One active deployment per app and environment. A deployment holds the locks of all its apps, or none: one that waits
/// stands in a queue, and is let in when none of its apps is held, or asked for by one before it. So no two ever wait
/// for each other, and nobody is overtaken. The transaction that ends a deployment lets the next one in and starts it,
/// whichever control plane that is.
/// </summary>
internal static class AppLocks
{
    /// <summary>Takes the locks for the run; false when it has to wait for them instead.</summary>
    /// <param name="startBy">In whose name it starts when it had to wait; null: it does not start by itself.</param>
    /// <exception cref="RequestRefusedException">Others are before it, and it is not to wait; the problem names them.</exception>
    public static bool Take(JournalTransaction transaction, string runId, DeploymentSpec spec, OnConflict onConflict = OnConflict.Reject, string? startBy = null)
    {
        var apps = spec.Apps.Select(a => a.App.Id).ToList();
        if (onConflict == OnConflict.Supersede) Supersede(transaction, runId, spec.CreatedBy, Before(transaction.Connection, runId, spec.EnvironmentId, apps));
        var before = Before(transaction.Connection, runId, spec.EnvironmentId, apps);
        if (before.Count > 0 && onConflict == OnConflict.Reject) throw Conflict(before, spec.Environment);
        if (before.Count == 0) Hold(transaction, runId, spec.EnvironmentId, apps);
        else Enqueue(transaction, runId, spec.EnvironmentId, apps, startBy);
        return before.Count == 0;
    }

    /// <summary>Runs that have ended hold nothing any more and want nothing any more; whom they kept waiting is let in.</summary>
    public static void Release(JournalTransaction transaction, IEnumerable<string> runIds)
    {
        var freed = 0;
        foreach (var runId in runIds) freed += Forget(transaction, runId);
        if (freed > 0) LetIn(transaction);
    }

    /// <summary>Refuses to start a run that waits for its apps: it starts by itself.</summary>
    public static void DemandNotWaiting(JournalTransaction transaction, string runId)
    {
        if (WaitsFor(transaction.Connection, [runId])[runId].FirstOrDefault() is { } before)
            throw RequestRefusedException.Conflict(ProblemCodes.StateConflict, $"It waits until deployment {before.RunId} of '{before.AppId}' has ended.", "It starts by itself then; cancel the other one to have it now.");
    }

    /// <summary>For each of these runs that waits: the apps that are in the way, and who holds them or is before it in the queue.</summary>
    public static ILookup<string, AppClaim> WaitsFor(DbConnection connection, IEnumerable<string> runIds) =>
        connection.Query<WaitingClaim>(
            """
            select q.run_id as waits, q.app_id, l.run_id from app_queue q join app_locks l on l.app_id = q.app_id and l.environment_id = q.environment_id where q.run_id in @runIds
            union all
            select q.run_id, q.app_id, e.run_id from app_queue q join app_queue e on e.app_id = q.app_id and e.environment_id = q.environment_id and e.ticket < q.ticket where q.run_id in @runIds
            """, new { runIds = new SqlList<string>(runIds) })
            .ToLookup(c => c.Waits, c => (AppClaim)c, StringComparer.Ordinal);

    /// <summary>Who holds these apps, or stands in the queue for them, but for the run itself.</summary>
    public static IReadOnlyList<AppClaim> Before(DbConnection connection, string runId, string environmentId, IReadOnlyCollection<string> apps) =>
        [.. connection.Query<AppClaim>(
            """
            select app_id, run_id from app_locks where environment_id = @environmentId and app_id in @apps and run_id <> @runId
            union all
            select app_id, run_id from app_queue where environment_id = @environmentId and app_id in @apps and run_id <> @runId
            """, new { environmentId, apps = new SqlList<string>(apps), runId })];

    public static RequestRefusedException Conflict(IReadOnlyList<AppClaim> before, string environment) =>
        RequestRefusedException.Conflict(
            ProblemCodes.ActiveDeployment,
            $"{string.Join(" and ", before.Select(b => $"Deployment {b.RunId} of '{b.AppId}'"))} to {environment} is still active.",
            $"Wait until it has ended ('boreas status {before[0].RunId}'), or cancel it ('boreas cancel {before[0].RunId}'); 'boreas deploy --on-conflict queue' waits by itself.");

    /// <summary>Why a deployment that stands behind these waits.</summary>
    public static string WaitsUntil(IEnumerable<AppClaim> before) => $"Waits until {string.Join(" and ", before.Take(3).Select(b => $"deployment {b.RunId} of '{b.AppId}'"))} has ended.";

    /// <summary>Cancels those of <paramref name="before"/> that do nothing at present; one that has to take back what it did holds its apps until then.</summary>
    private static void Supersede(JournalTransaction transaction, string runId, string by, IReadOnlyCollection<AppClaim> before)
    {
        var waiting = before.Select(b => b.RunId).Distinct().Where(id => transaction.Find(id) is { IsWaiting: true }).ToList();
        foreach (var other in waiting) transaction.Handle(other, new CancelRun(by, $"superseded by {runId}"));
        Release(transaction, waiting.Where(id => transaction.Find(id) is { IsOver: true }));
    }

    private static void Hold(JournalTransaction transaction, string runId, string environmentId, IEnumerable<string> apps)
    {
        foreach (var app in apps)
            transaction.Execute("insert into app_locks (app_id, environment_id, run_id) values (@app, @environmentId, @runId) on conflict (app_id, environment_id) do nothing", new { app, environmentId, runId });
    }

    private static void Enqueue(JournalTransaction transaction, string runId, string environmentId, IEnumerable<string> apps, string? startBy)
    {
        var ticket = transaction.QueryFirstOrDefault<long>("select coalesce(max(ticket), 0) + 1 from app_queue");
        foreach (var app in apps)
            transaction.Execute("insert into app_queue (run_id, app_id, environment_id, ticket, start_by) values (@runId, @app, @environmentId, @ticket, @startBy)", new { runId, app, environmentId, ticket, startBy });
    }

    private static int Forget(JournalTransaction transaction, string runId) =>
        transaction.Execute("delete from app_locks where run_id = @runId", new { runId }) + transaction.Execute("delete from app_queue where run_id = @runId", new { runId });

    private static void LetIn(JournalTransaction transaction)
    {
        var queue = transaction.Query<Waiting>("select run_id, app_id, environment_id, start_by from app_queue order by ticket").ToList();
        if (queue.Count == 0) return;
        var taken = transaction.Query<(string App, string Environment)>("select app_id, environment_id from app_locks").ToHashSet();
        foreach (var run in queue.GroupBy(w => w.RunId, StringComparer.Ordinal))
        {
            var (first, apps) = (run.First(), run.Select(w => w.AppId).ToList());
            var wanted = apps.ConvertAll(app => (app, first.EnvironmentId));
            var isFree = !wanted.Exists(taken.Contains);
            if (isFree) transaction.Execute("delete from app_queue where run_id = @RunId", new { first.RunId });

            // A run that cannot be read any more keeps nobody from their turn.
            if (isFree && transaction.Find(first.RunId) is null) continue;
            taken.UnionWith(wanted);
            if (!isFree) continue;
            Hold(transaction, first.RunId, first.EnvironmentId, apps);
            if (first.StartBy is { } by) transaction.Handle(first.RunId, new StartRun(by));
        }
    }

    /// <summary>An app, and the deployment that holds it or waits for it.</summary>
    internal class AppClaim
    {
        public string AppId { get; init; } = "";

        public string RunId { get; init; } = "";
    }

    private sealed class WaitingClaim : AppClaim
    {
        public string Waits { get; init; } = "";
    }

    private sealed class Waiting
    {
        public string RunId { get; init; } = "";

        public string AppId { get; init; } = "";

        public string EnvironmentId { get; init; } = "";

        public string? StartBy { get; init; }
    }
}
