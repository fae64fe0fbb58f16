namespace Boreas.Agent.Logs;

/// <summary>
/// When a file of plain lines grew. A process that outlives the agent writes its output to a file by itself, so nobody
/// stamps the lines; the agent notes the length a few times a second, and a line is as old as the first note beyond it.
/// </summary>
internal sealed class LogMarks
{
    private const int Most = 4096;

    private readonly Lock _gate = new();
    private readonly List<(long Length, DateTimeOffset At)> _marks = [];

    public void Note(long length, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_marks.Count > 0 && length < _marks[^1].Length) _marks.Clear();
            if (length == 0 || (_marks.Count > 0 && length == _marks[^1].Length)) return;
            if (_marks.Count == Most) _marks.RemoveRange(0, Most / 2);
            _marks.Add((length, now));
        }
    }

    /// <summary>When the byte before <paramref name="end"/> was first seen; null when that was not noted.</summary>
    public DateTimeOffset? SeenAt(long end)
    {
        lock (_gate)
        {
            if (_marks.Count == 0 || end > _marks[^1].Length) return null;
            var (low, high) = (0, _marks.Count - 1);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (_marks[middle].Length >= end) high = middle;
                else low = middle + 1;
            }

            return _marks[low].At;
        }
    }
}
