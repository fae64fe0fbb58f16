using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Configuration;
using Boreas.Cli.Output;

namespace Boreas.Cli.Commands;

/// <summary>One command line as it is carried out: its words, the server it talks to, and where results go.</summary>
internal sealed class Call(ParseResult words, Terminal terminal, Printer print, Connection? connection) : IDisposable
{
    private ApiClient? api;

    public Terminal Terminal => terminal;

    public Printer Print => print;

    /// <summary>The server that was named; only for commands that were declared with one.</summary>
    public ApiClient Api => api ??= new ApiClient(Server.Server, Server.Token);

    public Connection Server => connection ?? throw new InvalidOperationException("This command was declared to need no server.");

    public T? Get<T>(Option<T> option) => words.GetValue(option);

    public T Get<T>(Argument<T> argument) => words.GetValue(argument)!;

    /// <summary>A global option's text; null when it was left out or is blank.</summary>
    public string? Option(Option<string?> option) => string.IsNullOrWhiteSpace(words.GetValue(option)) ? null : words.GetValue(option);

    /// <summary>Whether the option was typed, whatever its value.</summary>
    public bool Has(Option option) => words.GetResult(option) is { Implicit: false };

    public void Dispose() => api?.Dispose();
}
