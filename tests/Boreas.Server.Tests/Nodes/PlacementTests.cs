using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Server.Nodes;

namespace Boreas.Server.Tests.Nodes;

public class PlacementTests
{
    [Fact]
    public void InstancesAreSpreadOverTheNodes() =>
        Assert.Equal(["one", "two", "three", "one"], Nodes(Node("one"), Node("three", capacity: 8), Node("two", capacity: 9)).Choose(4, out _)!.Names());

    [Fact]
    public void ANodeWithoutTheReleaseComesBeforeOneWithMoreRoom() =>
        Assert.Equal(["small"], Nodes(Node("big", capacity: 50, used: 1, siblings: 1), Node("small", capacity: 2, used: 1)).Choose(1, out _)!.Names());

    [Fact]
    public void AmongEqualsTheOneWithTheMostRoomIsChosenThenTheFirstByName()
    {
        Assert.Equal(["b"], Nodes(Node("a", used: 3), Node("b", used: 2)).Choose(1, out _)!.Names());
        Assert.Equal(["a"], Nodes(Node("b"), Node("a")).Choose(1, out _)!.Names());
    }

    [Fact]
    public void AFullNodeGetsNothingMoreAlsoWithinOneChoice() =>
        Assert.Equal(["small", "big", "big"], Nodes(Node("small", capacity: 1), Node("big", capacity: 3, used: 1, siblings: 1)).Choose(3, out _)!.Names());

    [Fact]
    public void ItSaysWhyANodeWasChosenAndWhyEachOtherWasNot()
    {
        var nodes = Nodes(
            Node("a", used: 4), Node("b", used: 5), Node("c", used: 2, siblings: 2), Node("d", away: "lost"), Node("e", away: "cordoned (new disk)"), Node("f", capacity: 3, used: 3), Node("g", labels: []));

        var placed = Assert.Single(nodes.Choose(1, out _, "gpu")!);

        Assert.Equal("a", placed.Node);
        Assert.Equal("has none of this release and room for 6; b has room for 5, c has 2 of it, d is lost, e is cordoned (new disk), f is full (3 of 3), g lacks the label gpu", placed.Why);
    }

    [Fact]
    public void WithoutRoomEachNodeIsNamedWithItsReasonAndItMayPass()
    {
        Assert.Null(Nodes(Node("a", capacity: 2, used: 1), Node("b", away: "lost"), Node("c", labels: [])).Choose(2, out var none, "gpu"));

        Assert.Equal((FailureKind.Errored, ProblemCodes.NoNode), (none!.Kind, none.Code));
        Assert.Equal("No node has room for instance 2 of 2: a is full (2 of 2), b is lost, c lacks the label gpu.", none.Message);
    }

    [Fact]
    public void WithoutAnyNodeAnAgentIsAskedFor()
    {
        Assert.Null(Nodes().Choose(1, out var none));
        Assert.Equal("There is no runtime node.", none!.Message);
    }

    [Fact]
    public void AnImageGoesToNodesWithAnEngineAndWithoutOneItDoesNotPassByItself()
    {
        Assert.Equal(["b", "b"], Nodes(Node("a", engine: false), Node("b")).Choose(2, out _, image: true)!.Names());
        Assert.Equal(["a"], Nodes(Node("a", engine: false)).Choose(1, out _)!.Names());

        Assert.Null(Nodes(Node("a", engine: false), Node("b", away: "lost")).Choose(1, out var none, image: true));

        Assert.Equal((FailureKind.Failed, ProblemCodes.EngineUnreachable), (none!.Kind, none.Code));
        Assert.EndsWith("a has no container engine, b is lost.", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AReasonDoesNotNameEveryNodeOfMany()
    {
        var placed = Nodes([.. Enumerable.Range(0, 20).Select(i => Node($"n-{i:00}"))]).Choose(1, out _)!;

        Assert.EndsWith("n-08 is as good and 11 more", placed[0].Why, StringComparison.Ordinal);
    }

    private static Fleet Nodes(params PlacementNode[] nodes) => new(nodes);

    private static PlacementNode Node(string name, int capacity = 10, int used = 0, int siblings = 0, bool engine = true, string? away = null, string[]? labels = null) =>
        new(name, labels ?? ["gpu"], capacity, used, siblings, engine, away);

    private sealed record Fleet(PlacementNode[] All)
    {
        public IReadOnlyList<PlacedInstance>? Choose(int instances, out NoPlace? none, string? label = null, bool image = false) =>
            Placement.Choose(All, instances, label is null ? [] : [label], image, out none);
    }
}

file static class Placed
{
    public static IEnumerable<string> Names(this IReadOnlyList<PlacedInstance> placed) => placed.Select(p => p.Node);
}
