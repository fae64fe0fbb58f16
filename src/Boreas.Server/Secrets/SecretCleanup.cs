using System.Data.Common;
using System.Text.Json;
using Boreas.Server.Deployments;
using Boreas.Server.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Boreas.Server.Secrets;

/// <summary>Deletes values of secrets that no release can be brought back with any more, every hour. When it is not sure what is needed, it deletes nothing.</summary>
internal sealed partial class SecretCleanup(Database database, Journal journal, TimeProvider time, ILogger<SecretCleanup> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await RunOnceAsync(stoppingToken) is > 0 and var deleted) LogDeleted(deleted);
            }
            catch (Exception e) when (e is DbException or JsonException or JournalUnavailableException)
            {
                LogFailed(e);
            }
        }
    }

    /// <returns>How many were deleted.</returns>
    internal async Task<int> RunOnceAsync(CancellationToken cancellationToken)
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

    [LoggerMessage(LogLevel.Information, "{Count} values of secrets that nothing runs with any more were deleted.")]
    private partial void LogDeleted(int count);

    [LoggerMessage(LogLevel.Error, "Values of secrets that nothing runs with any more could not be deleted; it is tried again in an hour.")]
    private partial void LogFailed(Exception e);
}
