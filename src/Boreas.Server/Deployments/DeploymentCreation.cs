using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Environments;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Engine.Graphs;
using Boreas.Engine.Planning;
using Boreas.Engine.Runs;
using Boreas.Server.Access;
using Boreas.Server.Images;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Deployments;

/// <summary>Records a deployment: snapshot, plan, locks, quota, run and start, in the caller's transaction.</summary>
internal static class DeploymentCreation
{
    /// <summary>The graph that <paramref name="spec"/> gives.</summary>
    /// <exception cref="RequestRefusedException">The graph is refused; the problem names every fault.</exception>
    public static IReadOnlyList<TaskSpec> Plan(DeploymentSpec spec, IReadOnlyList<PlannedTask>? tasks)
    {
        DemandApps(spec, tasks ?? []);
        var input = new PlanInput(
            [.. spec.Apps.Select(a => new PlannedApp(a.App.Id, a.Built is not null ? RevisionKind.Built : a.Revision.Image is not null ? RevisionKind.Image : RevisionKind.Source, Replicas: a.App.Replicas))],
            spec.MustInOrder,
            spec.ManualApproval,
            tasks,
            spec.Strategy);
        return DeploymentPlanner.Plan(input, out var problems) ?? throw Refused(problems);
    }

    /// <param name="createdBy">Whose quota counts; null: nobody's (an administrator, or the system).</param>
    /// <param name="carried">What had succeeded in the run that this one resumes.</param>
    public static string Create(JournalTransaction transaction, DeploymentSpec spec, IReadOnlyList<TaskSpec> graph, string project, QuotaHolder? quota, bool autoStart, IReadOnlyList<CarriedTask>? carried = null, OnConflict onConflict = OnConflict.Reject, string kind = "deployment")
    {
        var id = transaction.NewId("dep");
        if (quota is not null) DemandQuota(transaction.Connection, quota, spec);
        var holds = AppLocks.Take(transaction, id, spec, onConflict, autoStart ? spec.CreatedBy : null);
        transaction.Execute(
            """
            insert into deployments (run_id, project, version_id, version_name, environment_id, environment, app_ids, spec, created_by, created_at)
            values (@id, @project, @VersionId, @Version, @EnvironmentId, @Environment, @apps, @json, @CreatedBy, @Now)
            """,
            new { id, project, spec.VersionId, spec.Version, spec.EnvironmentId, spec.Environment, apps = string.Join(',', spec.Apps.Select(a => a.App.Id)), json = JsonSerializer.Serialize(spec, BoreasJson.Options), spec.CreatedBy, transaction.Now });
        if (transaction.Create(new RunCreated(transaction.Now, HeaderOf(id, kind, spec), graph, carried), project, out var problems) is null) throw Refused(problems);
        if (autoStart && holds) transaction.Handle(id, new StartRun(spec.CreatedBy));
        return id;
    }

    private static RunHeader HeaderOf(string id, string kind, DeploymentSpec spec)
    {
        var isAsked = kind == "deployment" && spec.BreakGlass is null && spec.RollsBack is null;
        var header = new RunHeader(id, kind, Gate: isAsked ? spec.EnvironmentId : null);
        if (spec.Confirm is not { } rule) return header;
        IReadOnlyList<Role> roles = rule is { Users: not { Count: > 0 }, Roles: not { Count: > 0 }, Groups: not { Count: > 0 } } ? [Role.Approver] : rule.Roles ?? [];
        return header with
        {
            ConfirmTimeoutSeconds = rule.ExpiresAfterSeconds ?? header.ConfirmTimeoutSeconds,
            Approval = new ApprovalRule(rule.Approvals, rule.Users, [.. roles.Select(Caller.NameOf)], rule.AllowAuthor ? null : spec.CreatedBy, rule.OnExpiry == OnExpiry.Rollback, rule.Groups),
        };
    }

    /// <summary>What was answered before to the same key, or null. The same key with another request is refused.</summary>
    public static string? Answered(JournalTransaction transaction, string scope, string key, string request)
    {
        var found = transaction.QueryFirstOrDefault<Remembered>("select request_hash, response from idempotency_keys where scope = @scope and key = @key", new { scope, key });
        if (found is null) return null;
        return found.RequestHash == Hash(request) ? found.Response
            : throw RequestRefusedException.Conflict(ProblemCodes.IdempotencyKeyReused, $"The Idempotency-Key '{key}' was used with another request.", "Use a new key for a new request.");
    }

    public static void Remember(JournalTransaction transaction, string scope, string key, string request, string response) =>
        transaction.Execute("insert into idempotency_keys (scope, key, request_hash, response, created_at) values (@scope, @key, @hash, @response, @Now)", new { scope, key, hash = Hash(request), response, transaction.Now });

    internal static void DemandQuota(DbConnection connection, QuotaHolder holder, DeploymentSpec spec)
    {
        var busy = connection.Query<string>(
            """
            select a.id from apps a where a.owner_id = @UserId
              and (exists (select 1 from routes r where r.app_id = a.id) or exists (select 1 from app_locks l where l.app_id = a.id and l.environment_id <> @Place) or exists (select 1 from app_queue q where q.app_id = a.id and q.environment_id <> @Place))
            """,
            new { holder.UserId, Tidying.Place }).ToHashSet(StringComparer.Ordinal);
        busy.ExceptWith(spec.Apps.Select(a => a.App.Id));
        var asked = connection.Query<string>("select id from apps where owner_id = @UserId and id in @ids", new { holder.UserId, ids = new SqlList<string>(spec.Apps.Select(a => a.App.Id)) }).Count();
        if (asked == 0 || busy.Count + asked <= holder.Limit) return;
        throw RequestRefusedException.Conflict(
            ProblemCodes.QuotaExceeded,
            $"You have {busy.Count} apps running or deploying ({string.Join(", ", busy.Order())}), and may have {holder.Limit}.",
            "Stop one of them ('boreas apps delete'), or ask an administrator for more.");
    }

    private static void DemandApps(DeploymentSpec spec, IReadOnlyList<PlannedTask> tasks)
    {
        var apps = spec.Apps.Select(a => a.App.Id).ToHashSet(StringComparer.Ordinal);
        List<FieldProblem> strange = [.. tasks.Select((t, i) => (t.AppId, i)).Where(t => t.AppId is not null && !apps.Contains(t.AppId)).Select(t => new FieldProblem($"tasks[{t.i}].appId", $"names '{t.AppId}', which is no app of this deployment"))];
        if (strange.Count > 0) throw RequestRefusedException.Invalid(strange);
    }

    internal static RequestRefusedException Refused(IReadOnlyList<GraphProblem> problems) =>
        new(400, problems.Any(p => p.IsCycle) ? ProblemCodes.GraphCycle : ProblemCodes.Invalid, string.Join(" ", problems.Take(10).Select(p => Sentence(p.Message))),
            "Correct the graph and send the request again.", [.. problems.Take(50).Select(p => new FieldProblem(p.Task.Length > 0 ? $"tasks.{p.Task}" : "tasks", p.Message))]);

    private static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}.";

    private static string Hash(string request) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)));

    private sealed class Remembered
    {
        public string RequestHash { get; init; } = "";

        public string Response { get; init; } = "";
    }
}

/// <summary>Whose apps are counted, and how many may run or deploy.</summary>
internal sealed record QuotaHolder(string UserId, int Limit)
{
    public static QuotaHolder? Of(Caller caller, ServerOptions options) => caller.Admin ? null : new QuotaHolder(caller.UserId, options.MaxAppsPerUser);
}
