using System.Data.Common;
using System.Text.Json;
using Boreas.Server.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Boreas.Server.Operations;

/// <summary>Deletes what nothing needs any more, every hour. Whoever is not sure what is needed throws, and deletes nothing.</summary>
/// <param name="what">What is deleted, in the plural.</param>
internal abstract partial class HourlyCleanup(string what, TimeProvider time, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await RunOnceAsync(stoppingToken) is > 0 and var deleted) LogDeleted(deleted, what);
            }
            catch (Exception e) when (e is DbException or JsonException or JournalUnavailableException or IOException or UnauthorizedAccessException)
            {
                LogFailed(e, what);
            }
        }
    }

    /// <returns>How many were deleted.</returns>
    internal abstract Task<int> RunOnceAsync(CancellationToken cancellationToken);

    [LoggerMessage(LogLevel.Information, "{Count} {What} that nothing needs any more were deleted.")]
    private partial void LogDeleted(int count, string what);

    [LoggerMessage(LogLevel.Error, "The {What} that nothing needs any more could not be deleted; it is tried again in an hour.")]
    private partial void LogFailed(Exception e, string what);
}
