using Boreas.Server.Deployments;
using Boreas.Server.Operations;
using Boreas.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Boreas.Server.Secrets;

/// <summary>Deletes values of secrets that no release can be brought back with any more.</summary>
internal sealed class SecretCleanup(Database database, Journal journal, TimeProvider time, ILogger<SecretCleanup> logger) : HourlyCleanup("values of secrets", time, logger)
{
    internal override async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);

        // Before what is needed: a new deployment runs with the newest versions, so what is old now stays unneeded.
        var old = SecretQueries.Old(connection);
        if (old.Count == 0) return 0;
        var needed = Needed(await KeptReleases.ReadAsync(connection));
        var unused = old.Where(row => !needed.Contains((row.AppId, row.Name, row.Version))).ToList();
        if (unused.Count > 0) await journal.WriteAsync(transaction => unused.ForEach(row => SecretQueries.DeleteValue(transaction, row)), cancellationToken);
        return unused.Count;
    }

    private static HashSet<(string App, string Name, int Version)> Needed(KeptReleases kept) =>
        [.. kept.Deployments.SelectMany(spec => spec.Apps).Select(app => (app.App.Id, app.SecretVersions))
            .Concat(kept.Releases.Select(release => (Id: release.AppId, release.SecretVersions)))
            .SelectMany(of => of.SecretVersions ?? new Dictionary<string, int>(), (of, secret) => (of.Id, secret.Key, secret.Value))];
}
