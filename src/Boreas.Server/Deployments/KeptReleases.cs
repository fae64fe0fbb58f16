using System.Data.Common;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Server.Nodes;
using Dapper;

namespace Boreas.Server.Deployments;

/// <summary>
/// What may run again, and so keeps what it is made of. That is every deployment that is under way, that serves, or that
/// is one of the newest of an app in an environment; what served before one of these, because that is what rolling it
/// back runs; and every instance that a node may have to start again.
/// </summary>
/// <param name="Runs">Ids of the deployments.</param>
/// <param name="Deployments">What they were made from.</param>
/// <param name="Releases">What they and the instances run, or took over.</param>
internal sealed record KeptReleases(IReadOnlyCollection<string> Runs, IReadOnlyList<DeploymentSpec> Deployments, IReadOnlyList<ReleaseSpec> Releases)
{
    /// <summary>How many deployments of an app in an environment keep what they are made of.</summary>
    public const int Newest = 10;

    /// <summary>As many ids as one statement takes.</summary>
    public const int Batch = 500;

    /// <exception cref="JsonException">A record cannot be read, so what it needs is not known.</exception>
    public static async Task<KeptReleases> ReadAsync(DbConnection connection)
    {
        var runs = await RunsAsync(connection);
        foreach (var batch in runs.ToList().Chunk(Batch))
            runs.UnionWith(await connection.QueryAsync<string>("select before_run_id from routes_before where before_run_id is not null and run_id in @ids", new { ids = new SqlList<string>(batch) }));

        var deployments = new List<DeploymentSpec>();
        var releases = (await connection.QueryAsync<string>("select release from instances where state in @wanted",
            new { wanted = new SqlList<int>([(int)InstanceRowState.Routed, (int)InstanceRowState.Replaced, (int)InstanceRowState.Warm]) })).Select(Read).ToList();
        foreach (var batch in runs.Chunk(Batch))
        {
            var ids = new SqlList<string>(batch);
            deployments.AddRange((await connection.QueryAsync<string>("select spec from deployments where run_id in @ids", new { ids })).Select(DeploymentQueries.ReadSpec));
            releases.AddRange((await connection.QueryAsync<string>("select release from instances where run_id in @ids", new { ids })).Select(Read));
        }

        releases.AddRange(deployments.SelectMany(spec => spec.Apps).Select(app => app.Built).OfType<ReleaseSpec>());
        return new KeptReleases(runs, deployments, releases);
    }

    /// <summary>Of apps that there are, in environments that there are.</summary>
    private static async Task<HashSet<string>> RunsAsync(DbConnection connection)
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
                if (rank <= Newest) kept.Add(run.RunId);
            }
        }

        return kept;
    }

    private static ReleaseSpec Read(string json) => JsonSerializer.Deserialize<ReleaseSpec>(json, BoreasJson.Options) ?? throw new JsonException("An instance's release is null.");

    private sealed class RunOfApps
    {
        public string RunId { get; init; } = "";

        public string AppIds { get; init; } = "";

        public string EnvironmentId { get; init; } = "";
    }
}
