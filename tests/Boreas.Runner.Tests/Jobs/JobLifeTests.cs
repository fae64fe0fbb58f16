using System.Globalization;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Processes;
using Boreas.Runner.Tests.World;

namespace Boreas.Runner.Tests.Jobs;

public sealed class JobLifeTests
{
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public async Task ARunnerSaysWhatItHas()
    {
        await using var runner = await TestRunner.StartAsync();
        var claim = await runner.Plane.FirstClaim;
        Assert.Equal("runner-1", claim.Runner);
        Assert.Equal(2, claim.Capacity);
        Assert.Subset(claim.Labels.ToHashSet(), new HashSet<string> { "linux", "process", "extra" });
    }

    [Fact]
    public async Task JobsAreDoneAndReported()
    {
        await using var runner = await TestRunner.StartAsync();
        var jobs = Enumerable.Range(0, 20).Select(_ => runner.Plane.Offer(ExecutorNames.Nothing)).ToList();
        foreach (var job in jobs) Assert.Equal(JobOutcome.Succeeded, (await job.ReportAsync()).Status);
    }

    [Fact]
    public async Task TheNextJobIsDoneThoughItComesAfterBeatsWouldBeStale()
    {
        await using var runner = await TestRunner.StartAsync(capacity: 1);
        var slow = runner.Plane.Offer(ExecutorNames.Nothing, leaseSeconds: 1, reportTakes: TimeSpan.FromSeconds(1));
        var next = runner.Plane.Offer(ExecutorNames.Nothing);
        await slow.ReportAsync();
        Assert.Equal(JobOutcome.Succeeded, (await next.ReportAsync()).Status);
    }

    [Fact]
    public async Task AnExecutorThatIsNotThereIsAFailureAndNoCrash()
    {
        await using var runner = await TestRunner.StartAsync();
        await runner.Plane.Offer("no_such_work").FailsAsync(ProblemCodes.Invalid);
        await runner.Plane.Offer(ExecutorNames.Command, new { Unexpected = 1 }).FailsAsync(ProblemCodes.Invalid);
        Assert.Equal(JobOutcome.Succeeded, (await runner.Plane.Offer(ExecutorNames.Nothing).ReportAsync()).Status);
    }

    [Fact]
    public async Task EveryLineArrivesInOrderBeforeTheReport()
    {
        await using var runner = await TestRunner.StartAsync();
        var job = runner.Plane.Offer(ExecutorNames.Command, Script("i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done"));
        await job.SucceedsAsync<CommandResult>();
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"line {i}"), job.Lines.Where(line => line.StartsWith("line ", StringComparison.Ordinal)));
        Assert.Empty(runner.Workspaces);
    }

    [Fact]
    public async Task SecretsAreMaskedInLinesAndFailures()
    {
        await using var runner = await TestRunner.StartAsync();
        var secrets = new Dictionary<string, string> { ["API_KEY"] = "s3cr3t-value-1234" };
        var job = runner.Plane.Offer(ExecutorNames.Command, Script("echo key is $API_KEY; echo also $(printf %s $API_KEY | base64)"), secrets);
        await job.SucceedsAsync<CommandResult>();
        Assert.Contains("key is ***", job.Lines);
        Assert.Contains("also ***", job.Lines);
        Assert.DoesNotContain("s3cr3t", job.Log, StringComparison.Ordinal);

        var failing = runner.Plane.Offer(ExecutorNames.Command, new CommandWork(["s3cr3t-value-1234"], null, None), secrets);
        var failure = await failing.FailsAsync(ProblemCodes.ProgramMissing);
        Assert.DoesNotContain("s3cr3t", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACommandSeesNothingOfTheRunnersEnvironment()
    {
        Environment.SetEnvironmentVariable("BOREAS_RUNNER_SECRET_OF_HOST", "1");
        await using var runner = await TestRunner.StartAsync();
        var job = runner.Plane.Offer(ExecutorNames.Command, new CommandWork(["env"], null, new Dictionary<string, string> { ["GREETING"] = "hi" }));
        await job.SucceedsAsync<CommandResult>();
        Assert.Contains("GREETING=hi", job.Lines);
        Assert.Contains("CI=true", job.Lines);
        Assert.DoesNotContain("BOREAS_RUNNER_SECRET_OF_HOST", job.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(TestControlPlane.Token, job.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailedCommandIsTheUsersFault()
    {
        await using var runner = await TestRunner.StartAsync();
        var failure = await runner.Plane.Offer(ExecutorNames.Command, Script("exit 3")).FailsAsync(ProblemCodes.CommandFailed);
        Assert.Equal(FailureKind.Failed, failure.Kind);
        Assert.Contains("3", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancelKillsTheProcessTreeAndIsTerminal()
    {
        await using var runner = await TestRunner.StartAsync();
        var job = runner.Plane.Offer(ExecutorNames.Command, Script("sleep 600 & echo pid $!; wait"));
        var pid = int.Parse((await job.LineAsync("pid "))[4..], CultureInfo.InvariantCulture);
        job.CancelReason = "asked by ada";
        var failure = await job.FailsAsync(ProblemCodes.Refused);
        Assert.Equal(FailureKind.Terminal, failure.Kind);
        Assert.Contains("asked by ada", failure.Message, StringComparison.Ordinal);
        await Wait.UntilAsync(() => !Runs(pid), "the child has ended");
        Assert.Empty(runner.Workspaces);
    }

    [Fact]
    public async Task AStaleLeaseStopsTheWorkAndReportsNothing()
    {
        await using var runner = await TestRunner.StartAsync(capacity: 1);
        var job = runner.Plane.Offer(ExecutorNames.Command, Script("sleep 600 & echo pid $!; wait"), null);
        var pid = int.Parse((await job.LineAsync("pid "))[4..], CultureInfo.InvariantCulture);
        job.GiveToAnother();
        await Wait.UntilAsync(() => !Runs(pid), "the work has ended");

        // The slot is free again for other work.
        Assert.Equal(JobOutcome.Succeeded, (await runner.Plane.Offer(ExecutorNames.Nothing).ReportAsync()).Status);
        Assert.False(job.Reported.Task.IsCompleted);
        Assert.Empty(runner.Workspaces);
    }

    [Fact]
    public async Task WorkGoesOnWhileTheControlPlaneIsAway()
    {
        await using var runner = await TestRunner.StartAsync();
        var file = Path.Combine(runner.Data.FullName, "done");
        await ProgramRunner.RunAsync(new ProgramStart("mkfifo", [file + ".go"]));
        var job = runner.Plane.Offer(ExecutorNames.Command, Script($"echo begun; read line < {file}.go; echo finished; touch {file}"));
        await job.LineAsync("begun");
        runner.Plane.Away = true;
        await File.WriteAllTextAsync(file + ".go", "go\n");
        await Wait.UntilAsync(() => File.Exists(file), "the work was finished");
        Assert.False(job.Reported.Task.IsCompleted);
        runner.Plane.Away = false;
        await job.SucceedsAsync<CommandResult>();
        Assert.Contains("finished", job.Lines);
    }

    [Fact]
    public async Task TheDeadlineEndsTheWork()
    {
        await using var runner = await TestRunner.StartAsync();
        var job = runner.Plane.Offer(ExecutorNames.Command, Script("sleep 600"), time: TimeSpan.FromSeconds(1));
        var report = await job.ReportAsync();
        Assert.Contains(report.Failure!.Code, (string[])[ProblemCodes.Timeout, ProblemCodes.CommandFailed]);
    }

    [Fact]
    public async Task ARunnerThatIsStoppedGivesItsWorkBack()
    {
        await using var runner = await TestRunner.StartAsync();
        var job = runner.Plane.Offer(ExecutorNames.Command, Script("echo begun; sleep 600"));
        await job.LineAsync("begun");
        await runner.StopAsync();
        var failure = await job.FailsAsync(ProblemCodes.RunnerLost);
        Assert.Equal(FailureKind.Errored, failure.Kind);
        Assert.Empty(runner.Workspaces);
    }

    [Fact]
    public async Task HeartbeatsComeWhileTheWorkRuns()
    {
        await using var runner = await TestRunner.StartAsync();
        var job = runner.Plane.Offer(ExecutorNames.Command, Script("echo begun; sleep 600"), leaseSeconds: 1);
        await job.LineAsync("begun");
        await Wait.UntilAsync(() => job.Beats >= 3, "three heartbeats came");
        job.CancelReason = "enough";
        await job.FailsAsync(ProblemCodes.Refused);
    }

    private static CommandWork Script(string script) => new(["sh", "-c", script.Replace("$", "${DOLLAR}", StringComparison.Ordinal)], null, new Dictionary<string, string> { ["DOLLAR"] = "$" });

    private static bool Runs(int pid) => ProcessTable.Identify(pid) is { } process && ProcessTable.IsAlive(process);
}
