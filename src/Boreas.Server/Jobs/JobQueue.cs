using Boreas.Engine.Runs;

namespace Boreas.Server.Jobs;

/// <summary>
/// The tasks that a runner could take, oldest first, grouped by the labels that they ask for. Entries are not removed
/// when a task's state changes: one that cannot be claimed any more is dropped when it is met. Belongs to the journal's
/// writer.
/// </summary>
internal sealed class JobQueue
{
    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Entry, DateTimeOffset> _later = new();
    private long _arrivals;

    /// <summary>When the next task's moment comes.</summary>
    public DateTimeOffset? NextDue => _later.TryPeek(out _, out var due) ? due : null;

    /// <summary>Whether some task may be claimed at <paramref name="now"/>.</summary>
    public bool MayHave(DateTimeOffset now) => NextDue <= now || _groups.Values.Any(g => g.Entries.Count > 0);

    public void Offer(Run run, RunTask task)
    {
        var entry = new Entry(run, task, task.Epoch, ++_arrivals);
        if (task.NotBefore is { } notBefore) _later.Enqueue(entry, notBefore);
        else Enqueue(entry);
    }

    /// <summary>Takes the oldest task whose labels are all among <paramref name="labels"/>.</summary>
    public (Run Run, RunTask Task)? TryTake(IReadOnlySet<string> labels, DateTimeOffset now)
    {
        while (_later.TryPeek(out var entry, out var due) && due <= now) Enqueue(_later.Dequeue());
        Group? oldest = null;
        foreach (var group in _groups.Values)
        {
            while (group.Entries.TryPeek(out var head) && !head.IsCurrent(now)) PutBack(group.Entries.Dequeue());
            if (group.Entries.Count == 0 || !group.Labels.IsSubsetOf(labels)) continue;
            if (oldest is null || group.Entries.Peek().Arrival < oldest.Entries.Peek().Arrival) oldest = group;
        }

        if (oldest is null) return null;
        var taken = oldest.Entries.Dequeue();
        return (taken.Run, taken.Task);
    }

    public void Clear()
    {
        _groups.Clear();
        _later.Clear();
    }

    /// <summary>An entry that is not current is dropped, unless only its moment is ahead again: clocks are set back.</summary>
    private void PutBack(Entry entry)
    {
        if (entry.IsCurrent(DateTimeOffset.MaxValue)) _later.Enqueue(entry, entry.Task.NotBefore!.Value);
    }

    private void Enqueue(Entry entry)
    {
        var labels = entry.Task.Spec.Labels ?? [];
        var key = labels.Count == 0 ? "" : string.Join('\n', labels.Order(StringComparer.Ordinal));
        if (!_groups.TryGetValue(key, out var group)) _groups.Add(key, group = new Group(labels.ToHashSet(StringComparer.Ordinal), new Queue<Entry>()));
        group.Entries.Enqueue(entry);
    }

    private sealed record Group(HashSet<string> Labels, Queue<Entry> Entries);

    private readonly record struct Entry(Run Run, RunTask Task, long Epoch, long Arrival)
    {
        public bool IsCurrent(DateTimeOffset now) => Task.Epoch == Epoch && Run.IsClaimable(Task, now);
    }
}
