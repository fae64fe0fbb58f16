using System.Diagnostics.CodeAnalysis;

namespace Boreas.Contracts.Values;

/// <summary>The name of an environment variable or secret: letters, digits and underscores, not starting with a digit, at most 100.</summary>
public readonly record struct VariableName : IParsedValue<VariableName>
{
    private VariableName(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse(string? text, out VariableName value, [NotNullWhen(false)] out string? error)
    {
        value = default;
        var valid = text is { Length: > 0 and <= 100 } && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        error = valid ? null : "must be 1 to 100 letters, digits and underscores, not starting with a digit, for example 'DATABASE_URL'";
        if (error is not null) return false;
        value = new VariableName(text!);
        return true;
    }

    public override string ToString() => Value;
}
