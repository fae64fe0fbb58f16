using Boreas.Engine.Runs;
using static Boreas.Engine.Tests.Specs;

namespace Boreas.Engine.Tests.Runs;

public sealed class ConfirmationTests
{
    [Fact]
    public void AConfirmationRecordsWhoAndWhen()
    {
        var story = Story.Started(Gate("a")).Pass(30);

        story.Do(new ConfirmTask("a", "bob", "looks good"));

        Assert.Equal(("bob", story.Now), (story["a"].ConfirmedBy, story["a"].ConfirmedAt));
        Assert.Equal("looks good", story.Events.OfType<TaskConfirmed>().Single().Reason);
    }

    [Fact]
    public void WithoutATaskEveryWaitingTaskIsConfirmed()
    {
        var story = Story.Started(Gate("a"), Gate("b"), Gate("later", "a"));

        story.Do(new ConfirmTask(null, "bob"));

        Assert.Equal([RunTaskStatus.Pending, RunTaskStatus.Pending, RunTaskStatus.Blocked], story.Run.Tasks.Select(t => t.Status));
    }

    [Fact]
    public void AConfirmedTaskIsNotAskedForAgainWhenItIsRetried()
    {
        var story = Story.Started(Gate("a"));
        story.Do(new ConfirmTask("a", "bob"));

        story.Fail("a", retry: true).Pass(2).Succeed("a");

        Assert.Equal(RunStatus.Success, story.Run.Status);
    }

    [Fact]
    public void ATaskIsConfirmedOnce()
    {
        var story = Story.Started(Gate("a"), Gate("b")).Then(s => s.Do(new ConfirmTask("a", "bob")));

        var refusal = story.Refused(new ConfirmTask("a", "eve"));

        Assert.Contains("pending", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("bob", story["a"].ConfirmedBy);
    }

    [Fact]
    public void ARefusalFailsTheRunAndSaysWhoAndWhy()
    {
        var story = Story.Started(Gate("a"), Task("b", "a"));

        story.Do(new RejectTask("a", "bob", "not on a Friday"));

        Assert.Equal(RunStatus.Failed, story.Run.Status);
        Assert.Equal(("refused", RunTaskStatus.Failed), (story["a"].Failure!.Code, story["a"].Status));
        Assert.Equal("do a: bob refused 'do a': not on a Friday.", story.Run.ErrorMessage);
        Assert.Equal(RunTaskStatus.Cancelled, story["b"].Status);
    }

    [Fact]
    public void ARefusalTakesBackWhatWasDoneBefore()
    {
        var story = Story.Started(new RunHeader("r", "deployment"), Undoable("a"), Gate("b", "a")).Succeed("a");

        story.Do(new RejectTask("b", "bob"));
        Assert.True(story.Run.RollingBack);
        story.Succeed("a-undo");

        Assert.Equal(RunStatus.RolledBack, story.Run.Status);
    }

    [Fact]
    public void AnAnswerThatNeverComesIsARefusal()
    {
        var story = Story.Started(new RunHeader("r", "deployment", ConfirmTimeoutSeconds: 3600), Gate("a"));
        Assert.Equal(story.Now.AddSeconds(3600), story.Run.NextDue);

        story.Pass(3600).Tick();

        Assert.Equal((RunStatus.Failed, "refused"), (story.Run.Status, story["a"].Failure!.Code));
        Assert.Contains("Nobody confirmed", story.Run.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void TheTimeToAnswerBeginsWhenTheRunIsStarted()
    {
        var story = new Story(new RunHeader("r", "deployment", ConfirmTimeoutSeconds: 3600), [Gate("a")]).Pass(7200);

        story.Do(new StartRun("ada"));

        Assert.Equal(story.Now.AddSeconds(3600), story.Run.NextDue);
        story.Pass(3599).ChangesNothing(new Tick());
    }
}
