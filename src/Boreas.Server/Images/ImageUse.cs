using System.Data.Common;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Versions;
using Boreas.Server.Deployments;
using Boreas.Server.Nodes;
using Boreas.Server.Routes;
using Dapper;

namespace Boreas.Server.Images;

/// <summary>
/// Which images of a repository stay, and why. Of the app that is tidied: the newest ones. Of whatever app: what
/// instances run, serving, warm or about to; what a roll-back of what serves now would bring back, in each environment;
/// what a version names; and, as long as a deployment is under way or waits for its turn, everything, because it is not
/// known yet what that will need.
/// </summary>
internal static class ImageUse
{
    /// <param name="keep">How many of the newest stay; null: all.</param>
    public static IReadOnlyList<(ImageQueries.Row Image, string? KeptBecause)> Of(DbConnection connection, string repository, string appId, int? keep, DateTimeOffset now)
    {
        var images = ImageQueries.Of(connection, repository);
        var underWay = UnderWay(connection, [.. images.Select(image => image.AppId).Append(appId).Distinct()]);
        var needed = Needed(connection, repository, now);
        var newest = images.Where(image => image.AppId == appId).Take(keep ?? int.MaxValue).Select(image => image.Tag).ToHashSet(StringComparer.Ordinal);
        return [.. images.Select(image => (image, Because(image)))];

        string? Because(ImageQueries.Row image) =>
            needed.GetValueOrDefault(image.Digest) ?? needed.GetValueOrDefault(image.Tag)
            ?? (image.AppId != appId ? $"belongs to the app '{image.AppId}'"
                : newest.Contains(image.Tag) ? keep is null ? "stays, because all images are kept" : $"is one of the newest {keep}"
                : underWay);
    }

    /// <summary>Why, by digest, and by tag where only that is named; the strongest reason.</summary>
    private static Dictionary<string, string> Needed(DbConnection connection, string repository, DateTimeOffset now)
    {
        // Whatever else these characters match is kept as well.
        var like = $"%{repository}%";
        var why = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var instance in connection.Query<Instance>(
            """
            select i.state, i.release, e.name as environment from instances i left join environments e on e.id = i.environment_id
            where i.release like @like and (i.state in (@planned, @routed, @replaced) or (i.state = @warm and i.warm_until > @now)) order by i.state = @routed desc
            """,
            new { like, now, planned = (int)InstanceRowState.Planned, routed = (int)InstanceRowState.Routed, replaced = (int)InstanceRowState.Replaced, warm = (int)InstanceRowState.Warm }))
        {
            Add(instance.ReadRelease(), (InstanceRowState)instance.State switch
            {
                InstanceRowState.Routed => $"serves in {instance.Environment}",
                InstanceRowState.Warm => $"is kept warm in {instance.Environment}",
                _ => $"is deployed or taken away just now in {instance.Environment}",
            });
        }

        foreach (var (environment, release) in Before(connection, like)) Add(release, $"is what a roll-back in {environment} brings back");
        foreach (var version in connection.Query<NamedImages>("select name, apps from versions where apps like @like", new { like }))
        {
            foreach (var image in JsonSerializer.Deserialize<List<AppRevision>>(version.Apps, BoreasJson.Options)!.Select(revision => revision.Image).OfType<string>().Where(image => image.StartsWith(repository, StringComparison.Ordinal)))
                why.TryAdd(image[repository.Length..].TrimStart(':', '@').Split('@')[^1], $"is named by version {version.Name}");
        }

        return why;

        void Add(ReleaseSpec release, string because)
        {
            if (release.Digest is { } digest) why.TryAdd(digest, because);
        }
    }

    /// <summary>What served before what serves now.</summary>
    private static IEnumerable<(string Environment, ReleaseSpec Release)> Before(DbConnection connection, string like)
    {
        var before = connection.Query<RouteRow>("select r.environment, b.targets from routes r join routes_before b on b.run_id = r.run_id and b.app_id = r.app_id and b.environment_id = r.environment_id").SelectMany(row => row.ReadTargets().Select(target => (target.InstanceId, row.Environment))).ToLookup(target => target.InstanceId, target => target.Environment);
        foreach (var batch in before.Select(target => target.Key).Chunk(KeptReleases.Batch))
        {
            foreach (var instance in connection.Query<Instance>("select id, release from instances where id in @ids and release like @like", new { ids = new SqlList<string>(batch), like }))
                yield return (before[instance.Id].First(), instance.ReadRelease());
        }
    }

    private static string? UnderWay(DbConnection connection, IReadOnlyCollection<string> apps) =>
        connection.QueryFirstOrDefault<string>(
            """
            select b.run_id from (select run_id, app_id, environment_id from app_locks union all select run_id, app_id, environment_id from app_queue) b
            where b.app_id in @apps and b.environment_id <> @Place order by b.run_id
            """, new { apps = new SqlList<string>(apps), Tidying.Place }) is { } run ? $"stays until deployment {run} has ended" : null;

    private sealed class Instance
    {
        public string Id { get; init; } = "";

        public int State { get; init; }

        public string Release { get; init; } = "{}";

        public string? Environment { get; init; }

        public ReleaseSpec ReadRelease() => JsonSerializer.Deserialize<ReleaseSpec>(Release, BoreasJson.Options) ?? throw new JsonException("An instance's release is null.");
    }

    private sealed class NamedImages
    {
        public string Name { get; init; } = "";

        public string Apps { get; init; } = "[]";
    }
}
