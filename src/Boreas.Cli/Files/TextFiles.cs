namespace Boreas.Cli.Files;

/// <summary>Files that a command reads or writes; <c>-</c> is standard input or output.</summary>
internal static class TextFiles
{
    public static async Task<string> ReadAsync(Commands.Call call, string file, CancellationToken cancel) =>
        file == "-" ? await call.Terminal.In.ReadToEndAsync(cancel) : await File.ReadAllTextAsync(file, cancel);

    /// <param name="file">Null: standard output.</param>
    public static async Task WriteAsync(Commands.Call call, string? file, string text, CancellationToken cancel)
    {
        if (file is null or "-") call.Print.Line(text.TrimEnd('\n'));
        else await File.WriteAllTextAsync(file, text, cancel);
    }
}
