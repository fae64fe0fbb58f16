using System.Diagnostics.CodeAnalysis;

namespace Boreas.Contracts.Values;

/// <summary>
/// A name that is safe as a path segment, host label, file name, image name and container name: 1 to 40 of a–z, 0–9
/// and single hyphens, starting with a letter and not ending in a hyphen.
/// </summary>
public readonly record struct Slug : IParsedValue<Slug>
{
    public const int MaxLength = 40;

    private Slug(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse(string? text, out Slug value, [NotNullWhen(false)] out string? error)
    {
        value = default;
        error = IsSlug(text) ? null
            : $"must be 1 to {MaxLength} lower-case letters, digits and single hyphens, starting with a letter, for example 'order-service'";
        if (error is not null) return false;
        value = new Slug(text!);
        return true;
    }

    /// <summary>The slug that looks most like <paramref name="text"/>, for names that nobody chose: a host may be called <c>5e6254226e1f.example.org</c>.</summary>
    /// <param name="prefix">Stands before it where it would not begin with a letter.</param>
    public static Slug Near(string text, string prefix)
    {
        var plain = string.Concat(text.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-'));
        var name = string.Join('-', plain.Split('-', StringSplitOptions.RemoveEmptyEntries));
        if (name.Length == 0 || !char.IsAsciiLetterLower(name[0])) name = name.Length == 0 ? prefix : $"{prefix}-{name}";
        return new Slug(name[..Math.Min(name.Length, MaxLength)].TrimEnd('-'));
    }

    public override string ToString() => Value;

    private static bool IsSlug(string? text)
    {
        if (text is null || text.Length is 0 or > MaxLength || !char.IsAsciiLetterLower(text[0]) || text[^1] == '-') return false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-') return false;
            if (c == '-' && text[i - 1] == '-') return false;
        }

        return true;
    }
}
