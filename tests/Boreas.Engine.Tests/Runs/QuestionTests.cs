using Boreas.Engine.Runs;
using static Boreas.Engine.Tests.Specs;

namespace Boreas.Engine.Tests.Runs;

/// <summary>Tasks that end with a question, steps that were refused beforehand, and whose failure takes everything back.</summary>
public sealed class QuestionTests
{
    [Fact]
    public void AQuestionWaitsForAPersonAndConfirmingItIsTheSuccess()
    {
        var story = Story.Started(Task("watch"), Task("next", "watch"));
        var epoch = story.Claim("watch");

        story.Do(new ReportTask("watch", epoch, """{"n":1}""", null, "Too little traffic to tell."));
        story.ChangesNothing(new ReportTask("watch", epoch, """{"n":1}""", null, "Too little traffic to tell."));

        Assert.Equal((RunStatus.WaitingConfirm, RunTaskStatus.WaitingConfirm), (story.Run.Status, story["watch"].Status));
        Assert.Equal("Waits for a person: Too little traffic to tell.", WaitingFor.Explain(story.Run, story["watch"], story.Now, []));
        story.Pass(5).Do(new ConfirmTask("watch", "bob"));
        Assert.Equal((RunTaskStatus.Success, "bob", """{"n":1}"""), (story["watch"].Status, story["watch"].ConfirmedBy, story["watch"].Result));
        story.Succeed("next");
        Assert.Equal(RunStatus.Success, story.Run.Status);
    }

    [Fact]
    public void RefusingTheAnswerIsAFailure()
    {
        var story = Story.Started(Task("watch"), Task("next", "watch"));
        story.Do(new ReportTask("watch", story.Claim("watch"), null, null, "Good enough?"));

        story.Do(new RejectTask("watch", "bob"));

        Assert.Equal((RunStatus.Failed, RunTaskStatus.Failed, RunTaskStatus.Cancelled), (story.Run.Status, story["watch"].Status, story["next"].Status));
    }

    [Fact]
    public void NobodyIsAskedAboutWhatIsToStop()
    {
        var story = Story.Started(Task("watch"), Task("next", "watch"));
        var epoch = story.Claim("watch");
        story.Do(new CancelRun("bob"));

        story.Do(new ReportTask("watch", epoch, null, null, "Good enough?"));

        Assert.Equal((RunStatus.Cancelled, RunTaskStatus.Success), (story.Run.Status, story["watch"].Status));
    }

    [Fact]
    public void AStepThatWasRefusedBeforehandFailsWhenItsTurnComes()
    {
        var story = Story.Started(new RunHeader("r", "deployment", AutoRollback: false), Undoable("first"), Undoable("second", "first") with { RequireConfirm = true, RefusedBeforehand = true, AutoRollback = true });

        story.Succeed("first");

        Assert.Equal("refused", story["second"].Failure!.Code);
        story.Succeed("first-undo");
        Assert.Equal(RunStatus.RolledBack, story.Run.Status);
    }

    [Fact]
    public void TheFirstStepMayBeRefusedToo()
    {
        var story = Story.Started(Task("only") with { RequireConfirm = true, RefusedBeforehand = true });

        Assert.Equal(RunStatus.Failed, story.Run.Status);
    }

    [Theory]
    [InlineData(true, false, RunStatus.Failed)]
    [InlineData(false, true, RunStatus.RolledBack)]
    public void ATaskSaysItselfWhetherItsFailureTakesEverythingBack(bool run, bool task, RunStatus expected)
    {
        var story = Story.Started(new RunHeader("r", "deployment", AutoRollback: run), Undoable("a"), Task("check", "a") with { AutoRollback = task });

        story.Succeed("a").Fail("check");
        if (story.Run.RollingBack) story.Succeed("a-undo");

        Assert.Equal((expected, true), (story.Run.Status, story.Run.IsOver));
    }

    [Fact]
    public void CancellingTakesBackWhatWasDone()
    {
        var story = Story.Started(Undoable("a"), Task("check", "a"));
        var epoch = story.Succeed("a").Claim("check");

        story.Do(new CancelRun("bob", "wrong version"));
        story.Do(new ReportTask("check", epoch, null, Story.Broken()));
        Assert.Equal((true, false), (story.Run.RollingBack, story.Run.IsOver));
        story.Succeed("a-undo");

        Assert.Equal((RunStatus.Cancelled, RunTaskStatus.RolledBack, true), (story.Run.Status, story["a"].Status, story.Run.IsOver));
        Assert.Equal("Cancelled by bob: wrong version", story.Run.ErrorMessage);
    }

    [Fact]
    public void ACancelledRunWhoseUndoFailedCanBeRolledBackByHand()
    {
        var story = Story.Started(Undoable("a"), Task("check", "a"));
        story.Succeed("a");
        story.Do(new CancelRun("bob"));
        story.Fail("a-undo");
        Assert.Equal((RunStatus.Failed, true), (story.Run.Status, story.Run.IsOver));

        story.Do(new RollBackRun("bob"));
        story.Succeed("a-undo-2");

        Assert.Equal(RunStatus.RolledBack, story.Run.Status);
    }
}
