using System.Runtime.InteropServices;

namespace Boreas.Processes.Native;

/// <summary>The calls of the C library that .NET has no equal for. Constants are those of Linux.</summary>
internal static partial class Libc
{
    public const int SigTerm = 15;
    public const int SigKill = 9;
    public const int NoSuchProcess = 3;
    public const int NoSuchFile = 2;
    public const int WaitNoHang = 1;
    public const int OpenReadOnly = 0;
    public const int OpenAppend = 0x1 | 0x40 | 0x400;
    public const short SpawnResetSignals = 0x04;
    public const short SpawnSignalMask = 0x08;
    public const short SpawnNewSession = 0x80;

    private const int CloseOnExec = 0x80000;
    private const int ByPid = 1;
    private const int WaitExited = 4;
    private const int WaitNoReap = 0x01000000;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitPid(int pid, out int status, int options);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int FileActionsInit(IntPtr actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int FileActionsDestroy(IntPtr actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int FileActionsAddDup2(IntPtr actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int FileActionsAddOpen(IntPtr actions, int to, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int FileActionsAddChdir(IntPtr actions, string path);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static partial int AttributesInit(IntPtr attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    public static partial int AttributesDestroy(IntPtr attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static partial int AttributesSetFlags(IntPtr attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int AttributesSetSignalDefault(IntPtr attributes, byte[] signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int AttributesSetSignalMask(IntPtr attributes, byte[] signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Spawn(out int pid, string path, IntPtr actions, IntPtr attributes, IntPtr[] arguments, IntPtr[] environment);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    public static partial int SignalSetFill(byte[] signals);

    /// <summary>A pipe whose ends no other program that we start inherits.</summary>
    public static (int Read, int Write) Pipe()
    {
        var ends = new int[2];
        if (Pipe2(ends, CloseOnExec) != 0) throw new IOException("No pipe could be made: " + Marshal.GetLastPInvokeErrorMessage());
        return (ends[0], ends[1]);
    }

    /// <summary>Whether our child has ended; it stays a zombie, and so its number stays taken, until it is waited for.</summary>
    public static bool HasEnded(int pid)
    {
        // siginfo_t: 128 bytes, si_pid at 16; it stays 0 while the child runs.
        var info = new byte[128];
        return WaitId(ByPid, pid, info, WaitExited | WaitNoHang | WaitNoReap) != 0 || BitConverter.ToInt32(info, 16) == pid;
    }

    /// <summary>Exit code of a wait status: 128 + signal when a signal ended it.</summary>
    public static int ExitCode(int status) => (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe2([Out] int[] ends, int flags);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static partial int WaitId(int kind, int id, [In, Out] byte[] info, int options);
}
