using System.Data.Common;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Runs;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Images;

/// <summary>The images that builds pushed, and those of them that were deleted.</summary>
internal static class ImageQueries
{
    public sealed class Row
    {
        public string Repository { get; init; } = "";

        public string Tag { get; init; } = "";

        public string Digest { get; init; } = "";

        public string AppId { get; init; } = "";

        public string RunId { get; init; } = "";

        public DateTimeOffset BuiltAt { get; init; }
    }

    /// <summary>What a build pushed, when it pushed something.</summary>
    public static void Built(JournalTransaction transaction, string runId, RunTask build)
    {
        if (build is not { Spec.AppId: { } appId, Result: { } result } || JsonSerializer.Deserialize<BuildResult>(result, BoreasJson.Options)?.Image is not { Pushed: true, Tag: { } tag } image) return;
        transaction.Execute(
            """
            insert into images (repository, tag, digest, app_id, run_id, built_at) select @repository, @tag, @Digest, id, @runId, @Now from apps where id = @appId
            on conflict (repository, tag) do update set digest = excluded.digest, app_id = excluded.app_id, run_id = excluded.run_id, built_at = excluded.built_at, gone_at = null
            """, new { repository = image.Reference.Split('@')[0], tag, image.Digest, runId, transaction.Now, appId });
    }

    /// <summary>All that a repository should have, the newest first.</summary>
    public static IReadOnlyList<Row> Of(DbConnection connection, string repository) =>
        [.. connection.Query<Row>("select repository, tag, digest, app_id, run_id, built_at from images where repository = @repository and gone_at is null order by built_at desc, tag", new { repository })];

    public static bool Has(DbConnection connection, string appId) =>
        connection.ExecuteScalar<long>("select count(*) from images where app_id = @appId", new { appId }) > 0;

    /// <summary>Whether it was deleted, and no tag that is left names it.</summary>
    public static bool IsGone(DbConnection connection, ImageTarget image) =>
        image.Reference.Split('@') is [var repository, var digest]
        && connection.ExecuteScalar<long?>("select min(case when gone_at is null then 0 else 1 end) from images where repository = @repository and digest = @digest", new { repository, digest }) == 1;

    /// <summary>What a tidying did: what it deleted is remembered, and tags that are no more are forgotten.</summary>
    public static void Tidied(JournalTransaction transaction, TidyImagesResult result)
    {
        foreach (var tag in result.Tags)
        {
            if (tag.Outcome == TagOutcome.Deleted) transaction.Execute("update images set gone_at = @Now where repository = @Repository and tag = @Tag and digest = @Digest", new { transaction.Now, result.Repository, tag.Tag, tag.Digest });
            else if (tag.Outcome is TagOutcome.Untagged or TagOutcome.Gone) transaction.Execute("delete from images where repository = @Repository and tag = @Tag and digest = @Digest", new { result.Repository, tag.Tag, tag.Digest });
        }
    }
}
