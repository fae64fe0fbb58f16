using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Runner.Jobs;
using Boreas.Runner.Registries;

namespace Boreas.Runner.Executors;

/// <summary>Lets <c>stable</c> name what serves, then deletes images that nothing keeps. A second attempt finds gone what the first one deleted.</summary>
internal sealed class TidyImagesExecutor : IExecutor
{
    /// <summary>The rest goes the next time; a report has its limits.</summary>
    private const int MostDeleted = 1000;
    private const int MostListed = 200;

    public string Name => ExecutorNames.TidyImages;

    public async Task<JsonElement?> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var work = context.Work<TidyImagesWork>();
        var image = ImageAddress.Parse(work.Repository.Reference);
        var login = RegistryLogin.Of(work.Repository, context);
        using var registry = new RegistryClient(image.Host, work.Repository.PlainHttp, login);
        var repository = new ImageRepository(registry, image, work.Repository, login);

        var found = await FindAllAsync(repository, cancellation);
        await SetStableAsync(context, work, repository, found, cancellation);
        var harbor = await repository.FindHarborAsync(cancellation);
        var tags = TidyPlan.Of(found.Values, work.Images, harbor is not null).ToLookup(tag => tag.Outcome is TagOutcome.Kept or TagOutcome.Foreign);
        var (stays, goes) = (tags[true].ToList(), tags[false].Take(MostDeleted).ToList());
        IReadOnlyList<TidiedTag> told = [.. goes, .. stays.Take(MostListed)];
        context.Log.Info($"{repository.Name}{(harbor is null ? "" : " (Harbor)")}: {goes.Count(tag => tag.Outcome != TagOutcome.Gone)} of {found.Count} tags {(work.DryRun ? "would go" : "go")}");
        foreach (var tag in told) context.Log.Info($"{tag.Tag} {Word(tag.Outcome, work.DryRun)}: it {tag.Why}");
        if (!work.DryRun) await DeleteAsync(repository, harbor, goes, cancellation);
        return BoreasJson.ToElement(new TidyImagesResult(repository.Name, work.DryRun, found.GetValueOrDefault(TidyPlan.Stable)?.Digest, told, stays.Count - Math.Min(stays.Count, MostListed)));
    }

    private static async Task<SortedDictionary<string, FoundTag>> FindAllAsync(ImageRepository repository, CancellationToken cancellation)
    {
        var found = new SortedDictionary<string, FoundTag>(StringComparer.Ordinal);
        foreach (var tag in await repository.TagsAsync(cancellation))
        {
            if (await repository.FindAsync(tag, cancellation) is { } named) found[tag] = named;
        }

        return found;
    }

    private static async Task SetStableAsync(JobContext context, TidyImagesWork work, ImageRepository repository, SortedDictionary<string, FoundTag> found, CancellationToken cancellation)
    {
        if (work.Stable is not { } digest || found.GetValueOrDefault(TidyPlan.Stable)?.Digest == digest) return;
        if (await repository.ReadAsync(digest, cancellation) is not { } manifest)
        {
            context.Log.Warn($"What serves is not in the registry any more: {digest}. It runs on where it is, and cannot be started anywhere else; deploy its version again.");
            return;
        }

        if (!work.DryRun) await repository.TagAsync(manifest, TidyPlan.Stable, cancellation);
        context.Log.Info($"{TidyPlan.Stable} {(work.DryRun ? "would name" : "names")} {digest}, which serves");
        found[TidyPlan.Stable] = new FoundTag(TidyPlan.Stable, digest, found.Values.FirstOrDefault(tag => tag.Digest == digest)?.Parts ?? []);
    }

    private static async Task DeleteAsync(ImageRepository repository, HarborRepository? harbor, IReadOnlyList<TidiedTag> tags, CancellationToken cancellation)
    {
        foreach (var tag in tags.Where(tag => tag.Outcome == TagOutcome.Untagged)) await harbor!.DeleteTagAsync(tag.Digest!, tag.Tag, cancellation);
        foreach (var digest in tags.Where(tag => tag.Outcome == TagOutcome.Deleted).Select(tag => tag.Digest!).Distinct(StringComparer.Ordinal))
            await (harbor?.DeleteAsync(digest, cancellation) ?? repository.DeleteAsync(digest, cancellation));
    }

    private static string Word(TagOutcome outcome, bool dryRun) => outcome switch
    {
        TagOutcome.Deleted or TagOutcome.Untagged => dryRun ? "would go" : "goes",
        TagOutcome.Gone => "is gone",
        TagOutcome.Foreign => "is left alone",
        _ => "stays",
    };
}
