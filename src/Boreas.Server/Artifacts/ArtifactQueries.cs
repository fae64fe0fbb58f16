using System.Data.Common;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Runs;
using Boreas.Server.Deployments;
using Boreas.Server.Nodes;
using Dapper;

namespace Boreas.Server.Artifacts;

/// <summary>
/// What may still be fetched. An artifact is needed by every deployment that is under way, that serves, or that is one of
/// the newest of an app in an environment; by what served before one of these, because that is what rolling it back
/// runs; and by every instance that a node may have to start again. What a deployment needs is what it built, what it
/// took over built, and what its instances run.
/// </summary>
internal static class ArtifactQueries
{
    /// <summary>How many deployments of an app in an environment keep what they built.</summary>
    public const int KeptDeployments = 10;

    /// <summary>As many ids as one statement takes.</summary>
    private const int Batch = 500;

    /// <summary>Digests of all artifacts that are needed.</summary>
    /// <exception cref="JsonException">A record cannot be read, so what it needs is not known.</exception>
    public static async Task<IReadOnlySet<string>> NeededAsync(DbConnection connection)
    {
        var runs = await KeptRunsAsync(connection);
        foreach (var batch in runs.ToList().Chunk(Batch))
            runs.UnionWith(await connection.QueryAsync<string>("select before_run_id from routes_before where before_run_id is not null and run_id in @ids", new { ids = new SqlList<string>(batch) }));

        var releases = (await connection.QueryAsync<string>("select release from instances where state in @wanted",
            new { wanted = new SqlList<int>([(int)InstanceRowState.Routed, (int)InstanceRowState.Replaced, (int)InstanceRowState.Warm]) })).Select(Read<ReleaseSpec>).ToList();
        var built = new List<BuiltArtifact?>();
        foreach (var batch in runs.Chunk(Batch))
        {
            var ids = new SqlList<string>(batch);
            built.AddRange((await connection.QueryAsync<string>("select result from tasks where type = @build and result is not null and run_id in @ids", new { build = (int)RunTaskType.Build, ids })).Select(json => Read<BuildResult>(json).Artifact));
            releases.AddRange((await connection.QueryAsync<string>("select release from instances where run_id in @ids", new { ids })).Select(Read<ReleaseSpec>));
            foreach (var spec in await connection.QueryAsync<string>("select spec from deployments where run_id in @ids", new { ids }))
                releases.AddRange(DeploymentQueries.ReadSpec(spec).Apps.Select(app => app.Built).OfType<ReleaseSpec>());
        }

        return built.Concat(releases.Select(release => release.Artifact)).OfType<BuiltArtifact>().Select(artifact => artifact.Digest).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Deployments that are under way, that serve, or that are among the newest of an app that there is in an environment that there is.</summary>
    private static async Task<HashSet<string>> KeptRunsAsync(DbConnection connection)
    {
        var kept = (await connection.QueryAsync<string>("select id from runs where active union select run_id from routes")).ToHashSet(StringComparer.Ordinal);
        var apps = (await connection.QueryAsync<string>("select id from apps")).ToHashSet(StringComparer.Ordinal);
        var newer = new Dictionary<(string App, string Environment), int>();
        foreach (var run in await connection.QueryAsync<RunOfApps>(
            "select d.run_id, d.app_ids, d.environment_id from deployments d join runs r on r.id = d.run_id where r.kind = 'deployment' and d.environment_id in (select id from environments) order by d.created_at desc, d.run_id desc"))
        {
            foreach (var app in run.AppIds.Split(',').Where(apps.Contains))
            {
                var rank = newer[(app, run.EnvironmentId)] = newer.GetValueOrDefault((app, run.EnvironmentId)) + 1;
                if (rank <= KeptDeployments) kept.Add(run.RunId);
            }
        }

        return kept;
    }

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, BoreasJson.Options) ?? throw new JsonException($"A {typeof(T).Name} is null.");

    private sealed class RunOfApps
    {
        public string RunId { get; init; } = "";

        public string AppIds { get; init; } = "";

        public string EnvironmentId { get; init; } = "";
    }
}
