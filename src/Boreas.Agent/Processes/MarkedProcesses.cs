using System.Globalization;
using System.Text;
using Boreas.Agent.Instances;
using Boreas.Processes;

namespace Boreas.Agent.Processes;

/// <summary>A living process of an instance, and the session that it is in.</summary>
internal readonly record struct MarkedProcess(string Instance, ProcessIdentity Process, ProcessIdentity Session)
{
    /// <summary>What the agent starts itself leads a session; what an app starts mostly does not.</summary>
    public bool LeadsSession => Process.Pid == Session.Pid;
}

/// <summary>
/// Finds what this agent started by the marks in each process's environment: true whatever was or was not written down,
/// and inherited by everything that an app starts, also in other sessions. Programs that overwrite their environment to
/// show a title are not found this way, so who knows a leader from the record asks for its session too.
/// </summary>
internal static class MarkedProcesses
{
    public static IReadOnlyList<MarkedProcess> Find(string agentId)
    {
        var (agentMark, instanceMark) = (AppEnvironment.AgentMark + "=" + agentId, AppEnvironment.InstanceMark + "=");
        var found = new List<MarkedProcess>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(folder.AsSpan("/proc/".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) continue;
            var variables = Read(folder + "/environ").Split('\0');
            if (!variables.Contains(agentMark, StringComparer.Ordinal)) continue;
            if (Array.Find(variables, variable => variable.StartsWith(instanceMark, StringComparison.Ordinal)) is not { } mark) continue;
            if (ProcessTable.Identify(pid) is { } process && ProcessTable.IsAlive(process) && SessionOf(pid) is { } session)
                found.Add(new MarkedProcess(mark[instanceMark.Length..], process, session));
        }

        return found;
    }

    /// <summary>A leader that is gone still names its session; its start is then any.</summary>
    private static ProcessIdentity? SessionOf(int pid)
    {
        var stat = Read($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 4) return null;
        var session = int.Parse(fields[3], CultureInfo.InvariantCulture);
        return session == 0 ? null : ProcessTable.Identify(session) ?? new ProcessIdentity(session, 0);
    }

    private static string Read(string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
