using System.Text;
using Boreas.Contracts.Agents;

namespace Boreas.Agent.Logs;

/// <summary>
/// One growing file of lines, read from a position on. A file that became shorter was turned over: reading goes on at its
/// start. A line longer than 16 KiB is cut, bytes that are not UTF-8 become U+FFFD.
/// </summary>
/// <param name="parse">Line and the position of its end to a log line; null drops it.</param>
internal sealed class LogFile(string path, Func<string, long, InstanceLogLine?> parse)
{
    private const int LongestLine = 16 * 1024;
    private const int TailBytes = 256 * 1024;

    private readonly List<byte> _open = [];
    private long _position;

    public string OldPath { get; } = path + ".1";

    /// <summary>Reads the last lines (at most 256 KiB of them), and sets the position behind them.</summary>
    public IReadOnlyList<InstanceLogLine> Tail(int lines)
    {
        var length = Length();
        _position = Math.Max(0, length - TailBytes);
        var cut = _position > 0;
        var found = Read();
        if (cut && found.Count > 0) found.RemoveAt(0);
        if (found.Count < lines && !cut && File.Exists(OldPath)) found.InsertRange(0, new LogFile(OldPath, parse).Tail(lines - found.Count));
        return found.Count > lines ? found[^lines..] : found;
    }

    /// <summary>The complete lines since the last read.</summary>
    public List<InstanceLogLine> Read()
    {
        var lines = new List<InstanceLogLine>();
        var length = Length();
        if (length < _position)
        {
            _position = 0;
            _open.Clear();
        }

        if (length == _position) return lines;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = _position;
        var buffer = new byte[32 * 1024];
        int read;
        while (_position < length && (read = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, length - _position))) > 0)
        {
            for (var i = 0; i < read; i++)
            {
                if (buffer[i] == (byte)'\n') Emit(_position + i + 1);
                else if (_open.Count < LongestLine) _open.Add(buffer[i]);
            }

            _position += read;
        }

        return lines;

        void Emit(long end)
        {
            var text = Encoding.UTF8.GetString([.. _open]).TrimEnd('\r');
            _open.Clear();
            if (parse(text, end) is { } line) lines.Add(line);
        }
    }

    private long Length() => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
