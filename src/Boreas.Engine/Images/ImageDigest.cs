using System.Diagnostics.CodeAnalysis;

namespace Boreas.Engine.Images;

/// <summary>What an image is, whatever it is called: <c>sha256:</c> and 64 lower-case hexadecimal digits. Other algorithms are not in use and are refused.</summary>
public readonly record struct ImageDigest
{
    private const string Algorithm = "sha256:";
    private const int HexLength = 64;

    private ImageDigest(string value) => Value = value;

    public string Value { get; }

    /// <summary>The digits alone.</summary>
    public string Hex => Value[Algorithm.Length..];

    public static bool TryParse(string? text, out ImageDigest value, [NotNullWhen(false)] out string? error)
    {
        value = default;
        var valid = text?.Length == Algorithm.Length + HexLength
            && text.StartsWith(Algorithm, StringComparison.Ordinal)
            && text.AsSpan(Algorithm.Length).IndexOfAnyExcept("0123456789abcdef") < 0;
        error = valid ? null : $"must be '{Algorithm}' and {HexLength} lower-case hexadecimal digits";
        if (error is not null) return false;
        value = new ImageDigest(text!);
        return true;
    }

    public override string ToString() => Value;
}
