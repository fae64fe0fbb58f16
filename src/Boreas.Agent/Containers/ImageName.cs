namespace Boreas.Agent.Containers;

/// <summary>What may be given to a container engine as the name of an image: printable ASCII that no option parser and no shell reads anything into.</summary>
internal static class ImageName
{
    private const int MaxLength = 500;
    private const string DigestPrefix = "sha256:";

    /// <summary>What is wrong with <paramref name="reference"/>; null when it is fine.</summary>
    public static string? Problem(string reference)
    {
        if (reference.Length is 0 or > MaxLength || !char.IsAsciiLetterOrDigit(reference[0])) return $"must be 1 to {MaxLength} characters and start with a letter or digit";
        if (!reference.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or ':' or '@')) return "must be letters, digits and . _ - / : @ only";
        var at = reference.IndexOf('@', StringComparison.Ordinal);
        return at >= 0 && !IsDigest(reference[(at + 1)..]) ? "must end in @sha256: and 64 hexadecimal digits, where it has an '@'" : null;
    }

    public static bool IsDigest(string text) =>
        text.Length == DigestPrefix.Length + 64 && text.StartsWith(DigestPrefix, StringComparison.Ordinal) && text[DigestPrefix.Length..].All(char.IsAsciiHexDigitLower);

    /// <summary>The reference with the digest in the place of its tag.</summary>
    public static string WithDigest(string reference, string digest) => Repository(reference) + "@" + digest;

    /// <summary>Host and port of the registry; null when the reference names none, as local images do.</summary>
    public static string? Registry(string reference)
    {
        var first = reference.Split('/')[0];
        return reference.Contains('/', StringComparison.Ordinal) && first != "localhost" && (first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal)) ? first : null;
    }

    private static string Repository(string reference)
    {
        var name = reference.Split('@')[0];
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }
}
