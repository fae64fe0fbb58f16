using Boreas.Engine.Graphs;
using Boreas.Engine.Runs;
using static Boreas.Engine.Tests.Specs;

namespace Boreas.Engine.Tests.Runs;

/// <summary>Tasks that wait for people: for how many, for whom, and how long.</summary>
public sealed class ApprovalTests
{
    private static readonly string[] Approver = ["viewer", "developer", "approver"];

    [Fact]
    public void ATaskWaitsForAsManyDifferentPeopleAsTheRuleAsksFor()
    {
        var story = Started(new ApprovalRule(Approvals: 2), Gate("a"));

        story.Do(new ConfirmTask("a", "ada", "I looked"));
        Assert.Equal(RunTaskStatus.WaitingConfirm, story["a"].Status);
        Assert.Equal("Waits for 1 of 2 people (ada has confirmed).", WaitingFor.Explain(story.Run, story["a"], story.Now, []));
        story.Pass(60).ChangesNothing(new ConfirmTask("a", "ada"));

        story.Do(new ConfirmTask("a", "bob"));
        Assert.Equal((RunTaskStatus.Pending, "bob"), (story["a"].Status, story["a"].ConfirmedBy));
        Assert.Equal([("ada", "I looked"), ("bob", null)], story["a"].Approvals.Select(a => (a.By, a.Reason)));
        Assert.Equal(TimeSpan.FromSeconds(60), story["a"].Approvals[1].At - story["a"].Approvals[0].At);
    }

    [Fact]
    public void ItSaysHowManyAreMissingAndWhoHasConfirmed()
    {
        var story = Started(new ApprovalRule(Approvals: 3), Gate("a"));
        Assert.Equal("Waits for 3 people to confirm it.", Why(story));

        story.Do(new ConfirmTask(null, "ada"));
        story.Do(new ConfirmTask(null, "bob"));

        Assert.Equal("Waits for 1 of 3 people (ada and bob have confirmed).", Why(story));
    }

    [Fact]
    public void ConfirmingEverythingCountsForEachTaskThatThePersonHasNotConfirmed()
    {
        var story = Started(new ApprovalRule(Approvals: 2), Gate("a"), Gate("b"));
        story.Do(new ConfirmTask("a", "ada"));

        story.Do(new ConfirmTask(null, "ada"));
        Assert.Equal([1, 1], story.Run.Tasks.Select(t => t.Approvals.Count));
        story.Do(new ConfirmTask(null, "bob"));

        Assert.Equal([RunTaskStatus.Pending, RunTaskStatus.Pending], story.Run.Tasks.Select(t => t.Status));
    }

    [Fact]
    public void OnlyWhoIsNamedOrHasTheRoleMayConfirmOrRefuse()
    {
        var story = Started(new ApprovalRule(Users: ["ada", "bob"], Roles: ["admin"]), Gate("a"));

        foreach (var command in (RunCommand[])[new ConfirmTask("a", "eve", Roles: Approver), new RejectTask("a", "eve", Roles: Approver)])
        {
            var refusal = story.Refused(command);
            Assert.Equal("forbidden", refusal.Code);
            Assert.Contains("ada or bob or whoever has the role admin", refusal.Message, StringComparison.Ordinal);
        }

        story.Do(new ConfirmTask("a", "root", Roles: [.. Approver, "admin"]));
        Assert.Equal(RunTaskStatus.Pending, story["a"].Status);
    }

    [Fact]
    public void WhoIsInAGroupWhenTheyConfirmMayAndWhatTheyConfirmedStays()
    {
        var story = Started(new ApprovalRule(Approvals: 2, Groups: ["ops"]), Gate("a"));
        story.Do(new ConfirmTask("a", "ada", Groups: ["sales", "ops"]));

        var refusal = story.Refused(new ConfirmTask("a", "eve", Roles: [.. Approver, "admin"], Groups: ["sales"]));
        Assert.Equal(("forbidden", "eve may not confirm this; a member of the group ops may."), (refusal.Code, refusal.Message));
        Assert.Equal("forbidden", story.Refused(new RejectTask("a", "ada")).Code);
        story.Do(new ConfirmTask("a", "bob", Groups: ["ops"]));

        Assert.Equal(RunTaskStatus.Pending, story["a"].Status);
        Assert.Equal(["ada", "bob"], story["a"].Approvals.Select(a => a.By));
    }

    [Fact]
    public void ItSaysWhoOfAGroupCanStillConfirm()
    {
        var story = Started(new ApprovalRule(2, ["zoe"], ["admin"], Except: "dan", Groups: ["ops", "leads"]), Gate("a"));
        var members = new Dictionary<string, IReadOnlyList<string>> { ["ops"] = ["ada", "bob", "dan"], ["leads"] = ["dan"] };
        string? Why() => WaitingFor.Explain(story.Run, story["a"], story.Now, [], members);

        Assert.Equal("Waits for 2 people to confirm it: zoe or a member of the group ops (ada and bob) or a member of the group leads (nobody at present) or whoever has the role admin.", Why());
        Assert.Equal($"'do a': {Why()}", WaitingFor.Explain(story.Run, story.Now, [], members));
        story.Do(new ConfirmTask("a", "ada", Groups: ["ops"]));
        Assert.StartsWith("Waits for 1 of 2 people (ada has confirmed): zoe or a member of the group ops (bob) or", Why(), StringComparison.Ordinal);

        members["ops"] = [.. Enumerable.Range(1, 9).Select(i => $"p{i}")];
        Assert.Contains("ops (p1, p2, p3, p4, p5 and 4 more)", Why(), StringComparison.Ordinal);
    }

    [Fact]
    public void TheAuthorMayRefuseAndNotConfirmWhereTheRuleSaysSo()
    {
        var story = Started(new ApprovalRule(Roles: ["approver"], Except: "ada"), Gate("a"));

        var refusal = story.Refused(new ConfirmTask("a", "ada", Roles: Approver));
        Assert.Equal("forbidden", refusal.Code);
        Assert.Contains("ada made this deployment", refusal.Message, StringComparison.Ordinal);

        story.Do(new RejectTask("a", "ada"));
        Assert.Equal(RunStatus.Failed, story.Run.Status);
    }

    [Fact]
    public void OneRefusalIsEnough()
    {
        var story = Started(new ApprovalRule(Approvals: 3), Gate("a"));
        story.Do(new ConfirmTask("a", "ada"));

        story.Do(new RejectTask("a", "bob"));

        Assert.Equal(RunStatus.Failed, story.Run.Status);
    }

    [Fact]
    public void TooFewInTimeIsARefusalThatNamesThem()
    {
        var story = Started(new ApprovalRule(Approvals: 2), Gate("a"));
        story.Pass(1800).Do(new ConfirmTask("a", "ada"));

        story.Pass(1800).Tick();

        Assert.Equal("do a: Only ada confirmed 'do a' within 60 minutes; 2 people have to.", story.Run.ErrorMessage);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AnExpiryTakesBackWhatWasDoneWhereTheRuleSaysSo(bool rollBack)
    {
        var story = Started(new ApprovalRule(RollBackOnExpiry: rollBack), Undoable("a"), Gate("b", "a"), Task("slow") with { TimeoutSeconds = 7200 });
        story.Succeed("a");
        var slow = story.Claim("slow");

        story.Pass(3600).Tick();
        story.Do(new ReportTask("slow", slow, null, null));

        Assert.Equal((RunStatus.Failed, rollBack), (story.Run.Status, story.Run.RollingBack));
    }

    [Fact]
    public void AConfirmationOfTheGraphBeforeItWasEditedDoesNotCount()
    {
        var story = Started(new ApprovalRule(Approvals: 2), Gate("a"));
        story.Do(new ConfirmTask("a", "ada"));

        story.Do(new EditGraph([Gate("a"), Task("b", "a")], "dan"));
        Assert.Equal("Waits for 2 people to confirm it, because the graph was edited after it had been confirmed.", Why(story));
        story.Do(new ConfirmTask("a", "bob"));
        Assert.Equal(RunTaskStatus.WaitingConfirm, story["a"].Status);
        story.Do(new ConfirmTask("a", "ada"));

        Assert.Equal(RunTaskStatus.Pending, story["a"].Status);
        Assert.Equal([("ada", 1), ("bob", 2), ("ada", 2)], story["a"].Approvals.Select(a => (a.By, a.GraphVersion)));
    }

    private static Story Started(ApprovalRule rule, params TaskSpec[] tasks) =>
        Story.Started(new RunHeader("r", "deployment", AutoRollback: false, ConfirmTimeoutSeconds: 3600, Approval: rule), tasks);

    private static string? Why(Story story) => WaitingFor.Explain(story.Run, story["a"], story.Now, []);
}
