using System.Data.Common;
using Boreas.Server.Operations;
using Boreas.Server.Storage;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Boreas.Server.Nodes;

/// <summary>
/// Judges every two seconds which nodes are lost, and looks for instances on nodes that are drained or lost: takes the lost
/// ones out of the routes, and has them moved. While this process, or its database, was away, no node could be heard; so it
/// judges no node until there was somebody to hear it for as long as a node may be silent: see <see cref="Listening"/>.
/// </summary>
internal sealed partial class NodeWatch(Database database, Journal journal, TimeProvider time, ILogger<NodeWatch> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    /// <summary>After a look that was later than this, nobody can say who was heard meanwhile.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(8);

    private readonly Dictionary<(string App, string Environment), string> _told = [];
    private readonly SemaphoreSlim _hurry = new(0, 1);
    private readonly Listening _listening = new(time);
    private long? _looked;

    /// <summary>Looks at once.</summary>
    public void Hurry()
    {
        try
        {
            _hurry.Release();
        }
        catch (SemaphoreFullException)
        {
            // It looks at once already.
        }
    }

    public override void Dispose()
    {
        _hurry.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(stoppingToken);
                await _hurry.WaitAsync(LookEvery, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is JournalUnavailableException or DbException or Problems.RequestRefusedException or System.Text.Json.JsonException)
            {
                _looked = null;
                LogFailed(e);
                await Task.Delay(LookEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    internal async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        if (_looked is not { } looked || time.GetElapsedTime(looked, now) > Gap) _listening.BeginAnew();
        _looked = now;
        if (_listening.HasLasted(NodeRegistry.LostAfter)) await MarkLostAsync(cancellationToken);
        await LookAsync(cancellationToken);
    }

    /// <summary>Whoever was not heard of for too long is lost from now on; its next heartbeat takes that back.</summary>
    internal async Task MarkLostAsync(CancellationToken cancellationToken)
    {
        const string Silent = "lost_at is null and seen_at < @heard";
        await using var connection = await database.OpenAsync(cancellationToken);
        var now = await database.NowAsync(connection, time);
        var heard = now - NodeRegistry.LostAfter;
        if (await connection.QueryFirstOrDefaultAsync<string>($"select name from nodes where {Silent} limit 1", new { heard }) is null) return;
        foreach (var node in await connection.QueryAsync<string>($"update nodes set lost_at = @now where {Silent} returning name", new { now, heard })) LogLost(node, NodeRegistry.LostAfter.TotalSeconds);
    }

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        if (!await HasWorkAsync(cancellationToken))
        {
            _told.Clear();
            return;
        }

        var outcomes = await journal.WriteAsync(transaction =>
        {
            LostInstances.Follow(transaction);
            return Moves.Begin(transaction);
        }, cancellationToken);
        foreach (var (departure, outcome) in outcomes)
        {
            var key = (departure.AppId, departure.Environment);
            if (_told.GetValueOrDefault(key) == outcome) continue;
            _told[key] = outcome;
            LogOutcome(departure.Reason, departure.Instances.Count, departure.AppId, departure.Environment, outcome);
        }
    }

    /// <summary>Asks without waiting for the journal's turn; nearly always there is nothing.</summary>
    private async Task<bool> HasWorkAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QueryFirstOrDefaultAsync<string>(
            """
            select i.id from instances i join nodes n on n.name = i.node
            where i.state = @routed and (n.draining or n.lost_at is not null or i.lost_at is not null) limit 1
            """,
            new { routed = (int)InstanceRowState.Routed }) is not null;
    }

    [LoggerMessage(LogLevel.Warning, "Node {Node} was not heard of for {Seconds} seconds and counts as lost until it is")]
    private partial void LogLost(string node, double seconds);

    [LoggerMessage(LogLevel.Warning, "{Reason} {Instances} instances of {App} in {Environment}: {Outcome}")]
    private partial void LogOutcome(string reason, int instances, string app, string environment, string outcome);

    [LoggerMessage(LogLevel.Error, "It could not be looked after instances on nodes that are drained or lost; it is tried again")]
    private partial void LogFailed(Exception e);
}
