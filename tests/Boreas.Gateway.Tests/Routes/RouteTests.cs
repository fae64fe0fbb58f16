using Boreas.Gateway.Draining;
using Boreas.Gateway.Routes;

namespace Boreas.Gateway.Tests.Routes;

public sealed class RouteTests
{
    private const int Choices = 10_000;

    [Theory]
    [InlineData(100)]
    [InlineData(50, 50)]
    [InlineData(90, 10)]
    [InlineData(99, 1)]
    [InlineData(1, 2, 3, 4)]
    [InlineData(1000, 0, 500)]
    [InlineData(7, 7, 7, 7, 7, 7, 7)]
    public void TenThousandRequestsAreWithinTwoPointsOfTheWeights(params int[] weights)
    {
        var route = RouteOf(weights);
        var taken = new int[weights.Length];
        for (var i = 0; i < Choices; i++) taken[Number(route.Choose(new(0))!)]++;
        var total = weights.Sum();
        for (var i = 0; i < weights.Length; i++) Assert.InRange(taken[i] * 100.0 / Choices, (weights[i] * 100.0 / total) - 2, (weights[i] * 100.0 / total) + 2);
    }

    [Fact]
    public void EveryStretchOfRequestsHasItsShare()
    {
        var route = RouteOf(90, 10);
        var choices = Enumerable.Range(0, Choices).Select(_ => Number(route.Choose(new(0))!)).ToArray();
        foreach (var stretch in choices.Chunk(50)) Assert.InRange(stretch.Count(n => n == 1), 3, 7);
    }

    [Fact]
    public void SharesHoldWhenManyThreadsChoose()
    {
        var route = RouteOf(80, 20);
        var second = 0;
        Parallel.For(0, Choices, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            if (Number(route.Choose(new(0))!) == 1) Interlocked.Increment(ref second);
        });
        Assert.InRange(second * 100.0 / Choices, 18, 22);
    }

    [Fact]
    public void WeightZeroTakesNone()
    {
        var route = RouteOf(1, 0);
        for (var i = 0; i < Choices; i++) Assert.Equal(0, Number(route.Choose(new(0))!));
        Assert.Null(RouteOf(0, 0).Choose(new(0)));
        Assert.Null(RouteOf().Choose(new(0)));
    }

    [Fact]
    public void ASuspectIsPassedOverUntilItsTimeIsUp()
    {
        var route = RouteOf(out var instances, 100, 1, 1);
        instances[0].Suspect(now: 10, until: 20);
        for (var i = 0; i < 1000; i++) Assert.NotEqual(0, Number(route.Choose(new(19))!));
        Assert.Contains(Enumerable.Range(0, 100), _ => Number(route.Choose(new(20))!) == 0);
    }

    [Fact]
    public void WhenAllAreSuspectTheyAreUsedAllTheSame()
    {
        var route = RouteOf(out var instances, 1, 1);
        foreach (var instance in instances) instance.Suspect(now: 0, until: 20);
        Assert.NotNull(route.Choose(new(10)));
    }

    [Fact]
    public void AnInstanceThatRefusedThisRequestIsNotChosenForItAgain()
    {
        var route = RouteOf(out var instances, 1, 1, 1);
        for (var i = 0; i < 1000; i++) Assert.Equal(2, Number(route.Choose(new(0, null, instances[0], instances[1]))!));
        Assert.Null(RouteOf(out instances, 1).Choose(new(0, null, instances[0])));
    }

    private static int Number(Target target) => target.Address[0] - '0';

    private static Route RouteOf(params int[] weights) => RouteOf(out _, weights);

    private static Route RouteOf(out Instance[] instances, params int[] weights)
    {
        var made = weights.Select((_, n) => new Instance($"i{n}", () => { })).ToArray();
        instances = made;
        return new("hello", "production", "/runtime/hello", sticky: false, [.. weights.Select((weight, n) => new Target(made[n], $"{n}", weight, $"k{n}"))]);
    }
}
