namespace Boreas.Contracts.Jobs;

/// <summary>
/// <c>tidy_images</c>: put the tag <c>stable</c> on what serves, then delete from an app's repository in a registry the
/// builds that nothing keeps. What is kept was decided when the job was handed out; what the registry has is found by
/// looking. Tags that Boreas did not push are left alone, and so is every image that one of these names.
/// </summary>
/// <param name="Repository">Host and repository, without a tag.</param>
/// <param name="Images">What Boreas pushed there and did not delete, the newest first.</param>
/// <param name="Stable">Digest that <c>stable</c> is to name; null leaves that tag as it is.</param>
/// <param name="DryRun">Change nothing, and tell what would be.</param>
public sealed record TidyImagesWork(ImageTarget Repository, IReadOnlyList<PushedImage> Images, string? Stable, bool DryRun);

/// <param name="Digest">What the tag named when it was pushed.</param>
/// <param name="KeptBecause">Half a sentence after the tag; null: it is to go.</param>
public sealed record PushedImage(string Tag, string Digest, string? KeptBecause);

/// <param name="Stable">What <c>stable</c> names after it; null when there is no such tag.</param>
/// <param name="Tags">Of every tag that goes or is gone, and of as many that stay as a list can show, what became of it.</param>
/// <param name="NotListed">How many more stay.</param>
public sealed record TidyImagesResult(string Repository, bool DryRun, string? Stable, IReadOnlyList<TidiedTag> Tags, int NotListed = 0);

/// <param name="Outcome">In a dry run what it would be.</param>
/// <param name="Why">Half a sentence after the tag.</param>
public sealed record TidiedTag(string Tag, string? Digest, TagOutcome Outcome, string Why);

public enum TagOutcome
{
    Kept,

    /// <summary>The image is gone, with all its tags.</summary>
    Deleted,

    /// <summary>The tag is gone, and another one still names the image.</summary>
    Untagged,

    /// <summary>Boreas did not push it, so it is left alone.</summary>
    Foreign,

    /// <summary>Somebody else had deleted it.</summary>
    Gone,
}

/// <summary>What a task of the executor <c>tidy_images</c> carries.</summary>
/// <param name="Keep">How many of the newest images stay, whatever needs them; null: all.</param>
public sealed record TidyImagesPayload(int? Keep, bool DryRun);

/// <summary><c>POST /api/v1/apps/{id}/images/tidy</c>.</summary>
/// <param name="Keep">How many of the newest images stay, whatever needs them, 1 to 1000; the server's own number when it is left out.</param>
public sealed record TidyImagesInput(int? Keep = null);

/// <summary><c>GET /api/v1/apps/{id}/images</c>: an image that was built for the app and pushed.</summary>
/// <param name="Deployment">The one that built it.</param>
/// <param name="KeptBecause">Half a sentence; null: it goes when images are tidied next.</param>
public sealed record AppImage(string Repository, string Tag, string Digest, string Deployment, DateTimeOffset BuiltAt, string? KeptBecause);
