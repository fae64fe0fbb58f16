using Boreas.Contracts.Problems;
using Boreas.Contracts.Pushes;
using Boreas.Contracts.Values;
using Boreas.Server.Access;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Pushes;

/// <summary>
/// What the embedded Git tells. A push of an app's branch becomes a version and a deployment, once per (repository,
/// ref, commit), whatever happens between: the forge tells it again after every start. A push that arrives while a
/// deployment of the same app is active waits for that one's end and is then deployed, unless a newer one came.
/// </summary>
internal static class PushesApi
{
    private const string NoCommit = "0000000000000000000000000000000000000000";

    public static void MapPushes(this IEndpointRouteBuilder app) =>
        app.MapPost("/forge/pushes", PushedAsync).RequireAuthorization(Policies.Forge).WithTags("Forge").WithName("ReportPush").WithSummary("A branch was pushed");

    private static async Task<Ok<PushResult>> PushedAsync(PushNotice notice, Journal journal, CancellationToken cancellationToken)
    {
        var errors = new List<FieldProblem>();
        if (!Slug.TryParse(notice.Repository, out _, out var error)) errors.Add(new FieldProblem("repository", error));
        if (!GitRef.TryParse(notice.Ref, out _, out error)) errors.Add(new FieldProblem("ref", error));
        if (!GitRef.TryParse(notice.NewCommit, out var commit, out _) || !commit.IsCommit) errors.Add(new FieldProblem("newCommit", "must be a full commit id"));
        if (errors.Count > 0) throw RequestRefusedException.Invalid(errors);
        if (notice.NewCommit == NoCommit || !notice.Ref.StartsWith("refs/heads/", StringComparison.Ordinal)) return TypedResults.Ok(new PushResult(null, "Only pushes of branches deploy."));
        return TypedResults.Ok(await journal.WriteAsync(transaction => PushDeployment.Record(transaction, notice), cancellationToken));
    }
}
