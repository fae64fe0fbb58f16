using Boreas.Contracts.Values;

namespace Boreas.Contracts.Tests.Values;

/// <summary>What no parsed value takes, whatever it stands for; and the table's two assertions.</summary>
internal static class Hostile
{
    private static readonly string?[] Everywhere =
    [
        null, "", " ", "\t", "\n", "a\n", "\na", "a\nb", "a\r", "a\0", "a\0b", "\u001b[31m", "a\u007f", "a b\u0007",
        "--upload-pack=id", "-", "--", "-x",
        "$(id)", "`id`", "a;id", "a|id", "a&id", "a>b", "a<b", "\"a\"", "'a'",
        "..", "../a", "../../etc/passwd", "a/../b", "\\\\host\\share", "C:\\a",
        "a\u202eb", "a\u200bb", "a\ud800", new string('a', 100_000),
    ];

    public static void IsRefusedBy<T>(params IEnumerable<string?> more)
        where T : struct, IParsedValue<T>
    {
        foreach (var text in Everywhere.Concat(more))
        {
            Assert.False(T.TryParse(text, out var value, out var error), $"'{text}' was taken");
            Assert.Equal(default, value);
            Assert.False(string.IsNullOrWhiteSpace(error));
            // A reason goes into answers and logs: what was refused must not come along.
            Assert.DoesNotContain(error, char.IsControl);
            Assert.Throws<FormatException>(() => ParsedValue.Parse<T>(text));
        }
    }

    public static void IsTakenAsItIs<T>(params IEnumerable<string> texts)
        where T : struct, IParsedValue<T>
    {
        foreach (var text in texts)
        {
            Assert.True(T.TryParse(text, out var value, out var error), $"'{text}' {error}");
            Assert.Equal((text, text), (value.Value, value.ToString()));
            Assert.Equal(value, ParsedValue.Parse<T>(text));
        }
    }
}
