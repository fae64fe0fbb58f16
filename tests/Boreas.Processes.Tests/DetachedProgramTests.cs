using System.Runtime.InteropServices;

namespace Boreas.Processes.Tests;

public sealed class DetachedProgramTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("boreas-detached");

    [Fact]
    public async Task ItRunsInASessionOfItsOwnAndWritesItsFiles()
    {
        var process = Start("echo $1; echo err >&2; cat; echo end-of-input; sleep 600", "hello");
        await Shell.EventuallyAsync(() => Read("out").Contains("end-of-input", StringComparison.Ordinal), "it has written");
        Assert.Equal("hello\nend-of-input\n", Read("out"));
        Assert.Equal("err\n", Read("err"));
        Assert.True(ProcessTable.IsAlive(process));
        Assert.Contains(process.Pid, ProcessTable.Members(process));
        Assert.True(ProcessTable.ResidentBytes(process) > 0);
        Assert.NotNull(ProcessTable.StartedAt(process));
        await EndAsync(process);
        Assert.Empty(ProcessTable.Members(process));
        Assert.False(ProcessTable.Terminate(process));
    }

    [Fact]
    public async Task TheExitCodeOfOurOwnChildIsKnownOnce()
    {
        var process = Start("exit 5");
        int? code = null;
        await Shell.EventuallyAsync(() => (code = ProcessTable.Reap(process.Pid)) is not null, "it has ended");
        Assert.Equal(5, code);
        Assert.Null(ProcessTable.Reap(process.Pid));
        Assert.False(ProcessTable.IsAlive(process));
    }

    [Fact]
    public async Task AnotherProcessWithTheSameNumberIsNotIt()
    {
        var process = Start("sleep 600");
        var impostor = process with { StartTicks = process.StartTicks - 1 };
        Assert.False(ProcessTable.IsAlive(impostor));
        Assert.Empty(ProcessTable.Members(impostor));
        Assert.False(ProcessTable.Kill(impostor));
        Assert.True(ProcessTable.IsAlive(process));
        await EndAsync(process);
    }

    [Fact]
    public async Task AProcessWhoseFirstThreadHasEndedRunsUntilItsLastOne()
    {
        var exitOfAThread = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 93 : 60;
        var process = Start($"exec perl -Mthreads -e 'threads->create(sub {{ sleep 600 }})->detach; syscall({exitOfAThread}, 0)'");
        await Shell.EventuallyAsync(() => System.IO.File.ReadAllText($"/proc/{process.Pid}/stat").Contains(") Z ", StringComparison.Ordinal), "its first thread has ended");
        Assert.True(ProcessTable.IsAlive(process));
        Assert.Equal([process.Pid], ProcessTable.Members(process));
        Assert.True(ProcessTable.Kill(process));
        await Shell.EventuallyAsync(() => !ProcessTable.IsAlive(process), "its last thread has ended");
        Assert.NotNull(ProcessTable.Reap(process.Pid));
    }

    [Fact]
    public async Task MembersAreFoundAfterTheirLeaderHasEnded()
    {
        var process = Start("sleep 600 & exit 0");
        await Shell.EventuallyAsync(() => ProcessTable.Reap(process.Pid) is not null, "the leader has ended");
        var left = Assert.Single(ProcessTable.Members(process));
        Assert.NotEqual(process.Pid, left);
        Assert.True(ProcessTable.Kill(process));
        await Shell.EventuallyAsync(() => ProcessTable.Members(process).Count == 0, "the member has ended");
    }

    [Fact]
    public async Task ListeningPortsOfTheGroupAreSeen()
    {
        if (ProgramPath.Find("python3", "/usr/bin:/usr/local/bin") is null && ProgramPath.Find("node") is null) return;
        var process = ProgramPath.Find("node") is { } node
            ? DetachedProgram.Start(new ProgramStart(node, ["-e", "require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })"]) { WorkingDirectory = _folder.FullName }, File("out"), File("err"))
            : Start("exec python3 -c 'import socket,time; s=socket.socket(); s.bind((\"127.0.0.1\",0)); s.listen(); print(s.getsockname()[1], flush=True); time.sleep(600)'");
        await Shell.EventuallyAsync(() => Read("out").EndsWith('\n'), "it listens");
        Assert.Equal([int.Parse(Read("out").Trim(), System.Globalization.CultureInfo.InvariantCulture)], ProcessTable.ListeningPorts(process));
        await EndAsync(process);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task EndAsync(ProcessIdentity process)
    {
        Assert.True(ProcessTable.Kill(process));
        await Shell.EventuallyAsync(() => ProcessTable.Reap(process.Pid) is not null, "it has ended");
        await Shell.EventuallyAsync(() => ProcessTable.Members(process).Count == 0, "its children have ended");
    }

    private ProcessIdentity Start(string script, params string[] arguments) => DetachedProgram.Start(Shell.Script(script, arguments), File("out"), File("err"));

    private string File(string name) => Path.Combine(_folder.FullName, name);

    private string Read(string name) => System.IO.File.Exists(File(name)) ? System.IO.File.ReadAllText(File(name)) : "";
}
