using System.Data.Common;
using System.Text.Json;
using Boreas.Server.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Boreas.Server.Artifacts;

/// <summary>Deletes artifacts that nothing needs any more, every hour. When it is not sure what is needed, it deletes nothing.</summary>
internal sealed partial class ArtifactCleanup(Database database, ArtifactStore artifacts, TimeProvider time, ILogger<ArtifactCleanup> logger) : BackgroundService
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
            catch (Exception e) when (e is DbException or JsonException or IOException or UnauthorizedAccessException)
            {
                LogFailed(e);
            }
        }
    }

    /// <returns>How many were deleted.</returns>
    internal async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return artifacts.DeleteUnused(await ArtifactQueries.NeededAsync(connection));
    }

    [LoggerMessage(LogLevel.Information, "{Count} artifacts that nothing needs any more were deleted.")]
    private partial void LogDeleted(int count);

    [LoggerMessage(LogLevel.Error, "Artifacts that nothing needs any more could not be deleted; it is tried again in an hour.")]
    private partial void LogFailed(Exception e);
}
