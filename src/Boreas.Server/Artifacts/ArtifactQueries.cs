using System.Data.Common;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Runs;
using Boreas.Server.Deployments;
using Dapper;

namespace Boreas.Server.Artifacts;

/// <summary>What may still be fetched: what kept releases run, and what their deployments built, or took over built.</summary>
internal static class ArtifactQueries
{
    /// <summary>Digests of all artifacts that are needed.</summary>
    /// <exception cref="JsonException">A record cannot be read, so what it needs is not known.</exception>
    public static async Task<IReadOnlySet<string>> NeededAsync(DbConnection connection)
    {
        var kept = await KeptReleases.ReadAsync(connection);
        var needed = kept.Releases.Select(release => release.Artifact).ToList();
        foreach (var batch in kept.Runs.Chunk(KeptReleases.Batch))
            needed.AddRange((await connection.QueryAsync<string>("select result from tasks where type = @build and result is not null and run_id in @ids", new { build = (int)RunTaskType.Build, ids = new SqlList<string>(batch) })).Select(BuiltIn));

        return needed.OfType<BuiltArtifact>().Select(artifact => artifact.Digest).ToHashSet(StringComparer.Ordinal);
    }

    private static BuiltArtifact? BuiltIn(string json) => (JsonSerializer.Deserialize<BuildResult>(json, BoreasJson.Options) ?? throw new JsonException("The result of a build is null.")).Artifact;
}
