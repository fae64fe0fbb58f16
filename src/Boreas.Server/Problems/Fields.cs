using System.Globalization;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;

namespace Boreas.Server.Problems;

/// <summary>Checks the fields of one request and collects everything that is wrong, so that a caller is told all of it at once.</summary>
/// <param name="nameOf">What the caller calls a field; null: what it is called here.</param>
public sealed class Fields(Func<string, string>? nameOf = null)
{
    private readonly List<FieldProblem> _problems = [];

    public bool AreGood => _problems.Count == 0;

    public void Refuse(string field, string message) => _problems.Add(new FieldProblem(nameOf is null ? field : nameOf(field), message));

    /// <summary>The value of a field that must be there; the default value after a refusal.</summary>
    public T Required<T>(string field, string? text)
        where T : struct, IParsedValue<T>
    {
        if (T.TryParse(text, out var value, out var error)) return value;
        Refuse(field, text is null ? "is required and " + error : error);
        return default;
    }

    /// <summary>The value of a field that may be left out.</summary>
    public T? Optional<T>(string field, string? text)
        where T : struct, IParsedValue<T> =>
        text is null ? null : Required<T>(field, text);

    public int Range(string field, int value, int min, int max)
    {
        if (value < min || value > max) Refuse(field, string.Create(CultureInfo.InvariantCulture, $"must be {min} to {max}"));
        return value;
    }

    /// <summary>Text for people: one line, no control characters.</summary>
    public string Text(string field, string? text, int maxLength)
    {
        if (string.IsNullOrWhiteSpace(text)) Refuse(field, "must not be empty");
        else if (text.Length > maxLength) Refuse(field, $"must be at most {maxLength} characters");
        else if (text.Any(IsUnprintable)) Refuse(field, "must be one line without control characters");
        return text ?? "";
    }

    /// <summary>Variables of a process: names as such, values without characters that end a line or a text early.</summary>
    public void Variables(string field, IReadOnlyDictionary<string, string> variables)
    {
        const int MaxCount = 200, MaxValue = 32 * 1024;
        if (variables.Count > MaxCount) Refuse(field, $"must be at most {MaxCount} variables");
        foreach (var (name, value) in variables.Take(MaxCount))
        {
            Required<VariableName>($"{field}.{name}", name);
            if (value is null) Refuse($"{field}.{name}", "must have a value; leave the variable out to remove it");
            else if (value.Length > MaxValue) Refuse($"{field}.{name}", $"must be at most {MaxValue} characters");
            else if (value.Any(c => char.IsControl(c) && c is not ('\t' or '\n'))) Refuse($"{field}.{name}", "must not contain control characters other than tabs and line feeds");
        }
    }

    /// <exception cref="RequestRefusedException">Something was wrong: 400 with every field.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count > 0) throw RequestRefusedException.Invalid([.. _problems]);
    }

    private static bool IsUnprintable(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
}
