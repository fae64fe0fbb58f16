using System.Globalization;

namespace Boreas.Agent.Containers;

/// <summary>TCP ports that are listened on in a container's own network, read through any of its processes.</summary>
internal static class NamespaceSockets
{
    private const string Listen = "0A";

    public static IReadOnlyList<int> Listening(int pid)
    {
        var ports = new SortedSet<int>();
        foreach (var table in (string[])["tcp", "tcp6"])
        {
            foreach (var line in Lines($"/proc/{pid}/net/{table}").Skip(1))
            {
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length > 3 && fields[3] == Listen) ports.Add(int.Parse(fields[1].AsSpan(fields[1].LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            }
        }

        return [.. ports];
    }

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
