using Boreas.Cli.Output;

namespace Boreas.Cli.Files;

/// <summary>Files that a command reads or writes; <c>-</c> is standard input or output.</summary>
internal static class TextFiles
{
    public static async Task<string> ReadAsync(Commands.Call call, string file, CancellationToken cancel) =>
        file == "-" ? await call.Terminal.In.ReadToEndAsync(cancel) : Read(file, file);

    /// <param name="name">What it is called in messages.</param>
    /// <exception cref="CommandFailure">It cannot be read.</exception>
    public static string Read(string file, string name)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, $"{name} cannot be read: {unreadable.Message}", cause: unreadable);
        }
    }

    /// <param name="file">Null: standard output.</param>
    public static async Task WriteAsync(Commands.Call call, string? file, string text, CancellationToken cancel)
    {
        if (file is null or "-") call.Print.Line(text.TrimEnd('\n'));
        else await File.WriteAllTextAsync(file, text, cancel);
    }
}
