using Boreas.Engine.Runs;
using static Boreas.Engine.Tests.Specs;

namespace Boreas.Engine.Tests.Runs;

public sealed class CancelTests
{
    [Fact]
    public void ARunWithoutRunningTasksIsCancelledAtOnce()
    {
        var story = Story.Started(Task("a"), Task("b", "a"), Gate("c"));

        story.Do(new CancelRun("bob", "wrong version"));

        Assert.Equal(RunStatus.Cancelled, story.Run.Status);
        Assert.Equal("Cancelled by bob: wrong version", story.Run.ErrorMessage);
        Assert.All(story.Run.Tasks, t => Assert.Equal(RunTaskStatus.Cancelled, t.Status));
        Assert.Null(story.Run.NextDue);
    }

    [Theory]
    [InlineData("succeeds", RunTaskStatus.Success)]
    [InlineData("fails", RunTaskStatus.Cancelled)]
    [InlineData("is lost", RunTaskStatus.Cancelled)]
    [InlineData("never ends", RunTaskStatus.Cancelled)]
    public void ARunWithRunningTasksIsCancelledWhenTheyHaveEnded(string then, RunTaskStatus ends)
    {
        var story = Story.Started(Task("a") with { TimeoutSeconds = 60 }, Task("b", "a"), Task("c"));
        var epoch = story.Claim("a");
        story.Do(new CancelRun("bob"));
        Assert.Equal(RunStatus.Running, story.Run.Status);
        Assert.True(story["a"].CancelRequested);
        Assert.Equal(RunTaskStatus.Cancelled, story["b"].Status);
        story.Refused(new ClaimTask("c", "north", "late"));

        story.Pass(60).Do(then switch
        {
            "succeeds" => new ReportTask("a", epoch, null, null),
            "fails" => new ReportTask("a", epoch, null, Story.Broken(retry: true)),
            "is lost" => new LoseTask("a", epoch),
            _ => new Tick(),
        });

        Assert.Equal((RunStatus.Cancelled, ends), (story.Run.Status, story["a"].Status));
        Assert.Equal(RunTaskStatus.Cancelled, story["b"].Status);
    }

    [Fact]
    public void WhatATaskThatWasCancelledAtItsDeadlineStillSendsIsRefused()
    {
        var story = Story.Started(Task("a") with { TimeoutSeconds = 60 });
        var epoch = story.Claim("a");
        story.Do(new CancelRun("bob"));
        story.Pass(60).Tick();

        Assert.Equal(Refusal.StaleLease, story.Refused(new ReportTask("a", epoch, null, null)).Code);
    }

    [Fact]
    public void CancellingTwiceIsCancellingOnce()
    {
        var story = Story.Started(Task("a"));
        story.Claim("a");
        story.Do(new CancelRun("bob"));

        story.ChangesNothing(new CancelRun("eve"));

        Assert.Equal("Cancelled by bob", story.Run.ErrorMessage);
    }

    [Fact]
    public void ARunThatWasCancelledDuringAFailureIsCancelled()
    {
        var story = Story.Started(new RunHeader("r", "deployment"), Undoable("bad"), Undoable("slow"));
        var slow = story.Claim("slow");
        story.Fail("bad");
        story.Do(new CancelRun("bob"));
        story.Do(new ReportTask("slow", slow, null, Story.Broken()));
        story.Succeed("slow-undo").Succeed("bad-undo");

        Assert.Equal(RunStatus.Cancelled, story.Run.Status);
        Assert.Equal("do bad: it broke", story.Run.ErrorMessage);
    }

    [Fact]
    public void ARunThatIsBeingCancelledCannotBeRolledBack()
    {
        var story = Story.Started(Undoable("a"));
        story.Claim("a");
        story.Do(new CancelRun("bob"));

        Assert.Equal(Refusal.StateConflict, story.Refused(new RollBackRun("bob")).Code);
    }

    [Fact]
    public void TakingBackIsTriedAgainThoughTheRunWasCancelled()
    {
        var story = Story.Started(Undoable("a"), Gate("gate", "a")).Succeed("a").Then(s => s.Do(new CancelRun("bob")));

        story.Do(new LoseTask("a-undo", story.Claim("a-undo")));
        Assert.Equal(RunTaskStatus.Pending, story["a-undo"].Status);
        story.Fail("a-undo", retry: true);
        Assert.Equal(RunTaskStatus.Pending, story["a-undo"].Status);
        story.Pass(2).Succeed("a-undo");

        Assert.Equal((RunStatus.Cancelled, RunTaskStatus.RolledBack), (story.Run.Status, story["a"].Status));
    }
}
