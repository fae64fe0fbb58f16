using Dapper;

namespace Boreas.Server.Storage;

/// <summary>
/// Recorded events from any sequence number on, in order, without a gap: the newest from memory, older ones from the
/// database. Readers are woken when more were recorded; asking again is what guarantees that none is missed.
/// </summary>
public sealed class EventTail(Database database)
{
    private const int Kept = 8192;
    private const int PageSize = 500;

    private readonly Lock _lock = new();
    private readonly Queue<RecordedEvent> _recent = new();
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Sequence of the last recorded event that this process knows.</summary>
    public long Sequence { get; private set; }

    /// <summary>Up to 500 events after <paramref name="after"/>, waiting at most <paramref name="wait"/> for the first.</summary>
    public async Task<IReadOnlyList<RecordedEvent>> ReadAsync(long after, TimeSpan wait, CancellationToken cancellationToken)
    {
        Task more;
        lock (_lock)
        {
            if (after < Sequence && _recent.TryPeek(out var oldest) && oldest.Sequence <= after + 1)
                return [.. _recent.Where(e => e.Sequence > after).Take(PageSize)];
            more = _more.Task;
        }

        if (after < Sequence)
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            var rows = await connection.QueryAsync<EventRow>(
                "select sequence, stream, version, name, at, data from events where sequence > @after order by sequence limit @PageSize", new { after, PageSize });
            return [.. rows.Select(r => r.ToEvent())];
        }

        if (wait <= TimeSpan.Zero) return [];
        try
        {
            await more.WaitAsync(wait, cancellationToken);
        }
        catch (TimeoutException)
        {
            return [];
        }

        return await ReadAsync(after, TimeSpan.Zero, cancellationToken);
    }

    /// <summary>
    /// The journal now ends at <paramref name="sequence"/>. When that is news, readers get what they missed from the
    /// database: it was recorded by another control plane, or by a commit whose answer never came.
    /// </summary>
    internal void Start(long sequence)
    {
        TaskCompletionSource woken;
        lock (_lock)
        {
            if (sequence == Sequence) return;
            _recent.Clear();
            Sequence = sequence;
            (woken, _more) = (_more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        woken.TrySetResult();
    }

    internal void Publish(IReadOnlyList<RecordedEvent> events)
    {
        if (events.Count == 0) return;
        TaskCompletionSource woken;
        lock (_lock)
        {
            foreach (var e in events)
            {
                _recent.Enqueue(e);
                if (_recent.Count > Kept) _recent.Dequeue();
            }

            Sequence = events[^1].Sequence;
            (woken, _more) = (_more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        woken.TrySetResult();
    }
}
