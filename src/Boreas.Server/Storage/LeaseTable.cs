using Boreas.Engine.Runs;

namespace Boreas.Server.Storage;

/// <summary>
/// When to look whether a runner has gone silent. The row of the task is authoritative, because a heartbeat may have
/// reached another control plane; what is here only says when to look.
/// </summary>
internal sealed class LeaseTable
{
    private readonly PriorityQueue<(string RunId, int Task, long Epoch), DateTimeOffset> _due = new();
    private readonly Dictionary<(string RunId, int Task), (long Epoch, DateTimeOffset Until)> _until = [];

    public DateTimeOffset? NextDue => _due.TryPeek(out _, out var due) ? due : null;

    public DateTimeOffset? UntilOf(string runId, RunTask task) =>
        _until.TryGetValue((runId, task.Index), out var lease) && lease.Epoch == task.Epoch ? lease.Until : null;

    public void Extend(string runId, RunTask task, DateTimeOffset until)
    {
        var known = _until.TryGetValue((runId, task.Index), out var lease) && lease.Epoch == task.Epoch;
        _until[(runId, task.Index)] = (task.Epoch, until);
        if (!known) _due.Enqueue((runId, task.Index, task.Epoch), until);
    }

    public void Forget(string runId, RunTask task) => _until.Remove((runId, task.Index));

    /// <summary>Leases that seem to have ended, taken out of the table.</summary>
    public IEnumerable<(string RunId, int Task, long Epoch)> TakeDue(DateTimeOffset now)
    {
        while (_due.TryPeek(out var lease, out var due) && due <= now)
        {
            _due.Dequeue();
            if (!_until.TryGetValue((lease.RunId, lease.Task), out var known) || known.Epoch != lease.Epoch) continue;
            if (known.Until > now)
            {
                _due.Enqueue(lease, known.Until);
                continue;
            }

            _until.Remove((lease.RunId, lease.Task));
            yield return lease;
        }
    }

    public void Clear()
    {
        _due.Clear();
        _until.Clear();
    }
}
