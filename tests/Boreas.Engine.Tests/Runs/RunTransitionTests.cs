using Boreas.Engine.Runs;
using static Boreas.Engine.Tests.Specs;

namespace Boreas.Engine.Tests.Runs;

/// <summary>The life of a deployment, as the specification writes it: each step that is there happens, each other one is refused.</summary>
public sealed class RunTransitionTests
{
    private static readonly Dictionary<string, (string Words, Func<Story> Make)> States = new()
    {
        ["pending"] = ("not started", () => new Story(Undoable("a"), Gate("gate", "a"))),
        ["running"] = ("running", () => Story.Started(Undoable("a"), Gate("gate", "a"))),
        ["waiting_confirm"] = ("waiting for confirmation", () => Make("running").Succeed("a")),
        ["success"] = ("successful", () => Make("waiting_confirm").Then(s => s.Do(new ConfirmTask("gate", "bob"))).Succeed("gate")),
        ["failed"] = ("failed", () => Make("running").Fail("a")),
        ["rolling_back"] = ("being rolled back", () => Make("failed").Then(s => s.Do(new RollBackRun("bob")))),
        ["rolling_back_from_waiting"] = ("being rolled back", () => Make("waiting_confirm").Then(s => s.Do(new RollBackRun("bob")))),
        ["taken_back_by_cancel"] = ("being rolled back", () => Make("waiting_confirm").Then(s => s.Do(new CancelRun("bob")))),
        ["rolled_back"] = ("rolled back", () => Make("rolling_back").Succeed("a-undo")),
        ["cancelled"] = ("cancelled", () => Make("running").Then(s => s.Do(new CancelRun("bob")))),
    };

    private static readonly Dictionary<string, (RunCommand Command, string[] From)> Commands = new()
    {
        ["start"] = (new StartRun("bob"), ["not started"]),
        ["cancel"] = (new CancelRun("bob"), ["not started", "running", "waiting for confirmation"]),
        ["rollback"] = (new RollBackRun("bob"), ["waiting for confirmation", "failed"]),
        ["confirm"] = (new ConfirmTask(null, "bob"), ["waiting for confirmation"]),
        ["reject"] = (new RejectTask(null, "bob"), ["waiting for confirmation"]),
        ["edit"] = (new EditGraph([Undoable("a"), Gate("gate", "a") with { Name = "look closely" }], "bob"), ["not started", "waiting for confirmation"]),
    };

    /// <summary>What a command makes of a state; a pair that is not here is refused.</summary>
    private static readonly Dictionary<(string State, string Command), RunStatus> Allowed = new()
    {
        [("pending", "start")] = RunStatus.Running,
        [("pending", "cancel")] = RunStatus.Cancelled,
        [("pending", "edit")] = RunStatus.Pending,
        [("running", "cancel")] = RunStatus.Cancelled,
        [("waiting_confirm", "cancel")] = RunStatus.WaitingConfirm,
        [("waiting_confirm", "confirm")] = RunStatus.Running,
        [("waiting_confirm", "reject")] = RunStatus.Failed,
        [("waiting_confirm", "rollback")] = RunStatus.WaitingConfirm,
        [("waiting_confirm", "edit")] = RunStatus.WaitingConfirm,
        [("failed", "rollback")] = RunStatus.Failed,
        [("rolling_back", "rollback")] = RunStatus.Failed,
        [("rolling_back_from_waiting", "rollback")] = RunStatus.WaitingConfirm,
    };

    public static TheoryData<string, string> EveryPair()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var state in States.Keys)
        {
            foreach (var command in Commands.Keys) pairs.Add(state, command);
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(EveryPair))]
    public void ACommandDoesWhatTheStateAllowsOrIsRefusedNamingBothStates(string state, string command)
    {
        var story = Make(state);
        var (act, from) = Commands[command];

        if (Allowed.TryGetValue((state, command), out var then))
        {
            story.Do(act);
            Assert.Equal(then, story.Run.Status);
            return;
        }

        var refusal = story.Refused(act);
        Assert.Equal(Refusal.StateConflict, refusal.Code);
        Assert.Contains(States[state].Words, refusal.Message, StringComparison.Ordinal);
        Assert.All(from, word => Assert.Contains(word, refusal.Message, StringComparison.Ordinal));
    }

    public static TheoryData<string> EveryState => [.. States.Keys];

    [Theory]
    [MemberData(nameof(EveryState))]
    public void OnlyOneThatFailedIsResumedAndTheRefusalNamesBothStates(string state)
    {
        var run = Make(state).Run;

        if (state == "failed")
        {
            Assert.Null(run.WhyNotResumed(null));
            Assert.Null(run.WhyNotResumed("a"));
            Assert.Contains("'gate' is cancelled; only a task that is failed", run.WhyNotResumed("gate")!.Message, StringComparison.Ordinal);
            Assert.Equal(Refusal.NotFound, run.WhyNotResumed("ghost")!.Code);
            return;
        }

        var refusal = run.WhyNotResumed(null)!;
        Assert.Equal(Refusal.StateConflict, refusal.Code);
        Assert.Contains($"is {States[state].Words} and cannot be resumed; that is possible while it is failed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunningBecomesSuccessWhenAllTasksAre()
    {
        var story = Story.Started(Task("a"), Task("b", "a")).Succeed("a");
        Assert.Equal(RunStatus.Running, story.Run.Status);

        story.Succeed("b");

        Assert.Equal(RunStatus.Success, story.Run.Status);
        Assert.Equal(story.Now, story.Run.CompletedAt);
        Assert.Equal(100, story.Run.Progress);
        Assert.Null(story.Run.NextDue);
    }

    [Fact]
    public void RunningAndWaitingConfirmAlternate()
    {
        var story = Story.Started(Gate("first"), Gate("second", "first"));
        Assert.Equal(RunStatus.WaitingConfirm, story.Run.Status);

        story.Do(new ConfirmTask("first", "bob"));
        Assert.Equal(RunStatus.Running, story.Run.Status);
        story.Succeed("first");
        Assert.Equal(RunStatus.WaitingConfirm, story.Run.Status);
        story.Do(new ConfirmTask("second", "bob"));
        story.Succeed("second");

        Assert.Equal(RunStatus.Success, story.Run.Status);
    }

    [Fact]
    public void ItWaitsForAPersonOnlyWhenNothingElseCanRun()
    {
        var story = Story.Started(Gate("gate"), Task("other"));
        Assert.Equal(RunStatus.Running, story.Run.Status);

        story.Succeed("other");

        Assert.Equal(RunStatus.WaitingConfirm, story.Run.Status);
    }

    [Fact]
    public void AFailureLetsWhatRunsEndAndStartsNothingMore()
    {
        var story = Story.Started(Task("bad"), Task("slow"), Task("idle"), Task("after", "slow"));
        var slow = story.Claim("slow");
        story.Fail("bad");

        Assert.Equal(RunStatus.Running, story.Run.Status);
        Assert.Contains("running", story.Refused(new ClaimTask("idle", "north", "x")).Message, StringComparison.Ordinal);
        story.Do(new ReportTask("slow", slow, null, null));

        Assert.Equal(RunStatus.Failed, story.Run.Status);
        Assert.Equal("do bad: it broke", story.Run.ErrorMessage);
        Assert.Equal(RunTaskStatus.Success, story["slow"].Status);
        Assert.Equal(RunTaskStatus.Cancelled, story["idle"].Status);
        Assert.Equal(RunTaskStatus.Cancelled, story["after"].Status);
    }

    /// <summary>Events that nobody decided are refused too: a record that contradicts the state stops the run.</summary>
    [Fact]
    public void ARecordedTransitionThatTheSpecificationDoesNotHaveIsAnInvariantViolation()
    {
        (RunStatus From, RunStatus To)[] allowed =
        [
            (RunStatus.Pending, RunStatus.Running), (RunStatus.Pending, RunStatus.Cancelled),
            (RunStatus.Running, RunStatus.WaitingConfirm), (RunStatus.Running, RunStatus.Success), (RunStatus.Running, RunStatus.Failed), (RunStatus.Running, RunStatus.Cancelled),
            (RunStatus.WaitingConfirm, RunStatus.Running), (RunStatus.WaitingConfirm, RunStatus.RolledBack), (RunStatus.WaitingConfirm, RunStatus.Cancelled),
            (RunStatus.Failed, RunStatus.RolledBack),
        ];
        foreach (var state in new[] { "pending", "running", "waiting_confirm", "success", "failed", "rolled_back", "cancelled" })
        {
            foreach (var to in Enum.GetValues<RunStatus>())
            {
                var run = Make(state).Run;
                var from = run.Status;
                var problem = Record.Exception(() => run.Apply(new RunStatusChanged(run.UpdatedAt, to)));
                if (allowed.Contains((from, to)))
                {
                    Assert.Null(problem);
                    continue;
                }

                var violation = Assert.IsType<RunInvariantException>(problem);
                Assert.Contains(from.ToString(), violation.Message, StringComparison.Ordinal);
                Assert.Contains(to.ToString(), violation.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void ARunBeginsWithItsCreationAndOnlyOnce()
    {
        var story = Make("running");

        Assert.Throws<RunInvariantException>(() => Run.Replay([]));
        Assert.Throws<RunInvariantException>(() => Run.Replay(story.Events.Skip(1)));
        Assert.Throws<RunInvariantException>(() => story.Run.Apply(story.Events[0]));
    }

    private static Story Make(string state) => States[state].Make();
}
