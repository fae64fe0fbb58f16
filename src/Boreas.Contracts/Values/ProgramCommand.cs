using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Boreas.Contracts.Values;

/// <summary>
/// A command as a list of arguments. Text is split the way a shell would split words (blanks, single and double quotes,
/// backslash), and nothing else of a shell is there: no pipes, no substitution, no globbing. Variables of the form
/// <c>$NAME</c> or <c>${NAME}</c> are replaced by <see cref="Expand"/> from a given set, never from the machine's own.
/// </summary>
public static class ProgramCommand
{
    private static readonly string[] ShellWords = ["&&", "||", "|", ";", "&", ">", ">>", "<", "2>&1"];

    /// <summary>Splits <paramref name="text"/>; refuses an open quote and words that only a shell would understand.</summary>
    public static bool TrySplit(string? text, [NotNullWhen(true)] out IReadOnlyList<string>? arguments, [NotNullWhen(false)] out string? error)
    {
        arguments = null;
        if (string.IsNullOrWhiteSpace(text)) return Refuse("must not be empty", out error);
        var words = new List<string>();
        var word = new StringBuilder();
        var (open, quote) = (false, '\0');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '\0' or '\n' or '\r') return Refuse("must be one line", out error);
            if (quote != '\0')
            {
                if (c == quote) quote = '\0';
                else if (c == '\\' && quote == '"' && i + 1 < text.Length && text[i + 1] is '"' or '\\') word.Append(text[++i]);
                else word.Append(c);
            }
            else if (c is '"' or '\'')
            {
                (open, quote) = (true, c);
            }
            else if (c == '\\' && i + 1 < text.Length)
            {
                (open, _) = (true, word.Append(text[++i]));
            }
            else if (c is ' ' or '\t')
            {
                if (open) words.Add(word.ToString());
                (open, _) = (false, word.Clear());
            }
            else
            {
                (open, _) = (true, word.Append(c));
            }
        }

        if (quote != '\0') return Refuse($"has an open {quote}", out error);
        if (open) words.Add(word.ToString());
        if (words.Find(w => ShellWords.Contains(w)) is { } shell)
            return Refuse($"contains '{shell}', which needs a shell; give several commands as a list, or write [\"sh\", \"-c\", \"…\"]", out error);
        arguments = words;
        error = null;
        return true;
    }

    /// <summary>Replaces <c>$NAME</c>, <c>${NAME}</c> and <c>${NAME:-default}</c> in each argument; an unknown name becomes empty.</summary>
    public static IReadOnlyList<string> Expand(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables) =>
        [.. arguments.Select(argument => Expand(argument, variables))];

    private static string Expand(string text, IReadOnlyDictionary<string, string> variables)
    {
        if (!text.Contains('$', StringComparison.Ordinal)) return text;
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            var braced = text[i + 1] == '{';
            var start = braced ? i + 2 : i + 1;
            var end = start;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_')) end++;
            var name = text[start..end];
            var fallback = "";
            if (braced)
            {
                var close = text.IndexOf('}', end);
                if (close < 0 || name.Length == 0)
                {
                    result.Append('$');
                    continue;
                }

                if (text[end..close] is ['-', ..] or [':', '-', ..]) fallback = text[end..close].TrimStart(':')[1..];
                end = close + 1;
            }
            else if (name.Length == 0)
            {
                result.Append('$');
                continue;
            }

            result.Append(variables.TryGetValue(name, out var found) ? found : fallback);
            i = end - 1;
        }

        return result.ToString();
    }

    private static bool Refuse(string why, out string? error)
    {
        error = why;
        return false;
    }
}
