using Boreas.Contracts.Jobs;

namespace Boreas.Runner.Registries;

/// <summary>
/// What becomes of each tag of a repository. A registry deletes an image with all its tags, so an image goes only when
/// every tag that names it is to go: not while one is kept or was pushed by somebody else, and not while it is part of
/// an index that such a tag names. A registry that can take away a tag alone does so instead.
/// </summary>
internal static class TidyPlan
{
    /// <summary>The tag that follows what serves.</summary>
    public const string Stable = "stable";

    /// <param name="found">All tags of the repository.</param>
    /// <param name="tagsAlone">Whether the registry can take away a tag and keep its image.</param>
    public static IReadOnlyList<TidiedTag> Of(IReadOnlyCollection<FoundTag> found, IReadOnlyCollection<PushedImage> pushed, bool tagsAlone)
    {
        var known = pushed.ToDictionary(image => image.Tag, StringComparer.Ordinal);
        var stays = found.Select(tag => (Tag: tag, Why: Stays(tag, known.GetValueOrDefault(tag.Tag)))).Where(stay => stay.Why is not null).ToDictionary(stay => stay.Tag.Tag, stay => stay.Why!.Value, StringComparer.Ordinal);
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in found.Where(tag => stays.ContainsKey(tag.Tag)))
        {
            named.TryAdd(tag.Digest, tag.Tag);
            foreach (var part in tag.Parts) parts.TryAdd(part, tag.Tag);
        }

        return [.. found.Select(Decide), .. pushed.Where(image => found.All(tag => tag.Tag != image.Tag)).Select(image => new TidiedTag(image.Tag, image.Digest, TagOutcome.Gone, "is not in the registry any more"))];

        TidiedTag Decide(FoundTag tag)
        {
            var (outcome, why) =
                stays.TryGetValue(tag.Tag, out var stay) ? stay
                : parts.TryGetValue(tag.Digest, out var index) ? (TagOutcome.Kept, $"is part of '{index}'")
                : !named.TryGetValue(tag.Digest, out var other) ? (TagOutcome.Deleted, "is older, and nothing needs it")
                : tagsAlone ? (TagOutcome.Untagged, $"is older, and '{other}' names the same image")
                : (TagOutcome.Kept, $"is the same image as '{other}'");
            return new TidiedTag(tag.Tag, tag.Digest, outcome, why);
        }
    }

    private static (TagOutcome Outcome, string Why)? Stays(FoundTag tag, PushedImage? pushed) =>
        tag.Tag == Stable ? (TagOutcome.Kept, "follows what serves")
        : pushed is null ? (TagOutcome.Foreign, "was not pushed by Boreas")
        : pushed.Digest != tag.Digest ? (TagOutcome.Foreign, "names another image than the one that Boreas pushed")
        : pushed.KeptBecause is { } why ? (TagOutcome.Kept, why)
        : null;
}
