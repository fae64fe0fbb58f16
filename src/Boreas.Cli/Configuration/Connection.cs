using Boreas.Cli.Files;
using Boreas.Cli.Output;

namespace Boreas.Cli.Configuration;

/// <summary>
/// Which server, and as whom. The server: <c>--server</c>, <c>BOREAS_SERVER</c>, the context, else the local default. The
/// token: <c>--token-file</c>, <c>BOREAS_TOKEN</c>, <c>BOREAS_TOKEN_FILE</c>, else the one saved for that very server: a saved
/// token is never sent to another.
/// </summary>
internal sealed record Connection(Uri Server, string? Token)
{
    public static readonly Uri Local = new("http://127.0.0.1:5080");

    public static async Task<Connection> FindAsync(Terminal terminal, string? server, string? tokenFile, string? context, CancellationToken cancel)
    {
        var found = FindSaved(terminal, server, context);
        return tokenFile is null ? found : found with { Token = OneToken(await ReadAsync(terminal, tokenFile, cancel), tokenFile) };
    }

    /// <summary>The same without <c>--token-file</c>.</summary>
    public static Connection FindSaved(Terminal terminal, string? server, string? context = null)
    {
        var saved = ContextFile.Of(terminal).Read();
        var named = server ?? Filled(terminal.Environment("BOREAS_SERVER"));
        var chosen = context ?? (named is null ? saved.Current : null);
        SavedContext? known = null;
        if (chosen is not null && !saved.Contexts.TryGetValue(chosen, out known) && context is not null)
            throw new CommandFailure(ExitCode.Usage, $"There is no context named '{context}'.", "See 'boreas contexts list'.");

        var address = named is not null ? ParseServer(named) : known is not null ? ParseServer(known.Server) : Local;
        var token = Filled(terminal.Environment("BOREAS_TOKEN")) is { } given ? OneToken(given, "BOREAS_TOKEN")
            : Filled(terminal.Environment("BOREAS_TOKEN_FILE")) is { } file ? OneToken(Read(file), file)
            : (known is not null ? [known] : saved.Contexts.Values).FirstOrDefault(c => ParseServer(c.Server) == address)?.Token;
        return new Connection(address, token);
    }

    public static Uri ParseServer(string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && uri.Query.Length == 0) return uri;
        throw new CommandFailure(ExitCode.Usage, $"'{text}' is not the address of a server.", "Write it like http://127.0.0.1:5080 or https://boreas.example.org, without user or password.");
    }

    /// <summary>The token in a file, or on standard input for <c>-</c>.</summary>
    public static async Task<string> ReadTokenAsync(Terminal terminal, string file, CancellationToken cancel) => OneToken(await ReadAsync(terminal, file, cancel), file);

    private static Task<string> ReadAsync(Terminal terminal, string file, CancellationToken cancel) =>
        file == "-" ? terminal.In.ReadToEndAsync(cancel) : Task.FromResult(Read(file));

    private static string Read(string file) => TextFiles.Read(file, "The token file");

    private static string OneToken(string text, string origin) =>
        text.Trim() is { Length: > 0 } token && token.All(c => c is > ' ' and <= '~') ? token
            : throw new CommandFailure(ExitCode.Usage, $"{(origin == "-" ? "Standard input" : origin)} does not hold one token.");

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
