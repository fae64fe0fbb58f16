using System.Globalization;
using Boreas.Processes.Native;

namespace Boreas.Processes;

/// <summary>A process on this machine. Numbers are used again; number and start time together are not.</summary>
/// <param name="StartTicks">Clock ticks between the start of the machine and that of the process.</param>
public readonly record struct ProcessIdentity(int Pid, long StartTicks);

/// <summary>What <c>/proc</c> says about processes. Zombies count as ended everywhere.</summary>
public static class ProcessTable
{
    /// <summary>The process that has this number now, also when it is a zombie; null when there is none.</summary>
    public static ProcessIdentity? Identify(int pid) => ProcessStat.Read(pid) is { } stat ? new(pid, stat.StartTicks) : null;

    public static bool IsAlive(ProcessIdentity process) => ProcessStat.Read(process.Pid) is { Ended: false } stat && stat.StartTicks == process.StartTicks;

    /// <summary>All living processes of the session or process group that <paramref name="leader"/> leads or led.</summary>
    public static IReadOnlyList<int> Members(ProcessIdentity leader)
    {
        // A foreign process with the leader's number proves that the group is gone: the number was free to be taken.
        if (ProcessStat.Read(leader.Pid) is { } now && now.StartTicks != leader.StartTicks) return [];
        return [.. ProcessStat.All()
            .Where(stat => !stat.Ended && (stat.Session == leader.Pid || stat.Group == leader.Pid) && stat.StartTicks >= leader.StartTicks)
            .Select(stat => stat.Pid)];
    }

    /// <summary>Bytes of memory that the members hold.</summary>
    public static long ResidentBytes(ProcessIdentity leader) => Members(leader).Sum(ProcessStat.ResidentBytes);

    /// <summary>TCP ports on which the members accept connections, ascending.</summary>
    public static IReadOnlyList<int> ListeningPorts(ProcessIdentity leader) => ListeningSockets.PortsOf(Members(leader));

    /// <summary>Sends SIGTERM to the group; false when nothing of it runs.</summary>
    public static bool Terminate(ProcessIdentity leader) => Signal(leader, Libc.SigTerm);

    /// <summary>Sends SIGKILL to the group; false when nothing of it runs.</summary>
    public static bool Kill(ProcessIdentity leader) => Signal(leader, Libc.SigKill);

    /// <summary>Any signal, by its number on Linux, to every member.</summary>
    public static bool Signal(ProcessIdentity leader, int signal)
    {
        var members = Members(leader);
        if (members.Count == 0) return false;

        // The group at once, because a member may be starting another one now; then those that left it within the session.
        // The leader's number cannot have been given away: it stays taken while a group or session has it.
        _ = Libc.Kill(-leader.Pid, signal);
        foreach (var pid in members.Where(pid => ProcessStat.Read(pid) is { } stat && stat.Group != leader.Pid && stat.Session == leader.Pid)) _ = Libc.Kill(pid, signal);
        return true;
    }

    /// <summary>The exit code (128 + signal) of a child of ours that has ended, once; null when it runs or is not our child.</summary>
    public static int? Reap(int pid) =>
        pid > 0 && Libc.WaitPid(pid, out var status, Libc.WaitNoHang) == pid ? Libc.ExitCode(status) : null;

    /// <summary>When the process started, on the wall clock; null when it is gone.</summary>
    public static DateTimeOffset? StartedAt(ProcessIdentity process)
    {
        if (!IsAlive(process)) return null;
        var boot = File.ReadLines("/proc/stat").First(line => line.StartsWith("btime ", StringComparison.Ordinal))[6..];
        return DateTimeOffset.FromUnixTimeSeconds(long.Parse(boot, CultureInfo.InvariantCulture)).AddSeconds(process.StartTicks / 100.0);
    }

    /// <summary>All living processes below <paramref name="pid"/>, whatever group they are in.</summary>
    internal static IReadOnlyList<ProcessIdentity> Descendants(int pid)
    {
        var children = ProcessStat.All().ToLookup(stat => stat.Parent);
        var found = new List<ProcessIdentity>();
        var open = new Queue<int>([pid]);
        while (open.TryDequeue(out var next))
        {
            foreach (var child in children[next])
            {
                open.Enqueue(child.Pid);
                if (!child.Ended) found.Add(new(child.Pid, child.StartTicks));
            }
        }

        return found;
    }

    /// <summary>Whether anything but its leader lives in the group.</summary>
    internal static bool OthersInGroup(int group) => ProcessStat.All().Any(stat => stat.Group == group && stat.Pid != group && !stat.Ended);
}
