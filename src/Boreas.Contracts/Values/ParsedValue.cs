using System.Diagnostics.CodeAnalysis;

namespace Boreas.Contracts.Values;

/// <summary>
/// A text that came from a user and was checked once: whoever holds the value can rely on it. Values are parsed at the
/// API, again when read from storage, and again in the process that acts on them.
/// </summary>
/// <typeparam name="TSelf">The value type itself.</typeparam>
public interface IParsedValue<TSelf>
    where TSelf : struct, IParsedValue<TSelf>
{
    /// <summary>The checked text, exactly as it is stored and sent.</summary>
    string Value { get; }

    /// <summary>Checks <paramref name="text"/>; on refusal <paramref name="error"/> says what is wrong and what is allowed.</summary>
    static abstract bool TryParse(string? text, out TSelf value, [NotNullWhen(false)] out string? error);
}

/// <summary>The ways to make a parsed value.</summary>
public static class ParsedValue
{
    /// <summary>Checks <paramref name="text"/>, or throws a <see cref="FormatException"/> that says what is allowed.</summary>
    public static T Parse<T>(string? text)
        where T : struct, IParsedValue<T> =>
        T.TryParse(text, out var value, out var error) ? value : throw new FormatException(error);

    /// <summary>Whether <paramref name="text"/> is one to three hundred printable ASCII characters without blanks.</summary>
    internal static bool IsPlain(string text, int maxLength) =>
        text.Length > 0 && text.Length <= maxLength && text.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0;
}
