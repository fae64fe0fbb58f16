using System.Diagnostics.CodeAnalysis;
using Boreas.Contracts.Values;

namespace Boreas.Agent.Instances;

/// <summary>Name of an instance: safe as a folder, a container name, a URL segment and in a ticket (no dots). 1 to 100 of a–z, A–Z, 0–9, '-' and '_', starting with a letter or digit.</summary>
internal readonly record struct InstanceId : IParsedValue<InstanceId>
{
    private const int MaxLength = 100;

    private InstanceId(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse(string? text, out InstanceId value, [NotNullWhen(false)] out string? error)
    {
        value = default;
        var valid = text is { Length: > 0 and <= MaxLength } && char.IsAsciiLetterOrDigit(text[0])
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        error = valid ? null : $"must be 1 to {MaxLength} letters, digits, hyphens and underscores, starting with a letter or digit";
        if (error is not null) return false;
        value = new InstanceId(text!);
        return true;
    }

    public override string ToString() => Value;
}
