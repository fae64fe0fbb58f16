using Boreas.Engine.Runs;
using static Boreas.Engine.Tests.Specs;

namespace Boreas.Engine.Tests.Runs;

/// <summary>Only the present holder of a task ends it, once.</summary>
public sealed class FencingTests
{
    [Fact]
    public void AStaleReportChangesNothing()
    {
        var story = Story.Started(Task("a"));
        var lost = story.Claim("a", "north");
        story.Do(new LoseTask("a", lost));
        var held = story.Claim("a", "south");
        Assert.True(held > lost);

        Assert.Equal(Refusal.StaleLease, story.Refused(new ReportTask("a", lost, "{}", null)).Code);
        Assert.Equal(Refusal.StaleLease, story.Refused(new ReportTask("a", lost, null, Story.Broken())).Code);
        Assert.Equal(Refusal.StaleLease, story.Refused(new LoseTask("a", lost)).Code);

        story.Do(new ReportTask("a", held, null, null));
        Assert.Equal("south", story["a"].Runner);
        Assert.Equal(Refusal.StaleLease, story.Refused(new ReportTask("a", lost, "{}", null)).Code);
    }

    [Fact]
    public void AReportOfALostAttemptIsRefusedBeforeAnybodyElseHoldsTheTask()
    {
        var story = Story.Started(Task("a"));
        var lost = story.Claim("a");
        story.Do(new LoseTask("a", lost));

        Assert.Equal(Refusal.StaleLease, story.Refused(new ReportTask("a", lost, null, null)).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheSameReportTwiceAnswersTheSame(bool succeeds)
    {
        var story = Story.Started(Task("a"), Task("b"));
        var report = new ReportTask("a", story.Claim("a"), null, succeeds ? null : Story.Broken(retry: true));
        story.Do(report);

        story.ChangesNothing(report);
    }

    [Fact]
    public void AReportThatContradictsTheFirstDoesNotChangeIt()
    {
        var story = Story.Started(Task("a"), Task("b"));
        var epoch = story.Claim("a");
        story.Do(new ReportTask("a", epoch, null, null));

        story.ChangesNothing(new ReportTask("a", epoch, null, Story.Broken()));

        Assert.Equal(RunTaskStatus.Success, story["a"].Status);
    }

    [Fact]
    public void ADoubledReportOfTheAttemptBeforeChangesNothingInThisOne()
    {
        var story = Story.Started(Task("a"));
        var first = new ReportTask("a", story.Claim("a"), null, Story.Broken(retry: true));
        story.Do(first);
        story.Pass(2).Claim("a");

        story.ChangesNothing(first);

        Assert.Equal(RunTaskStatus.Running, story["a"].Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(2)]
    public void AnEpochThatNobodyHoldsIsStale(long epoch)
    {
        var story = Story.Started(Task("a"));
        Assert.Equal(Refusal.StaleLease, story.Refused(new ReportTask("a", epoch, null, null)).Code);
        story.Claim("a");

        Assert.Equal(Refusal.StaleLease, story.Refused(new ReportTask("a", epoch, null, null)).Code);
    }

    [Fact]
    public void ARecordedClaimWithAnEpochThatDoesNotGrowIsAnInvariantViolation()
    {
        var story = Story.Started(Task("a"));
        story.Do(new LoseTask("a", story.Claim("a")));

        Assert.Throws<RunInvariantException>(() => story.Run.Apply(new TaskClaimed(story.Now, "a", 2, 1, "south", story.Now, "lease")));
    }

    [Fact]
    public void ARecordedEventOfATaskThatIsNotThereIsAnInvariantViolation() =>
        Assert.Throws<RunInvariantException>(() => Story.Started(Task("a")).Run.Apply(new TaskSucceeded(DateTimeOffset.UnixEpoch, "ghost")));
}
