using Boreas.Processes;

namespace Boreas.Cli.Tests;

/// <summary>The scripts of the repository, run by the programs that run them for people.</summary>
public sealed class ScriptsTests : IDisposable
{
    private static readonly string Root = FindRoot();
    private readonly string folder = Directory.CreateTempSubdirectory("boreas-scripts-").FullName;

    public static TheoryData<string> Scripts => ["run.sh", "test.sh", ".ci/run"];

    [NeedsProgramTheory("bash")]
    [MemberData(nameof(Scripts))]
    public async Task EveryScriptParses(string script)
    {
        var result = await RunAsync("bash", "-n", Path.Combine(Root, script));
        Assert.True(result.Succeeded, result.ErrorTail);
    }

    [NeedsProgramTheory("shellcheck")]
    [MemberData(nameof(Scripts))]
    public async Task EveryScriptIsCleanForShellcheck(string script)
    {
        var result = await RunAsync("shellcheck", Path.Combine(Root, script));
        Assert.True(result.Succeeded, result.Output);
    }

    [NeedsProgramTheory("bash")]
    [InlineData("bash")]
    public Task TheBashCompletionParses(string shell) => CompletionParsesAsync(shell);

    [NeedsProgramTheory("zsh")]
    [InlineData("zsh")]
    public Task TheZshCompletionParses(string shell) => CompletionParsesAsync(shell);

    [NeedsProgramTheory("fish")]
    [InlineData("fish")]
    public Task TheFishCompletionParses(string shell) => CompletionParsesAsync(shell);

    [NeedsProgramTheory("bash")]
    [InlineData("--port", "70000")]
    [InlineData("--port", "5080x")]
    [InlineData("--port", "")]
    public async Task RunRefusesWhatIsNoPort(string option, string value)
    {
        var result = await RunAsync("bash", Path.Combine(Root, "run.sh"), option, value);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("is not a port", result.ErrorTail, StringComparison.Ordinal);
    }

    [NeedsProgramTheory("node")]
    [InlineData(0, "2 passed, 1 failed, 1 skipped")]
    [InlineData(134, "2 passed, 2 failed, 1 skipped")]
    public async Task TheSumsCountEveryFailureAndAHostThatCrashed(int exitOfTheSecond, string sums)
    {
        await WriteAsync("runs.tsv", $"A\t1\nB\t{exitOfTheSecond}\n");
        await WriteAsync("A.trx", """
            <TestRun><Results>
              <UnitTestResult testName="A.Good" outcome="Passed" />
              <UnitTestResult testName="A.Bad(&quot;x&quot;)" outcome="Failed"><Output><ErrorInfo><Message>1 &lt; 2</Message></ErrorInfo></Output></UnitTestResult>
              <UnitTestResult testName="A.Absent" outcome="NotExecuted" />
            </Results></TestRun>
            """);
        await WriteAsync("B.trx", """<TestRun><Results><UnitTestResult testName="B.Good" outcome="Passed" /></Results></TestRun>""");
        var result = await RunAsync("node", Path.Combine(Root, ".ci", "summary.mjs"), folder);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(sums, result.Output.TrimEnd().Split('\n')[^1]);
        Assert.Contains("A.Bad(\"x\")", result.Output, StringComparison.Ordinal);
        Assert.Contains("1 < 2", result.Output, StringComparison.Ordinal);
    }

    [NeedsProgramTheory("node")]
    [InlineData("A\t0\n", "dotnet build\t1\n", 1)]
    [InlineData("", "", 1)]
    [InlineData("A\t0\n", "dotnet build\t0\n", 0)]
    public async Task AStepThatFailsOrNothingAtAllIsAFailure(string runs, string steps, int failed)
    {
        await WriteAsync("runs.tsv", runs);
        await WriteAsync("steps.tsv", steps);
        await WriteAsync("A.trx", "<TestRun><Results/></TestRun>");
        var result = await RunAsync("node", Path.Combine(Root, ".ci", "summary.mjs"), folder);
        Assert.Equal($"0 passed, {failed} failed, 0 skipped", result.Output.TrimEnd().Split('\n')[^1]);
        Assert.Equal(failed, result.ExitCode);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task CompletionParsesAsync(string shell)
    {
        using var typed = new Typed();
        var file = Path.Combine(folder, shell);
        await File.WriteAllTextAsync(file, (await typed.RunAsync("completion", shell)).Out);
        var result = await RunAsync(shell, "-n", file);
        Assert.True(result.Succeeded, result.ErrorTail);
    }

    private static Task<ProgramResult> RunAsync(string program, params string[] arguments) => ProgramRunner.RunAsync(new ProgramStart(program, arguments) { Timeout = TimeSpan.FromMinutes(1) });

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(folder, name), text);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Boreas.slnx"))) folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder.FullName;
    }
}

/// <summary>A theory that needs a program, and says so when it is not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsProgramTheoryAttribute : TheoryAttribute
{
    public NeedsProgramTheoryAttribute(string program)
    {
        Program = program;
        if (!IsThere(program)) Skip = $"{program} is not installed";
    }

    public string Program { get; }

    public static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
