using System.CommandLine;
using System.CommandLine.Completions;
using Boreas.Cli.Api;
using Boreas.Cli.Configuration;
using Boreas.Cli.Output;

namespace Boreas.Cli.Commands;

/// <summary>Makes commands that share the global options, the way errors are told, and the exit codes.</summary>
internal sealed class CommandKit(Terminal terminal)
{
    private readonly Option<OutputFormat> output = new("--output", "-o") { Description = "table for people, json for the server's answer exactly as it came", HelpName = "table|json", Recursive = true };

    public Option<string?> Server { get; } = new("--server") { Description = "The server's address (BOREAS_SERVER; default: where you logged in, else http://127.0.0.1:5080)", HelpName = "URL", Recursive = true };
    public Option<string?> TokenFile { get; } = new("--token-file") { Description = "File with the token, - for standard input (BOREAS_TOKEN holds a token, BOREAS_TOKEN_FILE a file)", HelpName = "FILE", Recursive = true };
    public Option<string?> Context { get; } = new("--context") { Description = "Use this saved login", HelpName = "NAME", Recursive = true };

    public Terminal Terminal => terminal;

    public IEnumerable<Option> GlobalOptions => [Server, TokenFile, Context, output];

    /// <summary>A command that calls the server.</summary>
    public Command Remote(string name, string description, IEnumerable<Symbol> symbols, Func<Call, CancellationToken, Task<ExitCode>> act) =>
        Make(name, description, symbols, needsServer: true, act);

    /// <summary>A command that needs no server, or finds it itself.</summary>
    public Command Local(string name, string description, IEnumerable<Symbol> symbols, Func<Call, CancellationToken, Task<ExitCode>> act) =>
        Make(name, description, symbols, needsServer: false, act);

    public static Command Group(string name, string description, params IEnumerable<Command> commands)
    {
        var group = new Command(name, description);
        foreach (var command in commands) group.Subcommands.Add(command);
        return group;
    }

    /// <summary>An argument that names an app; its completion asks the server, briefly and without complaint.</summary>
    public Argument<string> App() => Completed(new Argument<string>("APP") { Description = "The app's id" }, "apps");

    /// <summary>An argument that names a deployment.</summary>
    public Argument<string> Deployment() =>
        Completed(new Argument<string>("DEPLOYMENT") { Description = "The deployment's id, or enough of its beginning to be the only one" }, "deployments");

    public T Completed<T>(T argument, string noun)
        where T : Argument
    {
        // Without a name of its own, help would ask the server and show what it knows as the argument's name.
        argument.HelpName ??= argument.Name;
        argument.CompletionSources.Add(words => KnownNames.Of(terminal, words.ParseResult.GetValue(Server), noun).Select(name => new CompletionItem(name)));
        return argument;
    }

    private Command Make(string name, string description, IEnumerable<Symbol> symbols, bool needsServer, Func<Call, CancellationToken, Task<ExitCode>> act)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Option option) command.Options.Add(option);
            else command.Arguments.Add((Argument)symbol);
        }

        command.SetAction(async (words, cancel) =>
        {
            var print = new Printer(terminal, words.GetValue(output));
            try
            {
                var connection = needsServer ? await Connection.FindAsync(terminal, words.GetValue(Server), words.GetValue(TokenFile), words.GetValue(Context), cancel) : null;
                using var call = new Call(words, terminal, print, connection);
                return (int)await act(call, cancel);
            }
            catch (CommandFailure failure)
            {
                return (int)FailureText.Tell(print, failure);
            }
            catch (Exception file) when (file is IOException or UnauthorizedAccessException)
            {
                return (int)FailureText.Tell(print, new CommandFailure(ExitCode.Failed, file.Message, cause: file));
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return (int)ExitCode.Interrupted;
            }
        });
        return command;
    }
}
