using Boreas.Engine.Runs;
using static Boreas.Engine.Tests.Specs;

namespace Boreas.Engine.Tests.Runs;

/// <summary>A task that is held does not begin before its moment, and says why.</summary>
public sealed class HoldTests
{
    [Fact]
    public void AHeldTaskIsNotClaimedBeforeItsMoment()
    {
        var story = Story.Started(Task("a"));
        story.Do(new HoldTask("a", story.Now.AddSeconds(60), "The environment is frozen."));

        Assert.Equal("The environment is frozen.", WaitingFor.Explain(story.Run, story["a"], story.Now, []));
        Assert.True(story.Run.IsWaiting);
        story.Refused(new ClaimTask("a", "north", "lease"));
        story.ChangesNothing(new HoldTask("a", story.Now.AddSeconds(60), "The environment is frozen."));

        story.Pass(60).Succeed("a");
        Assert.Equal((RunStatus.Success, null), (story.Run.Status, story["a"].Hold));
    }

    [Fact]
    public void ThePatienceForARunnerBeginsWhenItIsNoLongerHeld()
    {
        var story = Story.Started(new RunHeader("r", "deployment", PendingTimeoutSeconds: 600), Task("a"));
        story.Do(new HoldTask("a", story.Now.AddDays(9), "frozen"));
        Assert.Equal(story.Now.AddDays(9).AddSeconds(600), story.Run.NextDue);

        story.Pass(86_400).Do(new HoldTask("a", null));

        Assert.Equal(story.Now.AddSeconds(600), story.Run.NextDue);
        story.Succeed("a");
    }

    [Fact]
    public void WhatWaitsForSomethingElseIsNotHeld()
    {
        var story = Story.Started(Task("a") with { DelaySeconds = 300 }, Task("b", "a"), Gate("c"), Task("d"));
        story.Claim("d");

        foreach (var task in (string[])["a", "b", "c", "d"]) story.ChangesNothing(new HoldTask(task, story.Now.AddSeconds(60), "frozen"));
        story.ChangesNothing(new HoldTask("a", null));
        Assert.Equal(story.Now.AddSeconds(300), story["a"].NotBefore);
        Assert.Equal("not_found", story.Refused(new HoldTask("ghost", null)).Code);
    }

    [Fact]
    public void ARunWaitsOnlyWhenEverythingThatCouldRunIsHeld()
    {
        var story = Story.Started(Task("a"), Task("b"));
        story.Do(new HoldTask("a", story.Now.AddSeconds(60), "frozen"));
        Assert.False(story.Run.IsWaiting);

        story.Do(new HoldTask("b", story.Now.AddSeconds(60), "frozen"));
        Assert.True(story.Run.IsWaiting);
    }

    [Fact]
    public void ATaskThatIsEditedIsNotHeldUntilItIsAskedForAnew()
    {
        var story = Story.Started(Task("a"), Task("b"));
        foreach (var task in (string[])["a", "b"]) story.Do(new HoldTask(task, story.Now.AddDays(9), "frozen"));

        story.Do(new EditGraph([Task("a") with { Name = "another" }, Task("b")], "eve"));

        Assert.Equal((null, "frozen"), (story["a"].Hold, story["b"].Hold));
        Assert.False(story.Run.IsWaiting);
        story.Do(new HoldTask("a", story.Now.AddSeconds(60), "frozen"));
        Assert.True(story.Run.IsWaiting);
    }

    [Fact]
    public void WhatWasConfirmedAndIsHeldIsConfirmedAnewForAnotherGraph()
    {
        var story = Story.Started(Gate("a"), Task("b", "a"));
        story.Do(new ConfirmTask("a", "ada"));
        story.Do(new HoldTask("a", story.Now.AddSeconds(60), "frozen"));

        story.Do(new EditGraph([Gate("a"), Task("b", "a") with { Name = "another" }], "dan"));

        Assert.Equal((RunTaskStatus.WaitingConfirm, null), (story["a"].Status, story["a"].ConfirmedBy));
        story.Do(new ConfirmTask("a", "ada"));
        story.Succeed("a");
    }

    [Fact]
    public void ARunWithAHeldTaskIsCancelledAtOnce()
    {
        var story = Story.Started(Task("a"));
        story.Do(new HoldTask("a", story.Now.AddDays(9), "frozen"));

        story.Do(new CancelRun("ada"));

        Assert.Equal((RunStatus.Cancelled, null, null), (story.Run.Status, story["a"].Hold, story.Run.NextDue));
    }
}
