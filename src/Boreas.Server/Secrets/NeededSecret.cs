using Boreas.Contracts.Jobs;

namespace Boreas.Server.Secrets;

/// <summary>A secret of an app that a job needs.</summary>
/// <param name="Version">Null: the one that the app has now.</param>
/// <param name="Key">What the job knows it by.</param>
internal sealed record NeededSecret(string Name, int? Version, string Key)
{
    /// <summary>What lets Boreas into a repository is no part of a release: it is always the newest.</summary>
    public static NeededSecret Newest(string name) => new(name, null, name);

    /// <summary>Those that a release runs with.</summary>
    public static IEnumerable<NeededSecret> Of(ReleaseSpec release) => release.SecretNames.Select(name => new NeededSecret(name, VersionIn(release.SecretVersions, name), release.SecretKey(name)));

    /// <summary>Those of an app, in the versions that a deployment was made with.</summary>
    public static IEnumerable<NeededSecret> Of(IEnumerable<string> names, IReadOnlyDictionary<string, int>? versions) => names.Select(name => new NeededSecret(name, VersionIn(versions, name), name));

    public override string ToString() => Version is { } version ? $"The secret '{Name}' in its version {version}" : $"The secret '{Name}'";

    public bool IsIn(SecretQueries.Row row) => Version is { } version ? row.Version == version : row.IsCurrent;

    private static int? VersionIn(IReadOnlyDictionary<string, int>? versions, string name) => versions is not null && versions.TryGetValue(name, out var version) ? version : null;
}
