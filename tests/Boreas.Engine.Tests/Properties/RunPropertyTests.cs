using Boreas.Engine.Runs;
using FsCheck;
using FsCheck.Fluent;

namespace Boreas.Engine.Tests.Properties;

/// <summary>Every graph, every order of commands. A failure prints the case, the shrunk case, and the seed to replay it with.</summary>
public sealed class RunPropertyTests
{
    /// <summary>Enough for what the checker knows to be met often; <c>BOREAS_PROPERTY_TESTS</c> asks for more.</summary>
    private static readonly int Cases = int.TryParse(Environment.GetEnvironmentVariable("BOREAS_PROPERTY_TESTS"), out var cases) ? cases : 400;

    [Fact]
    public void WhateverHappensTheRulesHold() => Check("rules", numbers => new RandomRun(numbers).Play());

    [Fact]
    public void ARunEndsWhenWhatIsClaimedIsReportedOrLost() => Check("work", numbers =>
    {
        var random = new RandomRun(numbers);
        random.Play();
        Assert.Contains(random.EndByWork([.. numbers.Reverse()]).Status, new[] { RunStatus.Success, RunStatus.Failed, RunStatus.RolledBack, RunStatus.Cancelled });
    });

    [Fact]
    public void ARunThatNobodyCaresForEndsByItsDeadlines() => Check("time", numbers =>
    {
        var random = new RandomRun(numbers);
        random.Play();
        Assert.True(random.EndByTime().IsOver);
    });

    /// <summary>The cases must be worth something: all ends are met, and so are the rare events. The numbers are the same each time, so that this does not depend on luck.</summary>
    [Fact]
    public void TheCasesReachEveryEndAndEveryKindOfEvent()
    {
        var ends = new HashSet<RunStatus>();
        var kinds = new HashSet<string>();
        var luck = new Random(20310506);
        for (var i = 0; i < 600; i++)
        {
            int[] numbers = [.. Enumerable.Range(0, luck.Next(300)).Select(_ => luck.Next(10_000))];
            var random = new RandomRun(numbers);
            var checker = random.Play();
            ends.Add(random.EndByWork([.. numbers.Reverse()]).Status);
            kinds.UnionWith(checker.Events.Select(RunEventJson.NameOf));
        }

        Assert.Equal(4, ends.Count);
        Assert.Equal(14, kinds.Count);
    }

    private static void Check(string name, Action<int[]> property)
    {
        var numbers = Gen.Choose(0, 300).SelectMany(length => Gen.Choose(0, 9_999).ArrayOf(length));
        var arbitrary = Arb.From(numbers, ArbMap.Default.ArbFor<int[]>().Shrinker);
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithName(name).WithMaxTest(Cases).WithEndSize(100).WithQuietOnSuccess(true), Prop.ForAll(arbitrary, property));
    }
}
