using System.Diagnostics.CodeAnalysis;

namespace Boreas.Contracts.Values;

/// <summary>
/// A branch, tag, full reference or commit, by the rules of git-check-ref-format(1), and stricter in three things: it
/// never starts with a hyphen (it cannot be read as an option), holds printable ASCII only, and none of the characters
/// that a shell or a refspec gives a meaning to.
/// </summary>
public readonly record struct GitRef : IParsedValue<GitRef>
{
    public const int MaxLength = 200;
    private const string Refused = "~^:?*[\\ ;&|`$<>\"'(){}!#%,=";

    private GitRef(string value) => Value = value;

    public string Value { get; }

    /// <summary>Whether this is a complete commit id of SHA-1 or SHA-256.</summary>
    public bool IsCommit => Value is { Length: 40 or 64 } && Value.All(char.IsAsciiHexDigitLower);

    public static bool TryParse(string? text, out GitRef value, [NotNullWhen(false)] out string? error)
    {
        value = default;
        error = Problem(text);
        if (error is not null) return false;
        value = new GitRef(text!);
        return true;
    }

    public override string ToString() => Value;

    private static string? Problem(string? text)
    {
        const string Example = "; name a branch, a tag or a commit, for example 'main' or 'v1.2.3'";
        if (string.IsNullOrEmpty(text)) return "must not be empty" + Example;
        if (!ParsedValue.IsPlain(text, MaxLength)) return $"must be at most {MaxLength} printable ASCII characters without blanks" + Example;
        if (text[0] is '-' or '+') return "must not start with a hyphen or a plus sign" + Example;
        if (text.IndexOfAny(Refused.ToCharArray()) is var at && at >= 0) return $"must not contain '{text[at]}'" + Example;
        if (text.Contains("..", StringComparison.Ordinal) || text.Contains("//", StringComparison.Ordinal) || text.Contains("@{", StringComparison.Ordinal))
            return "must not contain '..', '//' or '@{'" + Example;
        if (text is "@" || text[0] is '/' or '.' || text[^1] is '/' or '.') return "must not be '@', nor start or end with '/' or '.'" + Example;
        if (text.Split('/').Any(part => part.StartsWith('.') || part.EndsWith(".lock", StringComparison.Ordinal)))
            return "no part may start with '.' or end with '.lock'" + Example;
        return null;
    }
}
