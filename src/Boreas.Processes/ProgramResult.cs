namespace Boreas.Processes;

/// <summary>One line that a program wrote, without its line end.</summary>
public readonly record struct ProgramLine(bool IsError, string Text);

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">128 + signal when a signal ended it.</param>
/// <param name="TimedOut">It was killed because <see cref="ProgramStart.Timeout"/> was over.</param>
/// <param name="Output">The end of its standard output.</param>
/// <param name="ErrorTail">The end of its standard error.</param>
public sealed record ProgramResult(int ExitCode, bool TimedOut, string Output, string ErrorTail, TimeSpan Duration)
{
    public bool Succeeded => ExitCode == 0 && !TimedOut;
}

/// <summary>The end of a text, at most <paramref name="limit"/> characters.</summary>
internal sealed class Tail(int limit)
{
    private readonly Queue<string> _lines = new();
    private int _length;

    public void Add(string line)
    {
        lock (_lines)
        {
            _lines.Enqueue(line);
            _length += line.Length + 1;
            while (_length > limit && _lines.Count > 1) _length -= _lines.Dequeue().Length + 1;
        }
    }

    public override string ToString()
    {
        lock (_lines) return string.Join('\n', _lines);
    }
}
