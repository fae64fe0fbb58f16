using Boreas.Engine.Runs;
using static Boreas.Engine.Tests.Specs;

namespace Boreas.Engine.Tests.Runs;

/// <summary>What may be done to a task in each of its states; everything else is refused.</summary>
public sealed class TaskTransitionTests
{
    private const string It = "it";

    /// <summary>Each with how it is said; in a run that has not started a refusal may speak of the run or of the task.</summary>
    private static readonly Dictionary<string, (string Words, Func<Story> Make)> States = new()
    {
        ["not_started"] = ("not started or pending", () => new Story(Task(It))),
        ["blocked"] = ("blocked", () => Story.Started(Task("before"), Task(It, "before"))),
        ["pending"] = ("pending", () => Story.Started(Task(It))),
        ["delayed"] = ("pending", () => Story.Started(Task(It) with { DelaySeconds = 60 })),
        ["waiting_confirm"] = ("waiting for confirmation", () => Story.Started(Gate(It))),
        ["running"] = ("running", () => Story.Started(Task(It)).Then(s => s.Claim(It))),
        ["retrying"] = ("pending", () => Story.Started(Task(It)).Fail(It, retry: true)),
        ["success"] = ("successful", () => Story.Started(Task(It), Task("other")).Succeed(It)),
        ["failed"] = ("failed", () => Story.Started(Task(It)).Fail(It)),
        ["cancelled"] = ("cancelled", () => Story.Started(Task(It)).Then(s => s.Do(new CancelRun("bob")))),
        ["rolled_back"] = ("rolled back", () => Story.Started(Undoable(It), Task("bad", It)).Succeed(It).Fail("bad").Then(s => s.Do(new RollBackRun("bob"))).Succeed("it-undo")),
    };

    /// <summary>Each with the state that it wants the task to be in.</summary>
    private static readonly Dictionary<string, (string From, Func<Story, RunCommand> Make)> Commands = new()
    {
        ["claim"] = ("pending", _ => new ClaimTask(It, "south", "lease")),
        ["succeed"] = ("running", s => new ReportTask(It, s[It].Epoch, null, null)),
        ["fail"] = ("running", s => new ReportTask(It, s[It].Epoch, null, Story.Broken())),
        ["succeed_as_somebody_later"] = ("running", s => new ReportTask(It, s[It].Epoch + 1, null, null)),
        ["lose"] = ("running", s => new LoseTask(It, s[It].Epoch)),
        ["lose_as_somebody_later"] = ("running", s => new LoseTask(It, s[It].Epoch + 1)),
        ["confirm"] = ("waiting for confirmation", _ => new ConfirmTask(It, "bob")),
        ["reject"] = ("waiting for confirmation", _ => new RejectTask(It, "bob")),
    };

    private static readonly Dictionary<(string State, string Command), RunTaskStatus> Allowed = new()
    {
        [("pending", "claim")] = RunTaskStatus.Running,
        [("running", "succeed")] = RunTaskStatus.Success,
        [("running", "fail")] = RunTaskStatus.Failed,
        [("running", "lose")] = RunTaskStatus.Pending,
        [("waiting_confirm", "confirm")] = RunTaskStatus.Pending,
        [("waiting_confirm", "reject")] = RunTaskStatus.Failed,
    };

    /// <summary>The last holder says again what it said: the same answer, and nothing happens.</summary>
    private static readonly HashSet<string> WasReported = ["retrying", "success", "failed", "rolled_back"];

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
        var story = States[state].Make();
        var before = story[It].Status;
        var act = Commands[command].Make(story);

        if (Allowed.TryGetValue((state, command), out var then))
        {
            story.Do(act);
            Assert.Equal(then, story[It].Status);
            return;
        }

        if (act is ReportTask && WasReported.Contains(state) && !command.EndsWith("later", StringComparison.Ordinal))
        {
            story.ChangesNothing(act);
            return;
        }

        var refusal = story.Refused(act);
        Assert.Equal(act is ReportTask or LoseTask ? Refusal.StaleLease : Refusal.StateConflict, refusal.Code);
        Assert.Contains(States[state].Words.Split(" or "), words => refusal.Message.Contains(words, StringComparison.Ordinal));
        Assert.Contains(Commands[command].From, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, story[It].Status);
    }

    [Theory]
    [InlineData("claim")]
    [InlineData("succeed")]
    [InlineData("lose")]
    [InlineData("confirm")]
    [InlineData("reject")]
    public void ATaskThatIsNotThereIsNotFound(string command)
    {
        RunCommand act = command switch
        {
            "claim" => new ClaimTask("ghost", "north", "lease"),
            "succeed" => new ReportTask("ghost", 1, null, null),
            "lose" => new LoseTask("ghost", 1),
            "confirm" => new ConfirmTask("ghost", "bob"),
            _ => new RejectTask("ghost", "bob"),
        };

        var refusal = Story.Started(Task("a")).Refused(act);

        Assert.Equal(Refusal.NotFound, refusal.Code);
        Assert.Contains("'ghost'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATaskIsReadyWhenTheLastOfItsDependenciesHasSucceeded()
    {
        var story = Story.Started(Task("a"), Task("b"), Task("c", "a", "b")).Succeed("a");
        Assert.Equal(RunTaskStatus.Blocked, story["c"].Status);

        story.Succeed("b");

        Assert.Equal(RunTaskStatus.Pending, story["c"].Status);
        Assert.Equal(story.Now, story["c"].ReadyAt);
    }

    [Fact]
    public void WhatATaskWentThroughCanBeReadFromIt()
    {
        var story = Story.Started(Gate("a")).Pass(5).Then(s => s.Do(new ConfirmTask("a", "bob"))).Pass(5);
        var (confirmed, claimed) = (story.Now.AddSeconds(-5), story.Now);
        var epoch = story.Claim("a", "north");
        story.Pass(7).Do(new ReportTask("a", epoch, "{}", null));

        var task = story["a"];
        Assert.Equal(("bob", confirmed), (task.ConfirmedBy, task.ConfirmedAt));
        Assert.Equal((1, 1L, "north", "lease-1"), (task.Attempt, task.Epoch, task.Runner, task.Lease));
        Assert.Equal((claimed, story.Now, "{}"), (task.StartedAt, task.CompletedAt, task.Result));
        Assert.Null(task.Deadline);
    }

    [Fact]
    public void TouchedTasksAreThoseThatChangedEachOnce()
    {
        var story = Story.Started(Task("a"), Task("b", "a"), Task("c", "b"), Task("d"));
        Assert.Equal(["a", "b", "c", "d"], story.Run.TakeTouched().Ids());
        Assert.Empty(story.Run.TakeTouched());

        story.Succeed("a");

        Assert.Equal(["a", "b"], story.Run.TakeTouched().Ids());
    }
}
