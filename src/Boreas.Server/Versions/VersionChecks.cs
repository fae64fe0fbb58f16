using Boreas.Contracts.Values;
using Boreas.Contracts.Versions;
using Boreas.Engine.Images;
using Boreas.Server.Problems;

namespace Boreas.Server.Versions;

/// <summary>What a user says about a version, checked field by field.</summary>
internal static class VersionChecks
{
    private const int MaxApps = 200;

    public static void Check(Fields fields, VersionInput input)
    {
        if (input.Name is not null && !IsName(input.Name)) fields.Refuse("name", "must be 1 to 60 letters, digits, '.', '_', '+' and '-', starting with a letter or digit, for example 'v1.2.5'");
        Check(fields, input.Apps ?? []);
    }

    private static void Check(Fields fields, IReadOnlyList<AppRevision> apps)
    {
        if (apps.Count is 0 or > MaxApps) fields.Refuse("apps", $"must be 1 to {MaxApps} revisions");
        var seen = new HashSet<string>();
        foreach (var (revision, index) in apps.Take(MaxApps).Select((r, i) => (r, i)))
        {
            var field = $"apps[{index}]";
            fields.Required<Slug>(field + ".appId", revision.AppId);
            if (!seen.Add(revision.AppId)) fields.Refuse(field + ".appId", "is there twice");
            fields.Optional<GitRef>(field + ".ref", revision.Ref);
            if (revision.Commit is not null && !fields.Required<GitRef>(field + ".commit", revision.Commit).IsCommitOrRefused()) fields.Refuse(field + ".commit", "must be a complete commit id, 40 or 64 hexadecimal digits");
            if (revision.Image is not null && !ImageReference.TryParse(revision.Image, out _, out var error)) fields.Refuse(field + ".image", error);
            if (revision.Image is not null && (revision.Ref ?? revision.Commit) is not null) fields.Refuse(field, "has an image, or a ref or commit to build, not both");
            if (revision.Digest is { } digest && !IsDigest(digest)) fields.Refuse(field + ".digest", "must be 'sha256:' and 64 hexadecimal digits");
        }
    }

    /// <remarks>A text that was no reference at all has been refused already.</remarks>
    private static bool IsCommitOrRefused(this GitRef reference) => reference.Value is null || reference.IsCommit;

    private static bool IsDigest(string text) =>
        text.Length == 71 && text.StartsWith("sha256:", StringComparison.Ordinal) && text.AsSpan(7).IndexOfAnyExcept("0123456789abcdef") < 0;

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 60 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '+' or '-');
}
