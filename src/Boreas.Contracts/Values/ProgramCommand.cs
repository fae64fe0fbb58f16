using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Boreas.Contracts.Values;

/// <summary>
/// A command as a list of arguments. Text is split the way a shell would split words (blanks, single and double quotes,
/// backslash), and nothing else of a shell is there: no pipes, no substitution, no globbing. Variables of the form
/// <c>$NAME</c> or <c>${NAME}</c> are replaced by <see cref="Expand(IReadOnlyList{string}, IReadOnlyDictionary{string, string})"/> from a given set, never from the machine's own.
/// </summary>
public static class ProgramCommand
{
    public const int MaxLength = 8192;

    /// <summary>Splits <paramref name="text"/>; refuses an open quote, and signs outside of quotes that only a shell would understand.</summary>
    public static bool TrySplit(string? text, [NotNullWhen(true)] out IReadOnlyList<string>? arguments, [NotNullWhen(false)] out string? error)
    {
        arguments = null;
        if (string.IsNullOrWhiteSpace(text)) return Refuse("must not be empty", out error);
        if (text.Length > MaxLength) return Refuse($"must be at most {MaxLength} characters", out error);
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
            else if (c is ';' or '|' or '&' or '<' or '>' or '`' || (c == '$' && i + 1 < text.Length && text[i + 1] == '('))
            {
                return Refuse($"contains '{c}', which needs a shell; quote it, give several commands as a list, or write [\"sh\", \"-c\", \"…\"]", out error);
            }
            else if (c == '\\')
            {
                if (i + 1 == text.Length) return Refuse("ends with a backslash that has nothing to stand for", out error);
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
        if (words[0].Length == 0) return Refuse("must name a program first", out error);
        arguments = words;
        error = null;
        return true;
    }

    /// <summary>Replaces <c>$NAME</c>, <c>${NAME}</c>, <c>${NAME-default}</c> and <c>${NAME:-default}</c> (also for empty values) in each argument; an unknown name becomes empty.</summary>
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
            var (fallback, keepEmpty) = ("", true);
            if (braced)
            {
                var close = text.IndexOf('}', end);
                if (close < 0 || name.Length == 0)
                {
                    result.Append('$');
                    continue;
                }

                // Anything else between the braces is a shell's own way of editing a value, which is not there.
                var rest = text[end..close];
                if (rest.StartsWith(":-", StringComparison.Ordinal)) (fallback, keepEmpty) = (rest[2..], false);
                else if (rest.StartsWith('-')) fallback = rest[1..];
                else if (rest.Length > 0)
                {
                    result.Append('$');
                    continue;
                }

                end = close + 1;
            }
            else if (name.Length == 0)
            {
                result.Append('$');
                continue;
            }

            result.Append(variables.TryGetValue(name, out var found) && (found.Length > 0 || keepEmpty) ? found : fallback);
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
