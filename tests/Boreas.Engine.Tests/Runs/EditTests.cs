using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;
using static Boreas.Engine.Tests.Specs;

namespace Boreas.Engine.Tests.Runs;

public sealed class EditTests
{
    [Fact]
    public void BeforeTheStartTheWholeGraphMayChange()
    {
        var story = new Story(Task("a"), Task("b", "a"));

        story.Do(new EditGraph([Task("c"), Task("b", "c") with { Name = "second" }], "eve"));

        Assert.Equal(["c", "b"], story.Run.Tasks.Ids());
        Assert.Equal([0, 1], story.Run.Tasks.Select(t => t.Index));
        Assert.Equal([RunTaskStatus.Pending, RunTaskStatus.Blocked], story.Run.Tasks.Select(t => t.Status));
        Assert.Equal("second", story["b"].Spec.Name);
        story.Do(new StartRun("ada"));
        Assert.Equal(RunStatus.Success, story.Succeed("c").Succeed("b").Run.Status);
    }

    [Fact]
    public void WhileItWaitsForAPersonWhatHasNotStartedMayChange()
    {
        var story = Story.Started(Task("a"), Gate("b", "a"), Task("c", "b")).Succeed("a").Pass(60);

        story.Do(new EditGraph([Task("before"), Task("a"), Gate("b", "a"), Task("check", "b"), Task("c", "check")], "eve"));

        Assert.Equal(RunStatus.Running, story.Run.Status);
        Assert.Equal((RunTaskStatus.Success, 1), (story["a"].Status, story["a"].Index));
        Assert.Equal((RunTaskStatus.Pending, story.Now), (story["before"].Status, story["before"].ReadyAt));
        Assert.Equal(story.Now.AddSeconds(-60), story["b"].ReadyAt);
        story.Succeed("before");
        Assert.Equal(RunStatus.WaitingConfirm, story.Run.Status);
        story.Do(new ConfirmTask("b", "bob"));
        Assert.Equal(RunStatus.Success, story.Succeed("b").Succeed("check").Succeed("c").Run.Status);
    }

    [Fact]
    public void ARunWhoseRemainingTasksAreDeletedHasSucceeded()
    {
        var story = Story.Started(Task("a"), Gate("b", "a")).Succeed("a");

        story.Do(new EditGraph([Task("a")], "eve"));

        Assert.Equal((RunStatus.Success, 100), (story.Run.Status, story.Run.Progress));
    }

    [Fact]
    public void WhatHasStartedStaysAsItIs()
    {
        var story = Story.Started(Task("a"), Gate("b", "a")).Succeed("a");

        var deleted = story.Refused(new EditGraph([Gate("b")], "eve"));
        var renamed = story.Refused(new EditGraph([Task("a") with { Name = "other" }, Gate("b", "a")], "eve"));

        Assert.Equal((Refusal.StateConflict, "Task 'a' is successful and cannot be deleted; that is possible until it has started."), (deleted.Code, deleted.Message));
        Assert.Contains("cannot be changed", renamed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("b", "c", "b → c → b")]
    [InlineData("b", "b", "b → b")]
    [InlineData("b", "ghost", "'ghost', which is not in the graph")]
    public void AGraphThatCannotBeWorkedOffIsRefusedWithThePath(string task, string waitsFor, string path)
    {
        var story = new Story(Task("a"), Task("b", "a"), Task("c", "b"));

        var refusal = story.Refused(new EditGraph([Task("a"), Task(task, waitsFor), Task("c", "b")], "eve"));

        Assert.Equal(Refusal.Invalid, refusal.Code);
        Assert.Contains(path, Assert.Single(refusal.Problems!).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhileTasksRunAndAfterTheEndNothingIsEdited()
    {
        var story = Story.Started(Task("a"));
        EditGraph edit = new([Task("a"), Task("b")], "eve");

        Assert.Equal("The deployment is running and cannot be edited; that is possible while it is not started or waiting for confirmation.", story.Refused(edit).Message);
        story.Succeed("a");
        Assert.Contains("successful", story.Refused(edit).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhileItIsRolledBackNothingIsEdited()
    {
        var story = Story.Started(Undoable("a"), Gate("b", "a")).Succeed("a").Then(s => s.Do(new RollBackRun("bob")));

        Assert.Contains("being rolled back", story.Refused(new EditGraph([Undoable("a")], "eve")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheVersionOfTheGraphGrowsWithEachEditThatChangesSomething()
    {
        var story = new Story(Task("a"), Task("b", "a"));

        story.ChangesNothing(new EditGraph([Task("a"), Task("b", "a")], "eve"));
        Assert.Equal(1, story.Run.GraphVersion);
        story.Do(new EditGraph([Task("b", "a"), Task("a")], "eve"));

        Assert.Equal(2, story.Run.GraphVersion);
    }

    [Fact]
    public void EveryTaskIsTouchedSoThatReadersSeeItsNewPlace()
    {
        var story = new Story(Task("a"), Task("b", "a"));
        story.Run.TakeTouched();

        story.Do(new EditGraph([Task("new"), Task("a"), Task("b", "a")], "eve"));

        Assert.Equal(["new", "a", "b"], story.Run.TakeTouched().Ids());
    }

    [Fact]
    public void ADeletedTaskCannotBeClaimedByWhoStillKnowsIt()
    {
        var story = new Story(Task("a"), Task("b"));
        var gone = story["b"];

        story.Do(new EditGraph([Task("a")], "eve"));
        story.Do(new StartRun("ada"));

        Assert.False(story.Run.IsClaimable(gone, story.Now));
    }

    [Fact]
    public void ACarriedTaskStaysDone()
    {
        var story = new Story(new RunHeader("r", "deployment"), [Task("a"), Task("b", "a")], new CarriedTask("a", "{}"));

        story.Refused(new EditGraph([Task("b")], "eve"));
        story.Do(new EditGraph([Task("b", "a"), Task("c", "b"), Task("a")], "eve"));

        Assert.Equal([RunTaskStatus.Pending, RunTaskStatus.Blocked, RunTaskStatus.Success], story.Run.Tasks.Select(t => t.Status));
    }

    [Fact]
    public void ARollBackAfterAnEditIsInTheOrderOfWhatHappened()
    {
        var story = Story.Started(new RunHeader("r", "deployment"), Undoable("a"), Undoable("b", "a"), Gate("c", "b")).Succeed("a").Succeed("b");

        story.Do(new EditGraph([Gate("c", "b"), Undoable("b", "a"), Undoable("a")], "eve"));
        story.Do(new RejectTask("c", "bob"));

        Assert.Equal(["b", "a"], story.Events.OfType<RollbackStarted>().Single().Undone);
    }

    [Fact]
    public void AnIntervalThatWasTakenAwayIsNotWaitedFor()
    {
        var story = Story.Started(Task("a"), Gate("b", "a") with { DelaySeconds = 3600 }).Succeed("a");

        story.Do(new EditGraph([Task("a"), Task("b", "a")], "eve"));

        Assert.True(story.Run.IsClaimable(story["b"], story.Now));
    }

    [Theory]
    [InlineData(true, "b")]
    [InlineData(true, "a", "b", "gate!")]
    [InlineData(true, "a", "gate!", "b<a")]
    [InlineData(true, "a", "gate", "b<gate")]
    [InlineData(false, "a", "gate!", "b<gate")]
    [InlineData(false, "a", "gate!", "between<gate", "b<between")]
    [InlineData(false, "a", "gate!", "b!")]
    [InlineData(false, "a", "gate!")]
    public void WhatWaitsForAPersonStillDoesUnlessAConfirmationIsLifted(bool lifts, params string[] graph)
    {
        var story = new Story(Task("a"), Gate("gate", "a"), Task("b", "gate"));
        var edited = TaskGraph.TryBuild([.. graph.Select(Read)], out _)!;

        Assert.Equal(lifts, story.Run.LiftsConfirmation(edited));

        static TaskSpec Read(string text)
        {
            var parts = text.TrimEnd('!').Split('<');
            return Task(parts[0], parts[1..]) with { RequireConfirm = text.EndsWith('!') };
        }
    }
}
