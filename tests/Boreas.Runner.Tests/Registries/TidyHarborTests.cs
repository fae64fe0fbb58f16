using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Tests.World;

namespace Boreas.Runner.Tests.Registries;

public sealed class TidyHarborTests : IAsyncLifetime
{
    private TestRunner _runner = null!;
    private FakeHarbor _harbor = null!;

    public async Task InitializeAsync() => (_runner, _harbor) = (await TestRunner.StartAsync(), await FakeHarbor.StartAsync());

    public async Task DisposeAsync()
    {
        await _runner.DisposeAsync();
        await _harbor.DisposeAsync();
    }

    [Fact]
    public async Task HarborDeletesImagesByItsOwnApiAndATagAloneWhereItsImageStays()
    {
        var (one, two, three) = (_harbor.Push("one", "1"), _harbor.Push("two", "2"), _harbor.Push("three", "3"));
        _harbor.Push("release", "2");

        var result = await Tidy([new("three", three, "serves in production"), new("two", two, null), new("one", one, null)], three).SucceedsAsync<TidyImagesResult>();

        Assert.Equal(
            [("one", TagOutcome.Deleted), ("two", TagOutcome.Untagged), ("release", TagOutcome.Foreign), ("stable", TagOutcome.Kept), ("three", TagOutcome.Kept)],
            result.Tags.Select(tag => (tag.Tag, tag.Outcome)));
        Assert.Equal([("release", two), ("stable", three), ("three", three)], _harbor.Tags.Select(tag => (tag.Key, tag.Value)).Order());
        Assert.Equal(
            [$"/api/v2.0/projects/shop/repositories/apps%252Fapp-hello/artifacts/{two}/tags/two", $"/api/v2.0/projects/shop/repositories/apps%252Fapp-hello/artifacts/{one}"],
            _harbor.Deleted);
    }

    [Fact]
    public async Task ARobotThatMayNotDeleteIsToldSo()
    {
        var (one, two) = (_harbor.Push("one", "1"), _harbor.Push("two", "2"));
        _harbor.MayDelete = false;

        var failure = await Tidy([new("two", two, "serves in production"), new("one", one, null)], two).FailsAsync(ProblemCodes.RegistryAccessDenied);

        Assert.Equal($"'{FakeHarbor.Robot}' may not delete from {_harbor.Name}.", failure.Message);
        Assert.Contains("right to delete", failure.Advice, StringComparison.Ordinal);
        Assert.Equal(two, _harbor.Tags["stable"]);
    }

    private TestJob Tidy(IReadOnlyList<PushedImage> images, string stable) => _runner.Plane.Offer(
        ExecutorNames.TidyImages,
        new TidyImagesWork(new ImageTarget(_harbor.Name, PlainHttp: true, FakeHarbor.Robot, "boreas_registry"), images, stable, DryRun: false),
        new Dictionary<string, string> { ["boreas_registry"] = FakeHarbor.Password });
}
