using Boreas.Engine.Runs;
using static Boreas.Engine.Tests.Specs;

namespace Boreas.Engine.Tests.Runs;

public sealed class RollbackTests
{
    private static readonly RunHeader Automatic = new("r", "deployment", AutoRollback: true);

    [Fact]
    public void AFailureTakesBackWhatSucceededInReverseOrder()
    {
        var story = Story.Started(Automatic, Task("build"), Undoable("c", "build"), Undoable("a", "c"), Undoable("b", "a"), Task("check", "b"));
        foreach (var task in new[] { "build", "c", "a", "b" }) story.Pass(1).Succeed(task);

        story.Fail("check");

        Assert.Equal((RunStatus.Failed, true, false), (story.Run.Status, story.Run.RollingBack, story.Run.IsOver));
        Assert.Equal(["b-undo", "a-undo", "c-undo"], story.Run.Tasks.Skip(5).Ids());
        foreach (var undo in new[] { "b-undo", "a-undo", "c-undo" })
        {
            Assert.Equal([undo], story.Run.Tasks.Where(t => story.Run.IsClaimable(t, story.Now)).Ids());
            story.Succeed(undo);
        }

        Assert.Equal((RunStatus.RolledBack, true), (story.Run.Status, story.Run.IsOver));
        Assert.All(new[] { "a", "b", "c" }, t => Assert.Equal(RunTaskStatus.RolledBack, story[t].Status));
        Assert.Equal(RunTaskStatus.Success, story["build"].Status);
        Assert.Equal("do check: it broke", story.Run.ErrorMessage);
    }

    [Fact]
    public void TheOrderIsThatOfTheEventsWhateverTheClockDid()
    {
        var story = Story.Started(Automatic, Undoable("second", "first"), Undoable("first"), Task("check", "second"));

        story.Succeed("first").Pass(-3600).Succeed("second").Fail("check");

        Assert.Equal(["second-undo", "first-undo"], story.Run.Tasks.Skip(3).Ids());
    }

    [Fact]
    public void AnUndoCarriesWhatItsTaskSaid()
    {
        var story = Story.Started(Automatic, Undoable("a") with { Labels = ["arm"] }).Fail("a");

        var undo = story["a-undo"].Spec;

        Assert.Equal(("take back a", "restore", """{"of":"a"}""", "shop"), (undo.Name, undo.Executor, undo.Payload, undo.AppId));
        Assert.Equal(["arm"], undo.Labels);
    }

    [Fact]
    public void ATaskThatStartedAndFailedIsTakenBackToo()
    {
        var story = Story.Started(Automatic, Undoable("a"), Undoable("never", "a")).Fail("a");

        Assert.Equal(["a-undo"], story.Run.Tasks.Skip(2).Ids());
    }

    [Fact]
    public void WithoutAnythingToTakeBackAFailureIsJustAFailure()
    {
        var story = Story.Started(Automatic, Task("a"), Undoable("b", "a")).Fail("a");

        Assert.Equal((RunStatus.Failed, true), (story.Run.Status, story.Run.IsOver));
    }

    [Fact]
    public void WithoutAnythingToTakeBackAPersonsRollbackIsDoneAtOnce()
    {
        var story = Story.Started(Task("a")).Fail("a");

        story.Do(new RollBackRun("bob", "tidy"));

        Assert.Equal(RunStatus.RolledBack, story.Run.Status);
        Assert.Equal("bob", story.Events.OfType<RunStatusChanged>().Last().By);
    }

    [Fact]
    public void APersonMayRollBackWhileTheRunWaits()
    {
        var story = Story.Started(Undoable("a"), Gate("b", "a")).Succeed("a");

        story.Do(new RollBackRun("bob", "no"));
        Assert.Equal(RunTaskStatus.Cancelled, story["b"].Status);
        story.Succeed("a-undo");

        Assert.Equal(RunStatus.RolledBack, story.Run.Status);
        Assert.Equal("Rolled back by bob: no", story.Run.ErrorMessage);
    }

    [Fact]
    public void AnUndoThatFailsEndsTheRollbackAndASecondOneDoesTheRest()
    {
        var story = Story.Started(Automatic, Undoable("a"), Undoable("b", "a"), Undoable("c", "b")).Succeed("a").Succeed("b").Fail("c");
        story.Succeed("c-undo").Fail("b-undo");

        Assert.Equal((RunStatus.Failed, false, true), (story.Run.Status, story.Run.RollingBack, story.Run.IsOver));
        Assert.Equal([RunTaskStatus.Success, RunTaskStatus.Success, RunTaskStatus.RolledBack], story.Run.Tasks.Take(3).Select(t => t.Status));
        Assert.Equal(RunTaskStatus.Cancelled, story["a-undo"].Status);

        story.Do(new RollBackRun("bob"));
        Assert.Equal(["b-undo-2", "a-undo-2"], story.Run.Tasks.Skip(6).Ids());
        story.Succeed("b-undo-2").Succeed("a-undo-2");

        Assert.Equal(RunStatus.RolledBack, story.Run.Status);
        Assert.All(story.Run.Tasks.Take(3), t => Assert.Equal(RunTaskStatus.RolledBack, t.Status));
    }

    [Fact]
    public void AnUndoThatFailsWhileTheRunWaitedMakesItFailed()
    {
        var story = Story.Started(Undoable("a"), Gate("b", "a")).Succeed("a");
        story.Do(new RollBackRun("bob"));

        story.Fail("a-undo");

        Assert.Equal((RunStatus.Failed, true), (story.Run.Status, story.Run.IsOver));
    }

    [Fact]
    public void AnUndoIsTriedAgainLikeEveryTask()
    {
        var story = Story.Started(Automatic, Undoable("a")).Fail("a").Fail("a-undo", retry: true).Pass(2).Succeed("a-undo");

        Assert.Equal(RunStatus.RolledBack, story.Run.Status);
    }

    [Fact]
    public void AnUndoThatNoRunnerTakesEndsTheRollback()
    {
        var story = Story.Started(Automatic, Undoable("a")).Fail("a");
        Assert.Equal(story.Now.AddSeconds(Automatic.PendingTimeoutSeconds), story.Run.NextDue);

        story.Pass(Automatic.PendingTimeoutSeconds).Tick();

        Assert.Equal((RunStatus.Failed, true, "no_runner"), (story.Run.Status, story.Run.IsOver, story["a-undo"].Failure!.Code));
    }

    [Fact]
    public void UndoTasksAreNoProgress()
    {
        var story = Story.Started(Automatic, Undoable("a"), Undoable("b", "a"), Undoable("c", "b"), Task("d", "c")).Succeed("a").Succeed("b").Fail("c");
        Assert.Equal(50, story.Run.Progress);

        story.Succeed("c-undo");
        Assert.Equal(50, story.Run.Progress);
        story.Succeed("b-undo");
        Assert.Equal(25, story.Run.Progress);
        story.Succeed("a-undo");

        Assert.Equal(0, story.Run.Progress);
    }

    [Fact]
    public void AnUndoFindsAnIdThatIsFree()
    {
        var story = Story.Started(Automatic, Undoable("a"), Task("a-undo"), Task("bad", "a", "a-undo")).Succeed("a").Succeed("a-undo").Fail("bad");

        Assert.Equal("a-undo-2", story.Run.Tasks[^1].Spec.Id);
        Assert.Equal(0, story.Run.Tasks[^1].Undoes);
    }
}
