namespace Boreas.Processes.Tests;

/// <summary>Programs under test are small scripts; the product itself never starts a shell.</summary>
internal static class Shell
{
    public static ProgramStart Script(string script, params string[] arguments) =>
        new("/bin/sh", ["-c", script, "sh", .. arguments])
        {
            WorkingDirectory = Path.GetTempPath(),
            Timeout = TimeSpan.FromSeconds(60),
            KillGrace = TimeSpan.FromSeconds(5),
        };

    /// <summary>For what a process outside does and gives no signal about.</summary>
    public static async Task EventuallyAsync(Func<bool> condition, string what)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            if (deadline.IsCancellationRequested) Assert.Fail("This did not happen within 20 s: " + what);
            await Task.Delay(TimeSpan.FromMilliseconds(10), CancellationToken.None);
        }
    }

    public static bool Runs(int pid) => ProcessTable.Identify(pid) is { } process && ProcessTable.IsAlive(process);
}
