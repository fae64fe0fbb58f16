using Boreas.Contracts.Gateways;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Routes;

/// <summary>The route table as gateways get it, and the wait for a newer one.</summary>
public sealed class RouteTables : IDisposable
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);
    private readonly Database _database;
    private readonly Journal _journal;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RouteTables(Database database, Journal journal, TimeProvider time)
    {
        (_database, _journal, _time) = (database, journal, time);
        journal.RoutesChanged += Wake;
    }

    /// <summary><c>/runtime/{appId}</c> in the default environment, <c>/runtime/{appId}.{environment}</c> in the others; neither name can hold a dot.</summary>
    public static string PrefixOf(string appId, string environment, bool isDefault) => isDefault ? $"/runtime/{appId}" : $"/runtime/{appId}.{environment}";

    /// <summary>The table when its version is another than <paramref name="known"/>, else null after <paramref name="wait"/>.</summary>
    public async Task<RouteTable?> NewerAsync(long known, TimeSpan wait, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            Task changed;
            lock (_lock) changed = _changed.Task;
            if (await VersionAsync(cancellationToken) != known) return await ReadAsync(cancellationToken);
            var left = wait - _time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) return null;
            try
            {
                await changed.WaitAsync(left < AskAgainAfter ? left : AskAgainAfter, _time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Another control plane may have changed the routes: ask the database again.
            }
        }
    }

    public async Task<RouteTable> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenAsync(cancellationToken);
        // One statement sees one state: the version and the rows belong together.
        var rows = (await connection.QueryAsync<VersionedRoute>(
            "select h.routes_version, r.app_id, r.environment, r.prefix, r.targets, a.sticky_sessions from journal_head h left join routes r on true left join apps a on a.id = r.app_id order by r.prefix")).ToList();
        return new RouteTable(rows[0].RoutesVersion, [.. rows.Where(r => r.AppId is not null).Select(r => new AppRoute(r.AppId!, r.Environment, r.Prefix, RouteRow.ReadTargets(r.Targets), r.StickySessions == true))]);
    }

    public void Dispose() => _journal.RoutesChanged -= Wake;

    private async Task<long> VersionAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenAsync(cancellationToken);
        return await connection.QuerySingleAsync<long>("select routes_version from journal_head");
    }

    private void Wake(long version)
    {
        TaskCompletionSource woken;
        lock (_lock) (woken, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        woken.TrySetResult();
    }

    private sealed class VersionedRoute
    {
        public long RoutesVersion { get; init; }

        public string? AppId { get; init; }

        public string Environment { get; init; } = "";

        public string Prefix { get; init; } = "";

        public string Targets { get; init; } = "[]";

        public bool? StickySessions { get; init; }
    }
}
