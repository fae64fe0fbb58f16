using Boreas.Cli.Api;
using Spectre.Console;

namespace Boreas.Cli.Output;

internal enum OutputFormat
{
    Table,
    Json,
}

/// <summary>Writes results: the server's answer as it came (<c>json</c>), or columns for people (<c>table</c>).</summary>
internal sealed class Printer(Terminal terminal, OutputFormat format)
{
    public bool Json => format == OutputFormat.Json;

    public Terminal Terminal => terminal;

    public void Line(string text) => terminal.Line(text);

    public void Note(string text) => terminal.Note(text);

    /// <summary>The answer itself in json; otherwise what <paramref name="people"/> writes.</summary>
    public void Answer(Answer answer, Action people)
    {
        if (!Json) people();
        else if (answer.Json.Length > 0) terminal.Line(answer.Json);
    }

    /// <summary>Columns; plain and never cut where no person looks, so that scripts can rely on them.</summary>
    public void Rows(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string?>> rows, string nothing)
    {
        var cells = rows.Select(row => row.Select(cell => Terminal.Clean(cell ?? "").ReplaceLineEndings(" ")).ToArray()).ToList();
        if (cells.Count == 0) Note(nothing);
        else if (terminal.OutIsTerminal) terminal.Ansi().Write(Table(headings, cells));
        else foreach (var line in Plain([.. headings], cells)) Line(line);
    }

    /// <summary>Names and values, one a line; values that are null are left out.</summary>
    public void Facts(params IEnumerable<(string Name, string? Value)> facts)
    {
        var known = facts.Where(fact => fact.Value is not null).ToList();
        var width = known.Max(fact => fact.Name.Length) + 2;
        foreach (var (name, value) in known) Line(name.PadRight(width) + Terminal.Clean(value!));
    }

    private static Table Table(IReadOnlyList<string> headings, List<string[]> cells)
    {
        var table = new Table().NoBorder();
        foreach (var heading in headings) table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Dim))).PadRight(2));
        foreach (var row in cells) table.AddRow(row.Select(cell => new Text(cell, Look.Of(cell))));
        return table;
    }

    private static IEnumerable<string> Plain(string[] headings, List<string[]> cells)
    {
        var widths = headings.Select((heading, i) => Math.Max(heading.Length, cells.Max(row => row[i].Length))).ToArray();
        return cells.Prepend(headings).Select(row => string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }
}
