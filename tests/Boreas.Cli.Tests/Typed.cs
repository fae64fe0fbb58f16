using Boreas.Cli.Commands;
using Boreas.Cli.Output;

namespace Boreas.Cli.Tests;

/// <summary>What came of one command line.</summary>
internal sealed record Outcome(int Exit, string Out, string Error);

/// <summary>Types commands in a home of its own.</summary>
internal sealed class Typed : IDisposable
{
    private readonly Dictionary<string, string> environment = [];

    public Typed(Uri? server = null, string? token = "secret-token")
    {
        environment["HOME"] = Home = Directory.CreateTempSubdirectory("boreas-cli-").FullName;
        if (server is not null) environment["BOREAS_SERVER"] = server.AbsoluteUri;
        if (server is not null && token is not null) environment["BOREAS_TOKEN"] = token;
    }

    public string Home { get; }

    public string ConfigFile => Path.Combine(Home, ".config", "boreas", "config.json");

    public Task<Outcome> RunAsync(params string[] words) => RunAsync(words, input: "");

    public async Task<Outcome> RunAsync(string[] words, string input, bool terminal = false, CancellationToken cancel = default, TextWriter? also = null)
    {
        using var reader = new StringReader(input);
        using var output = also ?? new StringWriter();
        using var error = new StringWriter();
        var place = new Terminal
        {
            In = reader,
            Out = TextWriter.Synchronized(output),
            Error = TextWriter.Synchronized(error),
            OutIsTerminal = terminal,
            InIsTerminal = false,
            Environment = name => environment.GetValueOrDefault(name),
        };
        var exit = await CommandLine.RunAsync(words, place, cancel);
        return new Outcome(exit, output.ToString() ?? "", error.ToString());
    }

    public void Set(string name, string value) => environment[name] = value;

    public void Dispose() => Directory.Delete(Home, recursive: true);
}
