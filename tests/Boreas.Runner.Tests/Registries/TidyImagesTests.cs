using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Tests.World;

namespace Boreas.Runner.Tests.Registries;

/// <summary>Images of an app in a real registry.</summary>
public sealed class TidyImagesTests : IAsyncLifetime
{
    private TestRunner _runner = null!;
    private TestRegistry _registry = null!;
    private Pusher _pusher = null!;

    public async Task InitializeAsync() => _runner = await TestRunner.StartAsync();

    public async Task DisposeAsync()
    {
        await _runner.DisposeAsync();
        _pusher?.Dispose();
        if (_registry is not null) await _registry.DisposeAsync();
    }

    [RegistryFact]
    public async Task WhatNothingNeedsGoesAndStableNamesWhatServes()
    {
        await StartRegistryAsync(login: true);
        var (one, two, three) = (await _pusher.PushAsync("one", "1"), await _pusher.PushAsync("two", "2"), await _pusher.PushAsync("three", "3"));
        await _pusher.PushAsync("stable", "1");
        var foreign = await _pusher.PushAsync("v1.0", "4");
        PushedImage[] images = [new("three", three, "is one of the newest 1"), new("two", two, "serves in production"), new("one", one, null)];

        var result = await TidyAsync(images, stable: two);

        Assert.Equal(["stable", "three", "two", "v1.0"], await _pusher.TagsAsync());
        Assert.Equal((two, two, foreign), (await _pusher.DigestAsync("stable"), result.Stable, await _pusher.DigestAsync("v1.0")));
        Assert.Null(await _pusher.DigestAsync(one));
        Assert.Equal(
            [("one", TagOutcome.Deleted), ("stable", TagOutcome.Kept), ("three", TagOutcome.Kept), ("two", TagOutcome.Kept), ("v1.0", TagOutcome.Foreign)],
            result.Tags.Select(tag => (tag.Tag, tag.Outcome)));

        var again = await TidyAsync(images, stable: two);
        Assert.Equal(TagOutcome.Gone, again.Tags.Single(tag => tag.Tag == "one").Outcome);
    }

    [RegistryFact]
    public async Task ADryRunTellsAndChangesNothing()
    {
        await StartRegistryAsync();
        var (one, two) = (await _pusher.PushAsync("one", "1"), await _pusher.PushAsync("two", "2"));

        var result = await TidyAsync([new("two", two, "is one of the newest 1"), new("one", one, null)], stable: two, dryRun: true);

        Assert.Equal([("one", TagOutcome.Deleted), ("stable", TagOutcome.Kept), ("two", TagOutcome.Kept)], result.Tags.Select(tag => (tag.Tag, tag.Outcome)));
        Assert.Equal(["one", "two"], await _pusher.TagsAsync());
    }

    [RegistryFact]
    public async Task AnImageThatAnotherTagNeedsStaysWithAllItsTags()
    {
        await StartRegistryAsync();
        var (one, two, three, four) = (await _pusher.PushAsync("one", "1"), await _pusher.PushAsync("two", "2"), await _pusher.PushAsync("three", "3"), await _pusher.PushAsync("four", "4"));
        await _pusher.PushAsync("release", "1");
        await _pusher.PushIndexAsync("all-platforms", two);
        await _pusher.PushAsync("three", "pushed again");
        await _pusher.PushAsync("stable", "4");

        var result = await TidyAsync([new("four", four, null), new("three", three, null), new("two", two, null), new("one", one, null)], stable: null);

        Assert.Equal(["all-platforms", "four", "one", "release", "stable", "three", "two"], await _pusher.TagsAsync());
        var why = result.Tags.ToDictionary(tag => tag.Tag, tag => tag.Why);
        Assert.Equal("is the same image as 'release'", why["one"]);
        Assert.Equal("is part of 'all-platforms'", why["two"]);
        Assert.Equal("names another image than the one that Boreas pushed", why["three"]);
        Assert.Equal("is the same image as 'stable'", why["four"]);
    }

    [RegistryFact]
    public async Task AnImageGoesOnceWhenAllItsTagsGo()
    {
        await StartRegistryAsync();
        var same = await _pusher.PushAsync("one", "1");
        await _pusher.PushAsync("two", "1");

        var result = await TidyAsync([new("two", same, null), new("one", same, null)], stable: null);

        Assert.All(result.Tags, tag => Assert.Equal(TagOutcome.Deleted, tag.Outcome));
        Assert.Empty(await _pusher.TagsAsync());
    }

    [RegistryFact]
    public async Task ARegistryThatDeletesNothingIsToldHowTo()
    {
        await StartRegistryAsync(deletes: false);
        var (one, two) = (await _pusher.PushAsync("one", "1"), await _pusher.PushAsync("two", "2"));

        var failure = await Tidy([new("two", two, "serves in production"), new("one", one, null)], stable: two).FailsAsync(ProblemCodes.RegistryKeepsImages);

        Assert.Contains("REGISTRY_STORAGE_DELETE_ENABLED=true", failure.Advice, StringComparison.Ordinal);
        Assert.Equal(two, await _pusher.DigestAsync("stable"));
        Assert.Equal(one, await _pusher.DigestAsync("one"));
    }

    [RegistryFact]
    public async Task WhatServesAndIsNotThereAnyMoreIsSaid()
    {
        await StartRegistryAsync();
        var job = Tidy([], stable: "sha256:" + new string('a', 64));

        Assert.Empty((await job.SucceedsAsync<TidyImagesResult>()).Tags);
        Assert.Contains("What serves is not in the registry any more", job.Log, StringComparison.Ordinal);
    }

    private async Task StartRegistryAsync(bool login = false, bool deletes = true)
    {
        _registry = await TestRegistry.StartAsync(login, deletes);
        _pusher = new Pusher(_registry.Host, "shop/apps/app-hello");
    }

    private Task<TidyImagesResult> TidyAsync(IReadOnlyList<PushedImage> images, string? stable, bool dryRun = false) => Tidy(images, stable, dryRun).SucceedsAsync<TidyImagesResult>();

    private TestJob Tidy(IReadOnlyList<PushedImage> images, string? stable, bool dryRun = false) => _runner.Plane.Offer(
        ExecutorNames.TidyImages,
        new TidyImagesWork(new ImageTarget(_pusher.Repository, PlainHttp: true, "robot", "boreas_registry"), images, stable, dryRun),
        new Dictionary<string, string> { ["boreas_registry"] = TestRegistry.Password });
}
