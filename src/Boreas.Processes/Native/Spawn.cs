using System.Runtime.InteropServices;

namespace Boreas.Processes.Native;

/// <summary>What descriptors 0, 1 and 2 of a new program are: one of ours, or a file that it opens itself.</summary>
internal readonly record struct StandardStream(int Descriptor, string? File, int Flags)
{
    public static StandardStream Nothing { get; } = new(-1, "/dev/null", Libc.OpenReadOnly);

    public static StandardStream Of(int descriptor) => new(descriptor, null, 0);

    public static StandardStream AppendTo(string file) => new(-1, file, Libc.OpenAppend);
}

/// <summary>
/// Starts a program by posix_spawn: in a session of its own (so that it and all it starts can be signalled together, and
/// no terminal is shared), with every signal as a fresh program expects it, and with no descriptor but the three given.
/// </summary>
internal static class Spawn
{
    // More than sizeof(posix_spawnattr_t) and sizeof(posix_spawn_file_actions_t) of any C library for Linux.
    private const int StructSize = 1024;
    private const int SignalSetSize = 128;
    private const uint LogFileMode = 0b110_100_000;

    /// <exception cref="ProgramMissingException">The program was not found.</exception>
    /// <exception cref="DirectoryNotFoundException">The working directory does not exist.</exception>
    /// <exception cref="IOException">It could not be started; the message says why.</exception>
    public static int Start(ProgramStart start, StandardStream input, StandardStream output, StandardStream error)
    {
        var file = ProgramPath.Find(start.Program, start.Environment.GetValueOrDefault("PATH") ?? ProgramPath.Default)
            ?? throw new ProgramMissingException(start.Program);
        if (!Directory.Exists(start.WorkingDirectory)) throw new DirectoryNotFoundException($"The working directory '{start.WorkingDirectory}' does not exist.");

        var arguments = Texts([file, .. start.Arguments]);
        var environment = Texts(start.Environment.Select(pair => pair.Key + "=" + pair.Value));
        var memory = Marshal.AllocHGlobal(2 * StructSize);
        var actions = memory;
        var attributes = memory + StructSize;
        try
        {
            Check(Libc.FileActionsInit(actions), start);
            Check(Libc.AttributesInit(attributes), start);
            Check(Libc.FileActionsAddChdir(actions, start.WorkingDirectory), start);
            Connect(actions, 0, input, start);
            Connect(actions, 1, output, start);
            Connect(actions, 2, error, start);
            var all = new byte[SignalSetSize];
            _ = Libc.SignalSetFill(all);
            Check(Libc.AttributesSetSignalDefault(attributes, all), start);
            Check(Libc.AttributesSetSignalMask(attributes, new byte[SignalSetSize]), start);
            Check(Libc.AttributesSetFlags(attributes, Libc.SpawnResetSignals | Libc.SpawnSignalMask | Libc.SpawnNewSession), start);
            Check(Libc.Spawn(out var pid, file, actions, attributes, arguments, environment), start);
            return pid;
        }
        finally
        {
            _ = Libc.FileActionsDestroy(actions);
            _ = Libc.AttributesDestroy(attributes);
            Marshal.FreeHGlobal(memory);
            foreach (var text in arguments.Concat(environment)) Marshal.FreeCoTaskMem(text);
        }
    }

    private static void Connect(IntPtr actions, int target, StandardStream stream, ProgramStart start) =>
        Check(stream.File is null ? Libc.FileActionsAddDup2(actions, stream.Descriptor, target) : Libc.FileActionsAddOpen(actions, target, stream.File, stream.Flags, LogFileMode), start);

    private static IntPtr[] Texts(IEnumerable<string> texts)
    {
        var list = texts.ToList();
        if (list.Any(text => text.Contains('\0', StringComparison.Ordinal))) throw new ArgumentException("An argument or variable holds a NUL character.", nameof(texts));
        return [.. list.Select(Marshal.StringToCoTaskMemUTF8), IntPtr.Zero];
    }

    private static void Check(int error, ProgramStart start)
    {
        if (error == 0) return;

        // ENOENT for a file that is there: its interpreter (#! line, dynamic linker) is missing.
        throw new IOException(error == Libc.NoSuchFile
            ? $"'{start.Program}' could not be started: it, its interpreter or a file that it was to open is missing."
            : $"'{start.Program}' could not be started: {Marshal.GetPInvokeErrorMessage(error)}.");
    }
}
