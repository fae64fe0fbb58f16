using System.Data.Common;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Fleet;
using Boreas.Contracts.Gateways;
using Boreas.Contracts.Jobs;
using Boreas.Server.Operations;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Routes;

/// <summary>
/// Which gateways there are, which version of the routes each serves, and what is still in flight on instances that
/// are no longer routed to. A gateway that this process could not hear, because it was not there or its clock was set,
/// is waited for all the same: it may send requests by an old table. Written when one of these changed, else every five seconds; what is counted beside them comes once a second.
/// </summary>
public sealed class GatewayRegistry(Database database, TimeProvider time)
{
    /// <summary>A gateway reports every second; one that is silent for longer does not hold up a switch.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(250);
    private readonly Listening _listening = new(time);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Content, DateTimeOffset At)> _written = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task ReportedAsync(GatewayStatus status, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // A switch waits for the version, a drain for the requests in flight; a canary is judged by the counts.
        var counts = status.Instances.OrderBy(i => i.InstanceId, StringComparer.Ordinal).Select(i => $"{i.InstanceId}={(i.Routed ? "" : i.InFlight)}/{i.Requests}/{i.Errors}");
        var content = $"{status.Version} {string.Join(' ', counts)}";
        lock (_lock)
        {
            if (_written.TryGetValue(status.Gateway, out var last) && last.Content == content && now - last.At < WriteEvery) return;
            _written[status.Gateway] = (content, now);
        }

        await using (var connection = await database.OpenAsync(cancellationToken))
        {
            await connection.ExecuteAsync(
                """
                insert into gateways (name, version, traffic, seen_at) values (@Gateway, @Version, @traffic, @now)
                on conflict (name) do update set version = excluded.version, traffic = excluded.traffic, seen_at = excluded.seen_at
                """,
                new { status.Gateway, status.Version, traffic = JsonSerializer.Serialize(status.Instances, BoreasJson.Options), now });
        }

        TaskCompletionSource woken;
        lock (_lock) (woken, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        woken.TrySetResult();
    }

    /// <summary>How far the gateways are with <paramref name="version"/>, as soon as all have it or after <paramref name="wait"/>.</summary>
    public async Task<RouteStatus> StatusAsync(long version, TimeSpan wait, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            Task changed;
            lock (_lock) changed = _changed.Task;
            var status = await ReadAsync(version, cancellationToken);
            var left = wait - time.GetElapsedTime(started);
            if (status.Confirmed || left <= TimeSpan.Zero) return status;
            try
            {
                await changed.WaitAsync(left < AskAgainAfter ? left : AskAgainAfter, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // A gateway may have reported to another control plane: ask the database again.
            }
        }
    }

    public async Task<IReadOnlyList<GatewayInfo>> ListAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return [.. (await RowsAsync(cancellationToken)).Select(g => new GatewayInfo(g.Name, g.Version, !g.IsSilent(now), g.SeenAt))];
    }

    /// <summary>What the gateways that are alive counted of these instances, one entry each, since each gateway started.</summary>
    public async Task<IReadOnlyList<InstanceTraffic>> TrafficAsync(IReadOnlySet<string> instances, CancellationToken cancellationToken)
    {
        return [.. (await AliveAsync(cancellationToken))
            .SelectMany(g => JsonSerializer.Deserialize<List<InstanceTraffic>>(g.Traffic, BoreasJson.Options) ?? [])
            .Where(i => instances.Contains(i.InstanceId))
            .GroupBy(i => i.InstanceId, StringComparer.Ordinal)
            .Select(g => new InstanceTraffic(g.Key, g.Any(i => i.Routed), g.Sum(i => i.InFlight), g.Sum(i => i.Requests), g.Sum(i => i.Errors), Sum([.. g.Select(i => i.LatencyMilliseconds)])))];
    }

    /// <summary>Of instances that left the routes, with the moment, those that no request is on its way to: each gateway that lived then serves by the newest routes and has none in flight there.</summary>
    internal async Task<IReadOnlySet<string>> DrainedAsync(DbConnection connection, IReadOnlyCollection<(string Id, DateTimeOffset Left)> instances)
    {
        var judgesLoss = _listening.HasLasted(LostAfter);
        var newest = await connection.QuerySingleAsync<long>("select routes_version from journal_head");
        var gateways = (await RowsAsync(connection)).Select(g => (Row: g, InFlight: InFlight([g]))).ToList();
        return instances.Where(instance =>
        {
            var living = gateways.Where(g => !judgesLoss || !g.Row.IsSilent(instance.Left)).ToList();
            return living.Count > 0 && living.TrueForAll(g => g.Row.Version >= newest && g.InFlight.GetValueOrDefault(instance.Id) == 0);
        }).Select(instance => instance.Id).ToHashSet(StringComparer.Ordinal);
    }

    private static IReadOnlyList<long> Sum(IReadOnlyList<IReadOnlyList<long>> counts) =>
        [.. Enumerable.Range(0, counts.Max(c => c.Count)).Select(bucket => counts.Sum(c => c.ElementAtOrDefault(bucket)))];

    private async Task<RouteStatus> ReadAsync(long version, CancellationToken cancellationToken)
    {
        var alive = await AliveAsync(cancellationToken);
        var waitingFor = alive.Where(g => g.Version < version).Select(g => g.Name).ToList();
        return new RouteStatus(version, waitingFor.Count == 0, waitingFor, InFlight(alive));
    }

    private async Task<List<GatewayRow>> AliveAsync(CancellationToken cancellationToken)
    {
        var judgesLoss = _listening.HasLasted(LostAfter);
        var now = time.GetUtcNow();
        return [.. (await RowsAsync(cancellationToken)).Where(g => !judgesLoss || !g.IsSilent(now))];
    }

    /// <summary>Requests that are under way to instances that are not routed to any more.</summary>
    private static Dictionary<string, int> InFlight(IEnumerable<GatewayRow> gateways) => gateways
        .SelectMany(g => JsonSerializer.Deserialize<List<InstanceTraffic>>(g.Traffic, BoreasJson.Options) ?? [])
        .Where(i => !i.Routed)
        .GroupBy(i => i.InstanceId, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.Sum(i => i.InFlight), StringComparer.Ordinal);

    private async Task<IEnumerable<GatewayRow>> RowsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await RowsAsync(connection);
    }

    private static Task<IEnumerable<GatewayRow>> RowsAsync(DbConnection connection) =>
        connection.QueryAsync<GatewayRow>("select name, version, traffic, seen_at from gateways order by name");

    private sealed class GatewayRow
    {
        public string Name { get; init; } = "";

        public long Version { get; init; }

        public string Traffic { get; init; } = "[]";

        public DateTimeOffset SeenAt { get; init; }

        public bool IsSilent(DateTimeOffset now) => now - SeenAt >= LostAfter;
    }
}
