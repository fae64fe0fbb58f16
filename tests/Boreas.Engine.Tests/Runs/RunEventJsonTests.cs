using System.Text.Json;
using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;

namespace Boreas.Engine.Tests.Runs;

public sealed class RunEventJsonTests
{
    private static readonly DateTimeOffset At = new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero).AddTicks(1_234_567);

    private static readonly TaskSpec Full = new("a", "shop", "deploy", RunTaskType.HealthCheck, "deploy", ["b", "c"], 7, """{"x":1}""", ["arm"], 12, 2, true, 34, new UndoSpec("undo", "restore", "{}", 56));

    private static readonly Dictionary<string, RunEvent> Samples = new()
    {
        { "run.created.1", new RunCreated(At, new RunHeader("r", "deployment", false, 1, 2, 3, new ApprovalRule(2, ["ada"], ["admin"], "bob", true, ["ops"]), "env"), [Full, new TaskSpec("b", null, "n", RunTaskType.Custom, "command", [])], [new CarriedTask("b", null)]) },
        { "run.status.1", new RunStatusChanged(At, RunStatus.WaitingConfirm, "why", "bob") },
        { "run.cancel_requested.1", new CancelRequested(At, "bob", "why") },
        { "run.rollback_started.1", new RollbackStarted(At, null, "why", [Full], ["a"]) },
        { "run.rollback_ended.1", new RollbackEnded(At, true) },
        { "run.graph_edited.1", new GraphEdited(At, "eve", [Full]) },
        { "task.claimed.1", new TaskClaimed(At, "a", 2, 3, "north", At.AddSeconds(5), "lease") },
        { "task.held.1", new TaskHeld(At, "a", At.AddSeconds(7), "why") },
        { "task.succeeded.1", new TaskSucceeded(At, "a", """{"digest":"sha256:1"}""") },
        { "task.attempt_failed.1", new TaskAttemptFailed(At, "a", new RunFailure("timeout", "m", "advice", true), At.AddSeconds(2), true, true) },
        { "task.approved.1", new TaskApproved(At, "a", "ada", "why") },
        { "task.confirmed.1", new TaskConfirmed(At, "a", "bob", null) },
        { "task.questioned.1", new TaskQuestioned(At, "a", "Good enough?", "{}") },
        { "task.cancelled.1", new TaskCancelled(At, "a", true) },
    };

    public static TheoryData<string> Names() => [.. Samples.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void WhatIsWrittenIsRead(string name)
    {
        var happened = Samples[name];
        var json = RunEventJson.Write(happened);
        var read = RunEventJson.Read(RunEventJson.NameOf(happened), json);

        Assert.Equal(name, RunEventJson.NameOf(happened));
        Assert.Equal(happened.GetType(), read.GetType());
        Assert.Equal(At, read.At);
        Assert.Equal(json, RunEventJson.Write(read));
        Assert.Equivalent(happened, read, strict: true);
    }

    [Fact]
    public void EveryKindOfEventHasASample()
    {
        var kinds = typeof(RunEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(RunEvent)));

        Assert.Equal(kinds.Select(k => k.Name).Order(), Samples.Values.Select(s => s.GetType().Name).Order());
    }

    [Fact]
    public void AnEventOfALaterReleaseIsAnErrorThatSaysWhatToDo()
    {
        var error = Assert.Throws<JsonException>(() => RunEventJson.Read("task.claimed.2", "{}"));

        Assert.Contains("'task.claimed.2'", error.Message, StringComparison.Ordinal);
        Assert.Contains("newer release", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("[]")]
    public void WhatIsNoEventIsAnError(string json) => Assert.Throws<JsonException>(() => RunEventJson.Read("task.claimed.1", json));
}
