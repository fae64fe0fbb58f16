using Boreas.Server.Problems;

namespace Boreas.Server.Access;

/// <summary>Names that people log in with: lower case, so that two that look alike are one.</summary>
internal static class UserName
{
    private const int MaxLength = 60;

    public static string Normalise(string name)
    {
        var trimmed = name.Trim().ToLowerInvariant();
        return trimmed.Length <= MaxLength ? trimmed : trimmed[..MaxLength];
    }

    public static void Check(Fields fields, string field, string? name)
    {
        var good = name is { Length: > 0 and <= MaxLength } && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-' or '@');
        if (!good) fields.Refuse(field, $"must be 1 to {MaxLength} lower-case letters, digits, '.', '_', '-' and '@', starting with a letter");
    }

    /// <summary>What somebody typed as a name, so that it can be shown.</summary>
    public static string Printable(string name) => string.Concat(name.Select(c => c is > ' ' and <= '~' ? c : '?'));
}
