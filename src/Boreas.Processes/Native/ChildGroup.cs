using System.Runtime.InteropServices;

namespace Boreas.Processes.Native;

/// <summary>
/// A child of ours that leads its own session, and all that it started. The one who made it must call
/// <see cref="ReapAsync"/> exactly once; nothing of the group runs after that.
/// </summary>
internal sealed class ChildGroup
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);
    private readonly int _pid;

    public ChildGroup(int pid)
    {
        _pid = pid;
        Ended = ChildExits.WhenEnded(pid);
    }

    /// <summary>Completes when the leader has ended; others of the group may still run.</summary>
    public Task Ended { get; }

    /// <summary>Asks everything to end, and ends what still runs after the grace.</summary>
    public async Task EndAsync(TimeSpan grace)
    {
        // What has left the group with a session of its own is still found below the leader.
        var strays = ProcessTable.Descendants(_pid);
        Signal(strays, Libc.SigTerm);
        using var over = new CancellationTokenSource(grace);
        try
        {
            await Ended.WaitAsync(over.Token);
            while (ProcessTable.OthersInGroup(_pid)) await Task.Delay(LookAgain, over.Token);
        }
        catch (OperationCanceledException)
        {
            // The grace is over.
        }

        Signal(strays, Libc.SigKill);
        await Ended;
    }

    /// <summary>Ends what the leader left behind, then takes its exit code; 128 + signal when a signal ended it.</summary>
    public async Task<int> ReapAsync()
    {
        await Ended;
        _ = Libc.Kill(-_pid, Libc.SigKill);
        return Libc.WaitPid(_pid, out var status, 0) == _pid
            ? Libc.ExitCode(status)
            : throw new InvalidOperationException("The exit code of a program was taken by somebody else: " + Marshal.GetLastPInvokeErrorMessage());
    }

    private void Signal(IReadOnlyList<ProcessIdentity> strays, int signal)
    {
        _ = Libc.Kill(-_pid, signal);
        foreach (var stray in strays)
        {
            if (ProcessTable.IsAlive(stray)) _ = Libc.Kill(stray.Pid, signal);
        }
    }
}
