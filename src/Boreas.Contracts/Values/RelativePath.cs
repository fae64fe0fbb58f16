using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Boreas.Contracts.Values;

/// <summary>
/// A path inside a checkout, with <c>/</c> between its parts: never absolute, never through a parent folder, never
/// into <c>.git</c>, never an option. <c>.</c> is the root of the checkout. That no symbolic link leads outside is
/// checked where the path is opened.
/// </summary>
public readonly record struct RelativePath : IParsedValue<RelativePath>
{
    public const int MaxLength = 300;

    private RelativePath(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse(string? text, out RelativePath value, [NotNullWhen(false)] out string? error)
    {
        value = default;
        error = Problem(text);
        if (error is not null) return false;
        value = new RelativePath(text!);
        return true;
    }

    public override string ToString() => Value;

    private static string? Problem(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "must not be empty; '.' is the root of the repository";
        if (text.Length > MaxLength) return $"must be at most {MaxLength} characters";
        if (text.Any(c => char.IsControl(c) || c is '\\' or ':' or '"' or '\'' or '`' or '$' or '*' or '?' or '|' or '<' or '>' or ';' or '&'))
            return "must not contain control characters, backslashes, quotes, colons, wildcards or shell signs";
        if (text.EnumerateRunes().Any(rune => rune.Value == 0xFFFD || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format))
            return "must not contain broken or invisible characters";
        if (text[0] is '/' or '~' or '-') return "must be relative to the repository and not start with '/', '~' or '-'";
        if (text == ".") return null;
        foreach (var part in text.Split('/'))
        {
            if (part is "" or "." or "..") return "must not have empty, '.' or '..' parts";
            if (char.IsWhiteSpace(part[0]) || char.IsWhiteSpace(part[^1])) return "must not have a part that starts or ends with a blank";
            if (part.Equals(".git", StringComparison.OrdinalIgnoreCase)) return "must not lead into '.git'";
            if (part[0] == '-') return "must not have a part that starts with a hyphen";
        }

        return null;
    }
}
