using System.Diagnostics.CodeAnalysis;

namespace Boreas.Engine.Images;

/// <summary>
/// The name of an image: registry, path, tag, digest. <see cref="TryParse"/> completes what people leave out, as container
/// engines do (<c>nginx</c> is <c>docker.io/library/nginx</c>); <see cref="TryParseExact"/> takes what is written and
/// adds nothing, as manifests are read (there <c>nginx</c> and <c>docker.io/library/nginx</c> are two names).
/// </summary>
public readonly record struct ImageReference
{
    public const int MaxPathLength = 255;
    public const int MaxTagLength = 128;

    /// <summary>Longest text that is looked at.</summary>
    public const int MaxLength = 800;

    private const string DefaultDomain = "docker.io";
    private const string OldDefaultDomain = "index.docker.io";
    private const string OfficialPrefix = "library/";

    private ImageReference(ReferenceParts parts) => (Domain, Path, Tag, Digest) = (parts.Domain, parts.Path, parts.Tag, parts.Digest);

    /// <summary>Host and port of the registry; null only when parsed exactly and none was written.</summary>
    public string? Domain { get; }

    /// <summary>Name of the repository inside its registry.</summary>
    public string Path { get; }

    public string? Tag { get; }

    public ImageDigest? Digest { get; }

    /// <summary>Registry and path, without tag and digest.</summary>
    public string Name => Domain is null ? Path : Domain + "/" + Path;

    /// <summary>The shortest name that means the same to a container engine.</summary>
    public string FamiliarName
    {
        get
        {
            if (Domain is not DefaultDomain) return Name;
            var official = Path.StartsWith(OfficialPrefix, StringComparison.Ordinal) && !Path.AsSpan(OfficialPrefix.Length).Contains('/');
            return official ? Path[OfficialPrefix.Length..] : Path;
        }
    }

    /// <summary>The whole reference.</summary>
    public string Value => Name + (Tag is null ? "" : ":" + Tag) + (Digest is { } digest ? "@" + digest.Value : "");

    /// <summary>Reads a reference as a container engine does.</summary>
    public static bool TryParse(string? text, out ImageReference value, [NotNullWhen(false)] out string? error)
    {
        value = default;
        error = Unreadable(text);
        if (error is not null) return false;
        if (text!.Length == 64 && text.AsSpan().IndexOfAnyExcept("0123456789abcdef") < 0)
        {
            error = "is 64 hexadecimal digits, which an engine takes for an image's id; write 'sha256:' in front, behind a name and '@'";
            return false;
        }

        return TryParseExact(Complete(text), out value, out error);
    }

    /// <summary>Reads a reference as it is written.</summary>
    public static bool TryParseExact(string? text, out ImageReference value, [NotNullWhen(false)] out string? error)
    {
        value = default;
        error = Unreadable(text);
        if (error is not null || !ReferenceGrammar.TrySplit(text!, out var parts, out error)) return false;
        value = new ImageReference(parts);
        return true;
    }

    /// <summary>What to ask a registry for: the digest alone when there is one (it says more than a tag), else the tag, else <c>latest</c>.</summary>
    public ImageReference ForPull() => new(new ReferenceParts(Domain, Path, Digest is null ? Tag ?? "latest" : null, Digest));

    /// <summary>The same image by its content: <c>name@sha256:…</c>.</summary>
    public ImageReference Pinned(ImageDigest digest) => new(new ReferenceParts(Domain, Path, null, digest));

    public override string ToString() => Value;

    private static string? Unreadable(string? text) =>
        string.IsNullOrEmpty(text) ? "must not be empty"
        : text.Length > MaxLength ? $"must be at most {MaxLength} characters"
        : null;

    private static string Complete(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : text[..slash];
        var hasDomain = first == "localhost" || first.AsSpan().ContainsAny('.', ':') || first.Any(char.IsAsciiLetterUpper);
        var (domain, rest) = hasDomain ? (first, text[(slash + 1)..]) : (DefaultDomain, text);
        if (domain == OldDefaultDomain) domain = DefaultDomain;
        if (domain == DefaultDomain && !rest.Contains('/', StringComparison.Ordinal)) rest = OfficialPrefix + rest;
        return domain + "/" + rest;
    }
}
