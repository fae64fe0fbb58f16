using Spectre.Console;

namespace Boreas.Cli.Output;

/// <summary>Everything that a command knows of the place it was typed in: streams, environment, home, clock.</summary>
internal sealed class Terminal
{
    private readonly Lock writing = new();

    public required TextReader In { get; init; }

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>A person sees what is written: colours, trees that redraw.</summary>
    public required bool OutIsTerminal { get; init; }

    /// <summary>A person can be asked.</summary>
    public required bool InIsTerminal { get; init; }

    public required Func<string, string?> Environment { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public bool Colours => OutIsTerminal && string.IsNullOrEmpty(Environment("NO_COLOR")) && Environment("TERM") is not "dumb";

    /// <summary>The real one.</summary>
    public static Terminal OfThisProcess() => new()
    {
        In = Console.In,
        Out = Console.Out,
        Error = Console.Error,
        OutIsTerminal = !Console.IsOutputRedirected,
        InIsTerminal = !Console.IsInputRedirected,
        Environment = System.Environment.GetEnvironmentVariable,
    };

    /// <summary>Spectre's console over <see cref="Out"/>, without colours where they are not wanted.</summary>
    public IAnsiConsole Ansi() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = OutIsTerminal && Environment("TERM") is not "dumb" ? AnsiSupport.Yes : AnsiSupport.No,
        ColorSystem = Colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Interactive = OutIsTerminal ? InteractionSupport.Yes : InteractionSupport.No,
        Out = new AnsiConsoleOutput(Out),
    });

    public void Line(string text)
    {
        lock (writing) Out.WriteLine(text);
    }

    /// <summary>What is for the person and not for the program that reads the output.</summary>
    public void Note(string text)
    {
        lock (writing) Error.WriteLine(text);
    }

    public async Task<string> AskAsync(string question, CancellationToken cancel)
    {
        if (!InIsTerminal) throw new CommandFailure(ExitCode.Usage, $"{question} is needed, and nobody can be asked here.", "Run it in a terminal, or see --help for how to give it from a file or pipe.");
        await Error.WriteAsync(question + ": ");
        return (await In.ReadLineAsync(cancel))?.Trim() is { Length: > 0 } answer ? answer : throw new CommandFailure(ExitCode.Usage, $"{question} must not be empty.");
    }

    /// <summary>A secret: typed without echo by a person, else all of standard input without its last line end.</summary>
    public async Task<string> ReadSecretAsync(string question, CancellationToken cancel)
    {
        string secret;
        if (InIsTerminal)
        {
            Error.Write(question + ": ");
            secret = ReadWithoutEcho();
            await Error.WriteLineAsync();
        }
        else
        {
            secret = await In.ReadToEndAsync(cancel);
            secret = secret.EndsWith("\r\n", StringComparison.Ordinal) ? secret[..^2] : secret.EndsWith('\n') ? secret[..^1] : secret;
        }

        return secret.Length > 0 ? secret : throw new CommandFailure(ExitCode.Usage, $"{question} must not be empty.");
    }

    /// <summary>Takes the control characters out of text that others wrote: it must not move the cursor or change the title.</summary>
    public static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.AsSpan().ContainsAnyInRange('\x7f', '\x9f')) return text;
        var clean = new System.Text.StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\x1b' && i + 1 < text.Length && text[i + 1] == '[')
            {
                for (i += 2; i < text.Length && text[i] is < '@' or > '~'; i++)
                {
                }
            }
            else if (text[i] == '\t' || !char.IsControl(text[i]))
            {
                clean.Append(text[i]);
            }
        }

        return clean.ToString();
    }

    private static string ReadWithoutEcho()
    {
        var typed = new System.Text.StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }

        return typed.ToString();
    }
}
