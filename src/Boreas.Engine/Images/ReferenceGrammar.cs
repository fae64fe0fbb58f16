using System.Diagnostics.CodeAnalysis;

namespace Boreas.Engine.Images;

/// <summary>
/// The grammar of image references as registries define it:
/// <code>
/// reference = name [":" tag] ["@" digest]
/// name      = [domain "/"] part *("/" part)
/// domain    = label *("." label) [":" port]  or  "[" IPv6 "]" [":" port]
/// part      = letters and digits, joined by one ".", one or two "_", or any number of "-"
/// tag       = a word character, then up to 127 word characters, "." and "-"
/// </code>
/// </summary>
internal static class ReferenceGrammar
{
    private const string LowerAlphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const string Alphanumeric = LowerAlphanumeric + "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>Takes a reference apart; what is not there is null.</summary>
    public static bool TrySplit(string text, out ReferenceParts parts, [NotNullWhen(false)] out string? error)
    {
        parts = default;
        var (rest, digestText) = Cut(text, text.IndexOf('@', StringComparison.Ordinal));
        var colon = rest.LastIndexOf(':');
        var (name, tag) = Cut(rest, colon > rest.LastIndexOf('/') ? colon : -1);
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var (domain, path) = slash > 0 && IsDomain(name.AsSpan(0, slash)) ? (name[..slash], name[(slash + 1)..]) : (null, name);

        var digest = default(ImageDigest);
        if (path.Any(char.IsAsciiLetterUpper)) error = "must be in lower case, but for the registry and the tag";
        else if (!IsPath(path)) error = "is not an image reference; write it like 'registry.example.com/team/app:1.2.3'";
        else if (path.Length > ImageReference.MaxPathLength) error = $"must have a path of at most {ImageReference.MaxPathLength} characters";
        else if (tag is not null && !IsTag(tag)) error = "has a tag that is none: 1 to 128 letters, digits, '_', '.' and '-', not starting with '.' or '-'";
        else if (digestText is not null && !ImageDigest.TryParse(digestText, out digest, out var problem)) error = "has a digest that is none: it " + problem;
        else error = null;

        parts = new ReferenceParts(domain, path, tag, digestText is null ? null : digest);
        return error is null;
    }

    private static (string Before, string? After) Cut(string text, int at) => at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);

    private static bool IsDomain(ReadOnlySpan<char> text)
    {
        var host = text;
        var colon = text.LastIndexOf(':');
        if (colon > text.LastIndexOf(']'))
        {
            var port = text[(colon + 1)..];
            if (port.IsEmpty || port.ContainsAnyExceptInRange('0', '9')) return false;
            host = text[..colon];
        }

        if (host is ['[', .. var address, ']']) return !address.IsEmpty && address.IndexOfAnyExcept("0123456789abcdefABCDEF:") < 0;
        foreach (var range in host.Split('.'))
        {
            var label = host[range];
            if (label.IsEmpty || label[0] == '-' || label[^1] == '-' || label.IndexOfAnyExcept(Alphanumeric + "-") >= 0) return false;
        }

        return true;
    }

    private static bool IsPath(ReadOnlySpan<char> text)
    {
        foreach (var range in text.Split('/'))
        {
            if (!IsPart(text[range])) return false;
        }

        return true;
    }

    private static bool IsPart(ReadOnlySpan<char> part)
    {
        while (true)
        {
            var word = part.IndexOfAnyExcept(LowerAlphanumeric);
            if (word < 0) return !part.IsEmpty;
            if (word == 0) return false;
            part = part[word..];
            var joint = part.IndexOfAny(LowerAlphanumeric);
            if (joint < 0 || !IsJoint(part[..joint])) return false;
            part = part[joint..];
        }
    }

    private static bool IsJoint(ReadOnlySpan<char> joint) => joint is "." or "_" or "__" || joint.IndexOfAnyExcept('-') < 0;

    private static bool IsTag(ReadOnlySpan<char> tag) =>
        tag.Length is > 0 and <= ImageReference.MaxTagLength && tag[0] is not ('.' or '-') && tag.IndexOfAnyExcept(Alphanumeric + "_.-") < 0;
}

internal readonly record struct ReferenceParts(string? Domain, string Path, string? Tag, ImageDigest? Digest);
