using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Boreas.Processes.Native;

/// <summary>
/// Tells when a child has ended, without a thread per child: SIGCHLD says that some child changed, then each child that
/// is waited for is asked. It is only looked at here, not reaped: while it is a zombie its number, which is also the
/// number of its process group, cannot be given to anybody else, so the group can still be killed safely.
/// </summary>
internal static class ChildExits
{
    private static readonly ConcurrentDictionary<int, TaskCompletionSource> Waiting = new();

    private static readonly PosixSignalRegistration Signal = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => Look());

    /// <summary>Completes when the child has ended. Call it once per child, before the child is reaped.</summary>
    public static Task WhenEnded(int pid)
    {
        GC.KeepAlive(Signal);
        var source = Waiting.GetOrAdd(pid, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Look(pid, source); // It may have ended before anybody listened.
        return source.Task;
    }

    private static void Look()
    {
        foreach (var (pid, source) in Waiting) Look(pid, source);
    }

    private static void Look(int pid, TaskCompletionSource source)
    {
        if (!Libc.HasEnded(pid)) return;
        Waiting.TryRemove(new(pid, source));
        source.TrySetResult();
    }
}
