using Boreas.Engine.Runs;
using static Boreas.Engine.Tests.Specs;

namespace Boreas.Engine.Tests.Runs;

/// <summary>Retry with backoff, losses, and a timeout on every state.</summary>
public sealed class RetryTests
{
    [Fact]
    public void AFailureThatMayPassIsTriedThreeTimesWithGrowingPauses()
    {
        var story = Story.Started(Task("a"));

        foreach (var pause in new[] { 2, 4 })
        {
            story.Fail("a", retry: true);
            Assert.Equal(story.Now.AddSeconds(pause), story["a"].NotBefore);
            story.Pass(pause - 1).Refused(new ClaimTask("a", "north", "early"));
            story.Pass(1);
        }

        story.Fail("a", retry: true);
        Assert.Equal((RunTaskStatus.Failed, 3, 3), (story["a"].Status, story["a"].Attempt, story["a"].Failures));
        Assert.Equal(RunStatus.Failed, story.Run.Status);
    }

    [Fact]
    public void ThePauseIsNeverLongerThanAMinute()
    {
        var story = Story.Started(Task("a") with { MaxAttempts = 50 });
        var pauses = new List<double>();
        while (story["a"].Status == RunTaskStatus.Pending)
        {
            story.Fail("a", retry: true);
            if (story["a"].NotBefore is not { } next) break;
            pauses.Add((next - story.Now).TotalSeconds);
            story.Pass(60);
        }

        Assert.Equal([2, 4, 8, 16, 32, 60, 60], pauses.Take(7));
        Assert.Equal(49, pauses.Count);
        Assert.Equal(60, pauses.Max());
    }

    [Fact]
    public void AFailureThatWillNotPassIsNotTriedAgain()
    {
        var story = Story.Started(Task("a")).Fail("a");

        Assert.Equal((RunTaskStatus.Failed, 1), (story["a"].Status, story["a"].Attempt));
    }

    [Fact]
    public void ATaskWithOneAttemptIsNotTriedAgain() =>
        Assert.Equal(RunTaskStatus.Failed, Story.Started(Task("a") with { MaxAttempts = 1 }).Fail("a", retry: true)["a"].Status);

    [Fact]
    public void ASuccessAfterAFailureIsASuccess()
    {
        var story = Story.Started(Task("a")).Fail("a", retry: true).Pass(2).Succeed("a");

        Assert.Equal(RunStatus.Success, story.Run.Status);
        Assert.Null(story.Run.ErrorMessage);
        Assert.Null(story["a"].Failure);
    }

    [Fact]
    public void ALostRunnerIsReplacedAtOnceAndDoesNotCountAsAFailure()
    {
        var story = Story.Started(Task("a") with { MaxAttempts = 1 });
        story.Do(new LoseTask("a", story.Claim("a")));

        Assert.True(story.Run.IsClaimable(story["a"], story.Now));
        Assert.Equal((0, 1), (story["a"].Failures, story["a"].Losses));
        Assert.Equal(RunStatus.Success, story.Succeed("a").Run.Status);
    }

    [Fact]
    public void ATaskThatLosesTenRunnersHasFailed()
    {
        var story = Story.Started(Task("a"));
        for (var i = 1; i < 10; i++)
        {
            story.Do(new LoseTask("a", story.Claim("a")));
            Assert.Equal(RunTaskStatus.Pending, story["a"].Status);
        }

        story.Do(new LoseTask("a", story.Claim("a")));

        Assert.Equal(RunTaskStatus.Failed, story["a"].Status);
        Assert.Equal(Run.RunnerLost, story["a"].Failure!.Code);
        Assert.Equal(RunStatus.Failed, story.Run.Status);
    }

    [Fact]
    public void AnAttemptThatDoesNotEndIsFencedAndTriedAgain()
    {
        var story = Story.Started(Task("a") with { TimeoutSeconds = 30 });
        var epoch = story.Claim("a");
        Assert.Equal(story.Now.AddSeconds(30), story.Run.NextDue);

        story.Pass(29).ChangesNothing(new Tick());
        story.Pass(1).Tick();

        Assert.Equal((RunTaskStatus.Pending, "timeout", 1), (story["a"].Status, story["a"].Failure!.Code, story["a"].Failures));
        Assert.Equal(Refusal.StaleLease, story.Refused(new ReportTask("a", epoch, null, null)).Code);
        Assert.Equal(story.Now.AddSeconds(2), story["a"].NotBefore);
    }

    [Fact]
    public void ATaskThatNoRunnerTakesFailsAndNamesTheLabels()
    {
        var story = Story.Started(new RunHeader("r", "deployment", PendingTimeoutSeconds: 600), Task("a") with { Labels = ["arm", "gpu"] });
        Assert.Equal(story.Now.AddSeconds(600), story.Run.NextDue);

        story.Pass(600).Tick();

        Assert.Equal(RunStatus.Failed, story.Run.Status);
        Assert.Equal("no_runner", story["a"].Failure!.Code);
        Assert.Contains("arm, gpu", story["a"].Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheTimeForARunnerBeginsWhenTheTaskMayRun()
    {
        var story = Story.Started(new RunHeader("r", "deployment", PendingTimeoutSeconds: 600), Task("a") with { DelaySeconds = 1000 });

        Assert.Equal(story.Now.AddSeconds(1600), story.Run.NextDue);
        story.Pass(999).Refused(new ClaimTask("a", "north", "early"));
        story.Pass(1).Succeed("a");
    }

    [Fact]
    public void TheIntervalBeginsWhenTheDependenciesAreDone()
    {
        var story = Story.Started(Task("a"), Task("b", "a") with { DelaySeconds = 300 }).Pass(50).Succeed("a");

        Assert.Equal(story.Now.AddSeconds(300), story["b"].NotBefore);
    }

    [Fact]
    public void AnIntervalDoesNotBeginAgainWhenAPersonConfirms()
    {
        var story = Story.Started(Gate("a") with { DelaySeconds = 300 });
        var at = story.Now.AddSeconds(300);

        story.Pass(100).Do(new ConfirmTask("a", "bob"));

        Assert.Equal(at, story["a"].NotBefore);
        story.Refused(new ClaimTask("a", "north", "early"));
        story.Pass(200).Succeed("a");
    }

    [Fact]
    public void ARunThatNobodyStartsIsCancelled()
    {
        var story = new Story(new RunHeader("r", "deployment", StartTimeoutSeconds: 60), [Task("a")]);
        Assert.Equal(story.Now.AddSeconds(60), story.Run.NextDue);

        story.Pass(60).Tick();

        Assert.Equal(RunStatus.Cancelled, story.Run.Status);
        Assert.Contains("nobody started it", story.Run.ErrorMessage, StringComparison.Ordinal);
        Assert.Null(story.Run.NextDue);
    }

    [Fact]
    public void WhatIsNotStartedAnyMoreIsNotSaidToHaveLackedARunnerOrAnAnswer()
    {
        var story = Story.Started(new RunHeader("r", "deployment", AutoRollback: false, PendingTimeoutSeconds: 60, ConfirmTimeoutSeconds: 60), Task("slow"), Task("bad"), Task("idle"), Gate("gate"));
        var slow = story.Claim("slow");
        story.Fail("bad");
        Assert.Equal(story["slow"].Deadline, story.Run.NextDue);

        story.Pass(600).ChangesNothing(new Tick());
        story.Do(new ReportTask("slow", slow, null, null));

        Assert.Equal([RunTaskStatus.Success, RunTaskStatus.Failed, RunTaskStatus.Cancelled, RunTaskStatus.Cancelled], story.Run.Tasks.Select(t => t.Status));
    }

    [Fact]
    public void OneTickActsOnEverythingThatIsOverdue()
    {
        var story = Story.Started(Task("a") with { TimeoutSeconds = 10 }, Task("b") with { TimeoutSeconds = 20 }, Task("c") with { TimeoutSeconds = 3000 });
        foreach (var task in new[] { "a", "b", "c" }) story.Claim(task);

        story.Pass(1000).Tick();

        Assert.Equal([RunTaskStatus.Pending, RunTaskStatus.Pending, RunTaskStatus.Running], story.Run.Tasks.Select(t => t.Status));
    }
}
