using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;
using static Boreas.Engine.Tests.Specs;

namespace Boreas.Engine.Tests.Runs;

/// <summary>A run that carries over what had succeeded in another.</summary>
public sealed class ResumeTests
{
    private static readonly RunHeader Header = new("run-2", "deployment");

    [Fact]
    public void CarriedTasksHaveSucceededWithTheirResultsAndTheRestRuns()
    {
        var story = new Story(Header, [Task("a"), Task("b", "a"), Task("c", "b")], new CarriedTask("a", """{"digest":"d"}"""));

        Assert.Equal([RunTaskStatus.Success, RunTaskStatus.Pending, RunTaskStatus.Blocked], story.Run.Tasks.Select(t => t.Status));
        Assert.Equal("""{"digest":"d"}""", story["a"].Result);
        Assert.Equal(33, story.Run.Progress);
        story.Do(new StartRun("ada"));
        story.Succeed("b").Succeed("c");

        Assert.Equal(RunStatus.Success, story.Run.Status);
        Assert.Equal(0, story["a"].Attempt);
    }

    [Fact]
    public void ARunThatCarriesEverythingSucceedsWhenItIsStarted()
    {
        var story = new Story(Header, [Task("a"), Task("b", "a")], new CarriedTask("b", null), new CarriedTask("a", null));

        story.Do(new StartRun("ada"));

        Assert.Equal(RunStatus.Success, story.Run.Status);
    }

    [Fact]
    public void WhatWasCarriedIsTakenBackAfterWhatWasDoneHereAgainstTheGraph()
    {
        var story = new Story(Header, [Undoable("late", "early"), Undoable("early"), Undoable("now", "late"), Task("bad", "now")], new CarriedTask("early", null), new CarriedTask("late", null));
        story.Do(new StartRun("ada"));
        story.Succeed("now").Fail("bad");

        Assert.Equal(["now-undo", "late-undo", "early-undo"], story.Run.Tasks.Skip(4).Ids());
    }

    [Theory]
    [InlineData("ghost", "not in the graph")]
    [InlineData("a a", "twice")]
    [InlineData("b", "'a'")]
    public void WhatCannotHaveSucceededIsRefused(string carried, string because)
    {
        var created = new RunCreated(DateTimeOffset.UnixEpoch, Header, [Task("a"), Task("b", "a")], [.. carried.Split(' ').Select(t => new CarriedTask(t, null))]);

        Assert.Null(Run.Create(created, out var problems));
        Assert.Contains(because, Assert.Single(problems).Message, StringComparison.Ordinal);
        Assert.Throws<RunInvariantException>(() => Run.Replay([created]));
    }

    [Fact]
    public void AGraphThatIsRefusedMakesNoRun()
    {
        Assert.Null(Run.Create(new RunCreated(DateTimeOffset.UnixEpoch, Header, [Task("a", "b"), Task("b", "a")]), out IReadOnlyList<GraphProblem> problems));
        Assert.True(problems.Single().IsCycle);
    }
}
