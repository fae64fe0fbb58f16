using System.Globalization;

namespace Boreas.Processes;

/// <summary>Which processes accept TCP connections where: sockets in state LISTEN joined with open descriptors by inode.</summary>
internal static class ListeningSockets
{
    private const string Listen = "0A";

    public static IReadOnlyList<int> PortsOf(IReadOnlyList<int> pids)
    {
        var ports = new SortedSet<int>();
        foreach (var pid in pids)
        {
            var inodes = SocketInodes(pid);
            if (inodes.Count == 0) continue;
            foreach (var (inode, port) in Listening(pid).Where(entry => inodes.Contains(entry.Inode))) ports.Add(port);
        }

        return [.. ports];
    }

    private static HashSet<string> SocketInodes(int pid)
    {
        var inodes = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (var descriptor in new DirectoryInfo($"/proc/{pid}/fd").EnumerateFileSystemInfos())
            {
                if (descriptor.LinkTarget is { } target && target.StartsWith("socket:[", StringComparison.Ordinal)) inodes.Add(target[8..^1]);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended while we looked.
        }

        return inodes;
    }

    private static IEnumerable<(string Inode, int Port)> Listening(int pid) =>
        ((string[])["tcp", "tcp6"]).SelectMany(table => Lines($"/proc/{pid}/net/{table}").Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == Listen)
            .Select(fields => (fields[9], int.Parse(fields[1].AsSpan(fields[1].LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
