using System.Collections.Concurrent;
using System.Text.Json;
using Boreas.Contracts.Fleet;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Runs;
using Boreas.Server.Access;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Runners;

/// <summary>
/// Which runners there are. It is kept beside the journal, not in it: that a runner asked for work is worth a row now
/// and then, and nothing is decided by it.
/// </summary>
public sealed class RunnerRegistry(Database database, TimeProvider time)
{
    /// <summary>A runner asks at least every 30 s; one that was not heard of for longer than this is lost.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _written = new(StringComparer.Ordinal);

    public async Task SeenAsync(ClaimRequest claim, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_written.TryGetValue(claim.Runner, out var last) && now - last < WriteEvery) return;
        _written[claim.Runner] = now;
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(
            """
            insert into runners (name, labels, capacity, version, seen_at) values (@Runner, @labels, @Capacity, @Version, @now)
            on conflict (name) do update set labels = excluded.labels, capacity = excluded.capacity, version = excluded.version, seen_at = excluded.seen_at
            """,
            new { claim.Runner, labels = JsonSerializer.Serialize(claim.Labels), claim.Capacity, claim.Version, now });
    }

    /// <summary>Labels of each runner that is online, for 'why is it waiting?'.</summary>
    public async Task<IReadOnlyList<IReadOnlyCollection<string>>> OnlineLabelsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var labels = await connection.QueryAsync<string>("select labels from runners where seen_at > @since", new { since = time.GetUtcNow() - LostAfter });
        return [.. labels.Select(l => JsonSerializer.Deserialize<List<string>>(l) ?? [])];
    }

    internal async Task<IReadOnlyList<RunnerInfo>> ListAsync(Scope scope, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var now = time.GetUtcNow();
        var rows = (await connection.QueryAsync<RunnerRow>("select name, labels, capacity, version, seen_at from runners where seen_at > @since order by name", new { since = now - TimeSpan.FromDays(7) })).ToList();
        var jobs = (await connection.QueryAsync<JobRow>(
            "select t.run_id, t.id as task_id, t.app_id, t.attempt, t.runner, t.started_at, t.lease_expires_at, t.executor = @watch as watches from tasks t join runs r on r.id = t.run_id where r.active and t.status = @running and (@All or r.project in @Projects)",
            new { running = (int)RunTaskStatus.Running, watch = ExecutorNames.Watch, scope.All, scope.Projects })).ToLookup(j => j.Runner, StringComparer.Ordinal);
        return [.. rows.Select(r => new RunnerInfo(
            r.Name,
            JsonSerializer.Deserialize<List<string>>(r.Labels) ?? [],
            r.Capacity,
            r.Version,
            now - r.SeenAt < LostAfter || jobs[r.Name].Any(j => j.LeaseExpiresAt > now) ? "online" : "lost",
            r.SeenAt,
            [.. jobs[r.Name].Select(j => new RunnerJob($"{j.RunId}.{j.TaskId}.{j.Attempt}", j.RunId, j.TaskId, j.AppId, j.StartedAt ?? now, j.LeaseExpiresAt ?? now, j.Watches))]))];
    }

    private sealed class RunnerRow
    {
        public string Name { get; init; } = "";

        public string Labels { get; init; } = "[]";

        public int Capacity { get; init; }

        public string? Version { get; init; }

        public DateTimeOffset SeenAt { get; init; }
    }

    private sealed class JobRow
    {
        public string RunId { get; init; } = "";

        public string TaskId { get; init; } = "";

        public string? AppId { get; init; }

        public int Attempt { get; init; }

        public string Runner { get; init; } = "";

        public DateTimeOffset? StartedAt { get; init; }

        public DateTimeOffset? LeaseExpiresAt { get; init; }

        public bool Watches { get; init; }
    }
}
