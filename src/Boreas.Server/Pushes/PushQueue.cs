using Boreas.Engine.Runs;
using Boreas.Server.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Boreas.Server.Pushes;

/// <summary>Deploys waiting pushes when a run has ended. The journal's events wake it; at start it looks once, because it may have missed one.</summary>
internal sealed partial class PushQueue(Journal journal, ILogger<PushQueue> logger) : BackgroundService
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(1);
    private static readonly string StatusChanged = RunEventJson.NameOf(new RunStatusChanged(default, default));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var seen = journal.Tail.Sequence;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(stoppingToken);
                seen = await NextEndAsync(seen, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is JournalUnavailableException or System.Data.Common.DbException or Problems.RequestRefusedException)
            {
                LogFailed(e);
                await journal.Tail.ReadAsync(long.MaxValue, LookAgainAfter, stoppingToken);
            }
        }
    }

    internal Task RunOnceAsync(CancellationToken cancellationToken) => journal.WriteAsync(PushDeployment.DeployWaiting, cancellationToken);

    private async Task<long> NextEndAsync(long seen, CancellationToken stoppingToken)
    {
        while (true)
        {
            var events = await journal.Tail.ReadAsync(seen, LookAgainAfter, stoppingToken);
            if (events.Count == 0) return seen;
            seen = events[^1].Sequence;
            if (events.Any(e => e.Name == StatusChanged)) return seen;
        }
    }

    [LoggerMessage(LogLevel.Error, "Waiting pushes could not be deployed; they are looked at again")]
    private partial void LogFailed(Exception e);
}
