using System.Globalization;

namespace Boreas.Processes;

/// <summary>One line of <c>/proc/{pid}/stat</c>, see proc(5).</summary>
internal readonly record struct ProcessStat(int Pid, char State, int Parent, int Group, int Session, int Threads, long StartTicks)
{
    /// <summary>A first thread that has ended is a zombie while others still run; the process has ended with the last one.</summary>
    public bool Ended => State is 'X' or 'x' || (State == 'Z' && Threads <= 1);

    /// <summary>Null when there is no such process.</summary>
    public static ProcessStat? Read(int pid)
    {
        try
        {
            return pid > 0 ? Parse(pid, File.ReadAllText($"/proc/{pid}/stat")) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static IEnumerable<ProcessStat> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(folder.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Read(pid) is { } stat) yield return stat;
        }
    }

    public static long ResidentBytes(int pid)
    {
        try
        {
            return long.Parse(File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static ProcessStat? Parse(int pid, string line)
    {
        // The name of the program stands in parentheses and may hold blanks and parentheses itself.
        var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        return fields.Length < 20 ? null : new(pid, fields[0][0], Number(1), Number(2), Number(3), Number(17), long.Parse(fields[19], CultureInfo.InvariantCulture));

        int Number(int index) => int.Parse(fields[index], CultureInfo.InvariantCulture);
    }
}
