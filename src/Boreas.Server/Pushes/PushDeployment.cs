using Boreas.Contracts.Apps;
using Boreas.Contracts.Pushes;
using Boreas.Server.Deployments;
using Boreas.Server.Storage;

namespace Boreas.Server.Pushes;

/// <summary>A push becomes a deployment, or a sentence that says why not. Both are recorded; asked again, the same is answered.</summary>
internal static class PushDeployment
{
    private const string Branches = "refs/heads/";

    public static PushResult Record(JournalTransaction transaction, PushNotice notice)
    {
        var last = transaction.QueryFirstOrDefault<PushRow>("select number, commit_id, run_id, message from pushes where repository = @Repository and ref = @Ref order by number desc limit 1",
            new { notice.Repository, notice.Ref });
        if (Known(transaction, notice, last) is { } known) return new PushResult(known.RunId, known.Message);
        var result = Decide(transaction, notice, out var waiting);
        transaction.Execute(
            """
            insert into pushes (repository, ref, number, old_commit, commit_id, pushed_by, waiting, run_id, message, at)
            values (@Repository, @Ref, @number, @OldCommit, @NewCommit, @User, @waiting, @DeploymentId, @Message, @Now)
            """,
            new { notice.Repository, notice.Ref, number = (last?.Number ?? 0) + 1, notice.OldCommit, notice.NewCommit, notice.User, waiting, result.DeploymentId, result.Message, transaction.Now });
        return result;
    }

    /// <summary>Deploys the pushes that waited for an app whose deployment has ended.</summary>
    public static void DeployWaiting(JournalTransaction transaction)
    {
        foreach (var push in transaction.Query<PushRow>("select repository, ref, number, commit_id, pushed_by, message from pushes where waiting").ToList())
        {
            if (DeploymentSources.Embedded(transaction, push.Repository) is not { } found) continue;
            if (DeploymentSources.ActiveInDefault(transaction, found) is not null) continue;
            var id = Deploy(transaction, found, push.CommitId, push.PushedBy);
            transaction.Execute("update pushes set waiting = @no, run_id = @id, message = @message where repository = @Repository and ref = @Ref and number = @Number",
                new { no = false, id, message = Started(id, push.CommitId), push.Repository, push.Ref, push.Number });
        }
    }

    /// <summary>
    /// The record of this very push, when it was told before: the newest one of the branch, or an older one that came
    /// again late. A branch that goes back to an earlier commit is a new push.
    /// </summary>
    private static PushRow? Known(JournalTransaction transaction, PushNotice notice, PushRow? last)
    {
        if (last is null || last.CommitId == notice.NewCommit) return last;
        if (last.CommitId == notice.OldCommit) return null;
        return transaction.QueryFirstOrDefault<PushRow>(
            "select number, commit_id, run_id, message from pushes where repository = @Repository and ref = @Ref and commit_id = @NewCommit and old_commit = @OldCommit order by number desc limit 1",
            new { notice.Repository, notice.Ref, notice.NewCommit, notice.OldCommit });
    }

    private static PushResult Decide(JournalTransaction transaction, PushNotice notice, out bool waiting)
    {
        waiting = false;
        if (DeploymentSources.Embedded(transaction, notice.Repository) is not { } app) return new PushResult(null, $"There is no app '{notice.Repository}' with an embedded repository.");
        var branch = notice.Ref[Branches.Length..];
        if (branch != app.Source.Ref) return new PushResult(null, $"Branch '{branch}' is kept; pushes to '{app.Source.Ref}' deploy.");
        if (DeploymentSources.ActiveInDefault(transaction, app) is not { } active)
        {
            var id = Deploy(transaction, app, notice.NewCommit, notice.User);
            return new PushResult(id, Started(id, notice.NewCommit));
        }

        waiting = true;
        transaction.Execute("update pushes set waiting = @no, message = @message where repository = @Repository and ref = @Ref and waiting",
            new { no = false, message = "A newer push took its place before it could be deployed.", notice.Repository, notice.Ref });
        return new PushResult(null, $"{notice.NewCommit[..10]} is deployed when deployment {active} has ended.");
    }

    private static string Deploy(JournalTransaction transaction, App app, string commit, string? by)
    {
        var spec = DeploymentSources.OfPush(transaction, app, commit, by ?? app.Owner);
        return DeploymentCreation.Create(transaction, spec, DeploymentCreation.Plan(spec, null), app.Project, null, autoStart: true);
    }

    private static string Started(string id, string commit) => $"Deployment {id} of {commit[..10]} has started.";

    private sealed class PushRow
    {
        public string Repository { get; init; } = "";

        public string Ref { get; init; } = "";

        public int Number { get; init; }

        public string CommitId { get; init; } = "";

        public string? PushedBy { get; init; }

        public string? RunId { get; init; }

        public string Message { get; init; } = "";
    }
}
