using System.Globalization;
using System.Text;

namespace Boreas.Processes.Tests;

public sealed class ProgramRunnerTests
{
    [Fact]
    public async Task ExitCodeAndBothStreamsComeBack()
    {
        var lines = new List<ProgramLine>();
        var result = await ProgramRunner.RunAsync(Shell.Script("echo out; echo err >&2; exit 3"), Collect(lines));

        Assert.Equal(3, result.ExitCode);
        Assert.False(result.TimedOut);
        Assert.Equal("out", result.Output);
        Assert.Equal("err", result.ErrorTail);
        Assert.Contains(new ProgramLine(false, "out"), lines);
        Assert.Contains(new ProgramLine(true, "err"), lines);
    }

    [Theory]
    [InlineData("a;id")]
    [InlineData("$(id)")]
    [InlineData("`id`")]
    [InlineData("*")]
    [InlineData(" two  words ")]
    [InlineData("--help")]
    [InlineData("")]
    public async Task ArgumentsArriveAsTheyAre(string argument)
    {
        var result = await ProgramRunner.RunAsync(Shell.Script("printf '<%s>' \"$1\"", argument));
        Assert.Equal($"<{argument}>", result.Output);
    }

    [Fact]
    public async Task TheEnvironmentIsOnlyWhatWasGiven()
    {
        Environment.SetEnvironmentVariable("BOREAS_TEST_OF_OURS", "ours");
        var result = await ProgramRunner.RunAsync(new ProgramStart("env", []) { Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["GIVEN"] = "yes" } });
        Assert.Equal(["GIVEN=yes", "PATH=/usr/bin:/bin"], result.Output.Split('\n').Order(StringComparer.Ordinal));
        Assert.DoesNotContain("BOREAS_TEST_OF_OURS", BaseEnvironment.Create().Keys);
    }

    [Fact]
    public void SettingsOfPackageClientsPassButNotTheirCredentials()
    {
        Environment.SetEnvironmentVariable("npm_config_boreas_test", "1");
        Environment.SetEnvironmentVariable("npm_config__authToken", "hidden");
        var environment = BaseEnvironment.Create();
        Assert.Equal("1", environment["npm_config_boreas_test"]);
        Assert.DoesNotContain("npm_config__authToken", environment.Keys);
    }

    [Fact]
    public async Task InputIsWrittenAndEnds()
    {
        var text = string.Concat(Enumerable.Repeat("0123456789\n", 50_000));
        var result = await ProgramRunner.RunAsync(new ProgramStart("wc", ["-c"]) { StandardInput = text });
        Assert.Equal("550000", result.Output.Trim());
    }

    [Fact]
    public async Task AProgramThatDoesNotReadItsInputStillEnds()
    {
        var result = await ProgramRunner.RunAsync(Shell.Script("exit 0") with { StandardInput = new byte[4_000_000] });
        Assert.True(result.Succeeded);
    }

    [Fact]
    public async Task NoInputIsTheEndOfInput() =>
        Assert.Equal("", (await ProgramRunner.RunAsync(new ProgramStart("cat", []))).Output);

    [Fact]
    public async Task AMissingProgramIsNamed()
    {
        var error = await Assert.ThrowsAsync<ProgramMissingException>(() => ProgramRunner.RunAsync(new ProgramStart("no-such-program-here", [])));
        Assert.Equal("no-such-program-here", error.Program);
        Assert.Null(ProgramPath.Find("no-such-program-here"));
        Assert.NotNull(ProgramPath.Find("sh"));
    }

    [Fact]
    public async Task AProgramIsNotTakenFromTheWorkingFolder()
    {
        var folder = Directory.CreateTempSubdirectory("boreas-path");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "planted"), "#!/bin/sh\n");
        File.SetUnixFileMode(Path.Combine(folder.FullName, "planted"), UnixFileMode.UserExecute | UnixFileMode.UserRead);
        var start = new ProgramStart("planted", []) { WorkingDirectory = folder.FullName, Environment = new Dictionary<string, string> { ["PATH"] = ".::/usr/bin" } };
        await Assert.ThrowsAsync<ProgramMissingException>(() => ProgramRunner.RunAsync(start));
        await Assert.ThrowsAsync<ProgramMissingException>(() => ProgramRunner.RunAsync(start with { Program = "./planted" }));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task AMissingWorkingFolderIsNamed() =>
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => ProgramRunner.RunAsync(new ProgramStart("true", []) { WorkingDirectory = "/no/such/folder" }));

    [Fact]
    public async Task CancellationEndsTheWholeTree()
    {
        using var cancel = new CancellationTokenSource();
        var pids = new List<int>();

        // A child, a grandchild that ignores SIGTERM, and one that has left the session.
        const string Script = "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 0.05; done' & setsid sh -c 'echo $$; sleep 600' & echo $$; wait";
        var start = Shell.Script(Script) with { KillGrace = TimeSpan.FromMilliseconds(300) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ProgramRunner.RunAsync(start, async line =>
        {
            pids.Add(int.Parse(line.Text, CultureInfo.InvariantCulture));
            if (pids.Count == 3) await cancel.CancelAsync();
        }, cancel.Token));

        Assert.Equal(3, pids.Count);
        await Shell.EventuallyAsync(() => !pids.Any(Shell.Runs), "the tree is gone");
    }

    [Fact]
    public async Task ATimeoutIsSaidAndLeavesNothing()
    {
        var pid = 0;
        var result = await ProgramRunner.RunAsync(
            Shell.Script("echo $$; sleep 600") with { Timeout = TimeSpan.FromMilliseconds(300) },
            line => Keep(line, out pid));
        Assert.True(result.TimedOut);
        Assert.False(result.Succeeded);
        Assert.False(Shell.Runs(pid));
    }

    [Fact]
    public async Task AProgramMayEndWellWhenItIsAskedTo()
    {
        var start = Shell.Script("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done") with { Timeout = TimeSpan.FromMilliseconds(500), KillGrace = TimeSpan.FromSeconds(30) };
        var result = await ProgramRunner.RunAsync(start);
        Assert.Equal(7, result.ExitCode);
        Assert.EndsWith("bye", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatAProgramLeavesBehindIsEndedAlsoWhenItHoldsThePipes()
    {
        var pid = 0;
        var result = await ProgramRunner.RunAsync(Shell.Script("sleep 600 & echo $!"), line => Keep(line, out pid));
        Assert.True(result.Succeeded);
        await Shell.EventuallyAsync(() => !Shell.Runs(pid), "the left process is gone");
    }

    [Fact]
    public async Task AnErrorOfTheListenerEndsTheProgramAndComesOut()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ProgramRunner.RunAsync(
            Shell.Script("echo line; sleep 600"), _ => throw new InvalidOperationException("listener")));
        Assert.Equal("listener", error.Message);
    }

    [Fact]
    public async Task LinesAreCappedAndProgressIsOneLine()
    {
        var lines = new List<ProgramLine>();
        await ProgramRunner.RunAsync(Shell.Script("printf '1%%\\r50%%\\r100%%\\n'; printf 'dos\\r\\n'; head -c 100000 /dev/zero | tr '\\0' x; printf '\\nend without newline'"), Collect(lines));
        Assert.Equal(["100%", "dos"], lines.Take(2).Select(line => line.Text));
        Assert.StartsWith(new string('x', 16 * 1024) + " … (83616 bytes more)", lines[2].Text, StringComparison.Ordinal);
        Assert.Equal("end without newline", lines[3].Text);
    }

    [Fact]
    public async Task BytesThatAreNotTextDoNotBreakTheLog()
    {
        var result = await ProgramRunner.RunAsync(Shell.Script("printf 'a\\377\\000b\\n'"));
        Assert.Equal("a\uFFFD\uFFFDb", result.Output);
    }

    [Fact]
    public async Task ManyProgramsAtOnceAllEnd()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => ProgramRunner.RunAsync(Shell.Script("exit $1", i.ToString(CultureInfo.InvariantCulture)))));
        Assert.Equal(Enumerable.Range(0, 60), results.Select(result => result.ExitCode));
    }

    [Fact]
    public async Task ASignalIsAnExitCodeAbove128() =>
        Assert.Equal(128 + 9, (await ProgramRunner.RunAsync(Shell.Script("kill -9 $$"))).ExitCode);

    [Fact]
    public async Task PipesStreamBothWaysAndTheExitCodeComes()
    {
        var errors = new List<string>();
        await using var program = ProgramRunner.StartPiped(Shell.Script("echo warn >&2; tr a-z A-Z; exit 4"), line =>
        {
            errors.Add(line);
            return ValueTask.CompletedTask;
        });
        await program.StandardInput.WriteAsync(Encoding.ASCII.GetBytes("hello"));
        await program.StandardInput.DisposeAsync();
        using var reader = new StreamReader(program.StandardOutput);
        Assert.Equal("HELLO", await reader.ReadToEndAsync());
        Assert.Equal(4, await program.Exit);
        await program.DisposeAsync();
        Assert.Equal(["warn"], errors);
        Assert.Equal("warn", program.ErrorTail);
    }

    [Fact]
    public async Task DisposingAPipedProgramEndsItsTree()
    {
        int pid;
        await using (var program = ProgramRunner.StartPiped(Shell.Script("sleep 600 & echo $!; wait")))
        {
            using var reader = new StreamReader(program.StandardOutput, leaveOpen: true);
            pid = int.Parse((await reader.ReadLineAsync())!, CultureInfo.InvariantCulture);
            Assert.True(Shell.Runs(pid));
        }

        await Shell.EventuallyAsync(() => !Shell.Runs(pid), "the child is gone");
    }

    private static Func<ProgramLine, ValueTask> Collect(List<ProgramLine> lines) => line =>
    {
        lines.Add(line);
        return ValueTask.CompletedTask;
    };

    private static ValueTask Keep(ProgramLine line, out int pid)
    {
        pid = int.Parse(line.Text, CultureInfo.InvariantCulture);
        return ValueTask.CompletedTask;
    }
}
