using System.Globalization;
using Boreas.Processes;

namespace Boreas.Scenarios.World;

/// <summary>Asks the machine, not Boreas, what runs inside a folder.</summary>
internal static class ProcessesIn
{
    /// <summary>Living processes whose working directory is inside <paramref name="folder"/>, with that directory.</summary>
    public static IReadOnlyList<(ProcessIdentity Process, string Folder)> Folder(string folder)
    {
        var found = new List<(ProcessIdentity, string)>();
        foreach (var entry in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) continue;
            try
            {
                if (File.ResolveLinkTarget(entry + "/cwd", returnFinalTarget: false)?.FullName is not { } at || !at.StartsWith(folder + "/", StringComparison.Ordinal)) continue;
                if (ProcessTable.Identify(pid) is { } process && ProcessTable.IsAlive(process)) found.Add((process, at));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended between the two looks.
            }
        }

        return found;
    }

    /// <summary>Ids of the instances that have a process on the node with this data folder, once per process.</summary>
    public static IReadOnlyList<string> InstancesOf(string agentFolder)
    {
        var instances = Path.Combine(agentFolder, "instances");
        return [.. Folder(instances).Select(p => p.Folder[(instances.Length + 1)..].Split('/')[0]).Order(StringComparer.Ordinal)];
    }

    public static void Kill(string folder)
    {
        foreach (var (process, _) in Folder(folder)) ProcessTable.Kill(process);
    }
}
