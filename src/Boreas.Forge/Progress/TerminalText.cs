using System.Globalization;
using System.Text;

namespace Boreas.Forge.Progress;

/// <summary>Text as it may go to a terminal that is not ours.</summary>
internal static class TerminalText
{
    private const int MaxLength = 2000;

    /// <summary>
    /// One line without control characters: what a build writes could otherwise move the cursor, set the title or hide
    /// text in the pusher's terminal. Colours are taken out whole, any other control character becomes a question mark.
    /// </summary>
    public static string Clean(string text)
    {
        var result = new StringBuilder(Math.Min(text.Length, MaxLength));
        for (var i = 0; i < text.Length && result.Length < MaxLength; i++)
        {
            var c = text[i];
            if (c == '\e' && i + 1 < text.Length && text[i + 1] == '[')
            {
                i += 2;
                while (i < text.Length && text[i] is < '@' or > '~') i++;
            }
            else if (c == '\t')
            {
                result.Append("    ");
            }
            else if (c != '\r')
            {
                result.Append(char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? '?' : c);
            }
        }

        return result.Append(text.Length > MaxLength ? "…" : "").ToString();
    }

    /// <summary>A duration as people read it: <c>0.4 s</c>, <c>2 min 5 s</c>.</summary>
    public static string Duration(double seconds) =>
        seconds < 60
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60} s");
}
