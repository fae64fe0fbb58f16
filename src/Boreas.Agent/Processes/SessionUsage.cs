using System.Globalization;

namespace Boreas.Agent.Processes;

/// <summary>Processes and memory of every session on the node, by one look at <c>/proc</c> that all instances share for half a second.</summary>
internal sealed class SessionUsage(TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private Dictionary<int, (int Processes, long Bytes)> _sessions = [];
    private DateTimeOffset _seen = DateTimeOffset.MinValue;

    public (int Processes, long Bytes) Of(int session)
    {
        lock (_gate)
        {
            if (time.GetUtcNow() - _seen > Fresh) (_sessions, _seen) = (Look(), time.GetUtcNow());
            return _sessions.GetValueOrDefault(session);
        }
    }

    private static Dictionary<int, (int Processes, long Bytes)> Look()
    {
        var sessions = new Dictionary<int, (int Processes, long Bytes)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsAsciiDigit(folder["/proc/".Length]) || Fields(folder) is not [var state, _, _, var sessionText, ..] fields || fields.Length < 22 || state == "Z") continue;
            var session = int.Parse(sessionText, CultureInfo.InvariantCulture);
            var (processes, bytes) = sessions.GetValueOrDefault(session);
            sessions[session] = (processes + 1, bytes + (long.Parse(fields[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize));
        }

        return sessions;
    }

    /// <summary>The fields of proc(5) stat after the program's name: state, parent, group, session … resident pages.</summary>
    private static string[] Fields(string folder)
    {
        try
        {
            var stat = File.ReadAllText(folder + "/stat");
            return stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
