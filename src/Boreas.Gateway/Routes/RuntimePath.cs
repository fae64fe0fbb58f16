using System.Buffers;
using System.Globalization;

namespace Boreas.Gateway.Routes;

/// <summary>
/// The request target as the client wrote it. Kestrel decodes percent signs and folds dot segments before anybody can
/// look, and every app decodes in a way of its own: so the gateway routes by the raw text, sends that same text on, and
/// refuses what two readers could read as two different paths.
/// </summary>
internal readonly struct RuntimePath
{
    public const string Root = "/runtime/";

    // Anything else is looked at character by character.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_~!$&'()*+,=:@");

    private readonly int _segment;
    private readonly int _segmentEnd;

    private RuntimePath(string target, int segment, int segmentEnd, string? refusal)
    {
        Target = target;
        _segment = segment;
        _segmentEnd = segmentEnd;
        Refusal = refusal;
    }

    /// <summary>The whole request target.</summary>
    public string Target { get; }

    /// <summary>Why this target is refused; null when it is not.</summary>
    public string? Refusal { get; }

    /// <summary>The name after <c>/runtime/</c>.</summary>
    public ReadOnlySpan<char> Segment => Target.AsSpan(_segment, _segmentEnd - _segment);

    /// <summary>What the app sees, from its first slash on, with the query; empty or a query alone when the client left out the slash after the name.</summary>
    public ReadOnlySpan<char> Rest => Target.AsSpan(_segmentEnd);

    /// <summary>False when the request is not for an app.</summary>
    /// <param name="decoded">The path as the server decoded it.</param>
    /// <param name="target">The request target as it came: origin form, or absolute form from a client that takes us for a proxy.</param>
    public static bool TryRead(string? decoded, string target, out RuntimePath path)
    {
        var start = PathStart(target);
        var literal = target.AsSpan(start).StartsWith(Root, StringComparison.Ordinal);
        if (!literal)
        {
            var disguised = decoded is not null && decoded.StartsWith(Root, StringComparison.Ordinal);
            path = disguised ? new(target, 0, 0, "it only becomes '/runtime/' after decoding") : default;
            return disguised;
        }

        var end = target.AsSpan(start).IndexOf('?') is var query && query < 0 ? target.Length : start + query;
        var segment = start + Root.Length;
        var slash = target.AsSpan(segment, end - segment).IndexOf('/');
        path = new(target, segment, slash < 0 ? end : segment + slash, Ambiguity(target.AsSpan(segment, end - segment)) ?? Unprintable(target.AsSpan(end)));
        return true;
    }

    private static int PathStart(string target)
    {
        if (target.Length == 0 || target[0] == '/') return 0;
        var authority = target.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0) return 0;
        var slash = target.IndexOf('/', authority + 3);
        return slash < 0 ? target.Length : slash;
    }

    private static string? Ambiguity(ReadOnlySpan<char> path)
    {
        if (path.IndexOfAnyExcept(Plain) < 0) return null;
        // Dots since the last slash; -1 once the segment has anything else.
        var dots = 0;
        for (var i = 0; i < path.Length; i++)
        {
            var c = path[i];
            if (c is '\\' or '#' or <= ' ' or > '~') return "it contains a character that a path cannot have";
            if (c == '%')
            {
                if (!TryDecode(path[i..], out c)) return "it contains a percent sign without two hexadecimal digits";
                i += 2;
                if (c is '/' or '\\') return "it contains an encoded slash or backslash";
                if (c == '\0') return "it contains an encoded NUL";
                if (c is '\u00C0' or '\u00C1') return "it contains an overlong encoding";
                if (c == '%' && IsEncodedTwice(path[(i + 1)..])) return "it contains a doubly encoded slash, backslash, dot or NUL";
            }

            // Some servers cut parameters off a segment, so that '..;x' becomes '..'.
            if (c is '/' or ';' && dots is 1 or 2) return "it contains a dot segment";
            dots = c switch
            {
                '/' => 0,
                '.' when dots >= 0 => dots + 1,
                _ => -1,
            };
        }

        return dots is 1 or 2 ? "it contains a dot segment" : null;
    }

    private static string? Unprintable(ReadOnlySpan<char> query) =>
        query.IndexOfAnyExceptInRange('!', '~') >= 0 || query.Contains('#') ? "its query contains a character that a query cannot have" : null;

    private static bool TryDecode(ReadOnlySpan<char> text, out char decoded)
    {
        decoded = '\0';
        if (text.Length < 3 || !byte.TryParse(text.Slice(1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)) return false;
        decoded = (char)value;
        return true;
    }

    private static bool IsEncodedTwice(ReadOnlySpan<char> afterPercent)
    {
        while (afterPercent.StartsWith("25")) afterPercent = afterPercent[2..];
        return afterPercent.Length >= 2
            && byte.TryParse(afterPercent[..2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            && (char)value is '/' or '\\' or '.' or '\0';
    }
}
