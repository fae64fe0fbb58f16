using Boreas.Engine.Runs;
using static Boreas.Engine.Tests.Specs;

namespace Boreas.Engine.Tests.Runs;

/// <summary>'Why is this not running?' always has an answer in a sentence.</summary>
public sealed class WaitingForTests
{
    private static readonly IReadOnlyCollection<string>[] OneRunner = [["linux", "podman"]];

    [Fact]
    public void TheStart() => Says("The deployment has not been started.", new Story(Task("a"), Gate("b"), Task("c", "a")), "a", "b", "c");

    [Fact]
    public void TheTasksBefore() => Says("Waits for 'do a' (pending), 'do b' (waiting for confirmation).", Story.Started(Task("a"), Gate("b"), Task("c", "a", "b")), "c");

    [Fact]
    public void OnlyTheTasksBeforeThatAreNotDone() => Says("Waits for 'do b' (pending).", Story.Started(Task("a"), Task("b"), Task("c", "a", "b")).Succeed("a"), "c");

    [Fact]
    public void ThreeTasksBeforeAndHowManyMore() =>
        Says("Waits for 'do a' (pending), 'do b' (pending), 'do c' (pending) and 2 more.", Story.Started(Task("a"), Task("b"), Task("c"), Task("d"), Task("e"), Task("f", "a", "b", "c", "d", "e")), "f");

    [Fact]
    public void ThePerson() => Says("Waits for a person to confirm it.", Story.Started(Gate("a")), "a");

    [Fact]
    public void TheInterval() => Says("Waits for its interval, until 12:05:00 UTC.", Story.Started(Task("a") with { DelaySeconds = 300 }), "a");

    [Fact]
    public void TheNextAttemptAndWhyThereIsOne() => Says("Tries again at 12:00:02 UTC after attempt 1 failed: it broke", Story.Started(Task("a")).Fail("a", retry: true), "a");

    [Fact]
    public void AFreeRunner() => Says("Waits for a runner that is free.", Story.Started(Task("a") with { Labels = ["podman"] }), "a");

    [Fact]
    public void ARunnerAtAll()
    {
        var story = Story.Started(Task("a"));

        Assert.Equal("No runner is online; start one with 'boreas runner'.", WaitingFor.Explain(story.Run, story["a"], story.Now, []));
    }

    [Fact]
    public void TheMissingLabel() => Says("No runner has the label arm.", Story.Started(Task("a") with { Labels = ["arm"] }), "a");

    [Fact]
    public void TheLabelsThatNoRunnerHasTogether()
    {
        var story = Story.Started(Task("a") with { Labels = ["arm", "gpu"] });

        Assert.Equal("No runner has the labels arm and gpu.", WaitingFor.Explain(story.Run, story["a"], story.Now, [["arm"], ["gpu"]]));
    }

    [Fact]
    public void AFailureElsewhere()
    {
        var story = Story.Started(Task("bad"), Task("slow"), Task("a"));
        story.Claim("slow");

        Says("Is not started any more, because another task failed.", story.Fail("bad"), "a");
    }

    [Fact]
    public void NothingWhenItRunsOrHasEnded()
    {
        var story = Story.Started(Task("done"), Task("runs")).Succeed("done");
        story.Claim("runs");

        Says(null, story, "done", "runs");
        Assert.Null(WaitingFor.Explain(story.Run, story.Now, OneRunner));
    }

    [Fact]
    public void ARunWaitsForItsFirstTaskThatCould()
    {
        Assert.Equal("The deployment has not been started.", OfRun(new Story(Task("a"))));
        Assert.Equal("'do a': Waits for a runner that is free.", OfRun(Story.Started(Task("b", "a"), Task("a"))));
        Assert.Equal("'do a': Waits for a person to confirm it.", OfRun(Story.Started(Gate("a"))));
        Assert.Equal("'take back a': Waits for a runner that is free.", OfRun(Story.Started(new RunHeader("r", "deployment"), Undoable("a")).Fail("a")));
        Assert.Null(OfRun(Story.Started(Task("a")).Succeed("a")));
    }

    private static string? OfRun(Story story) => WaitingFor.Explain(story.Run, story.Now, OneRunner);

    private static void Says(string? sentence, Story story, params string[] tasks) =>
        Assert.All(tasks, task => Assert.Equal(sentence, WaitingFor.Explain(story.Run, story[task], story.Now, OneRunner)));
}
