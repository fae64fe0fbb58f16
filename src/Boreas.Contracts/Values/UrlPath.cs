using System.Diagnostics.CodeAnalysis;

namespace Boreas.Contracts.Values;

/// <summary>The path of a health check: starts with one slash, printable ASCII, no dot segments, no fragment; a query is allowed.</summary>
public readonly record struct UrlPath : IParsedValue<UrlPath>
{
    public const int MaxLength = 300;

    private UrlPath(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse(string? text, out UrlPath value, [NotNullWhen(false)] out string? error)
    {
        value = default;
        error = text switch
        {
            null or "" => "must not be empty; '/' is the app's root",
            _ when !ParsedValue.IsPlain(text, MaxLength) => $"must be at most {MaxLength} printable ASCII characters without blanks",
            _ when text[0] != '/' || text.StartsWith("//", StringComparison.Ordinal) => "must start with one '/', for example '/healthz'",
            _ when text.Contains('#', StringComparison.Ordinal) || text.Contains('\\', StringComparison.Ordinal) => "must not contain '#' or a backslash",
            _ when Uri.UnescapeDataString(text.Split('?')[0]).Split('/', '\\').Any(part => part is "." or "..") => "must not have '.' or '..' segments",
            _ => null,
        };
        if (error is not null) return false;
        value = new UrlPath(text!);
        return true;
    }

    public override string ToString() => Value;
}
