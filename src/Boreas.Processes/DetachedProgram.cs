using Boreas.Processes.Native;

namespace Boreas.Processes;

/// <summary>
/// Starts programs that outlive us: a session of their own, input from <c>/dev/null</c>, output appended to files that they
/// opened themselves. Nothing connects them to us, so that we can end, or be killed, without their noticing.
/// </summary>
public static class DetachedProgram
{
    /// <summary>
    /// Starts it. <see cref="ProgramStart.Timeout"/>, <see cref="ProgramStart.KillGrace"/> and
    /// <see cref="ProgramStart.StandardInput"/> have no meaning here. While we live, somebody must call
    /// <see cref="ProcessTable.Reap"/> after its end.
    /// </summary>
    /// <exception cref="ProgramMissingException">The program is not on the <c>PATH</c>.</exception>
    public static ProcessIdentity Start(ProgramStart start, string outputFile, string errorFile)
    {
        var pid = Spawn.Start(start, StandardStream.Nothing, StandardStream.AppendTo(outputFile), StandardStream.AppendTo(errorFile));

        // Not reaped yet, so its entry is there even when it has ended already.
        return ProcessTable.Identify(pid) ?? throw new IOException($"/proc has no entry for the program '{start.Program}' that was just started.");
    }
}
