using System.CommandLine;
using Boreas.Cli.Commands;
using Boreas.Cli.Output;

namespace Boreas.Cli.Tests;

public sealed class HelpTests
{
    public static TheoryData<string> EveryCommand()
    {
        var all = new TheoryData<string>();
        foreach (var path in Paths(Tree(), "")) all.Add(path);
        return all;
    }

    [Theory]
    [MemberData(nameof(EveryCommand))]
    public async Task EveryCommandExplainsItself(string path)
    {
        using var typed = new Typed();
        var outcome = await typed.RunAsync([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.Equal(0, outcome.Exit);
        Assert.Contains("Description:", outcome.Out, StringComparison.Ordinal);
        Assert.Empty(outcome.Error);
    }

    [Theory]
    [MemberData(nameof(EveryCommand))]
    public void EveryWordHasADescription(string path)
    {
        var command = (Command)Tree();
        foreach (var word in path.Split(' ', StringSplitOptions.RemoveEmptyEntries)) command = command.Subcommands.Single(sub => sub.Name == word);
        Assert.All(new List<Symbol>([command, .. command.Options, .. command.Arguments]), symbol => Assert.False(string.IsNullOrWhiteSpace(symbol.Description), symbol.Name));
    }

    [Fact]
    public async Task WithoutWordsItShowsHelp()
    {
        using var typed = new Typed();
        Assert.Equal(0, (await typed.RunAsync()).Exit);
    }

    [Theory]
    [InlineData("depliy", "deploy")]
    [InlineData("apps shwo hello", "show")]
    public async Task ATypoIsAUsageErrorThatNamesTheWord(string line, string meant)
    {
        using var typed = new Typed();
        var outcome = await typed.RunAsync(line.Split(' '));
        Assert.Equal(2, outcome.Exit);
        Assert.Contains(meant, outcome.Out + outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WordsThatBeginWithAnAtSignAreWords()
    {
        using var typed = new Typed();
        var outcome = await typed.RunAsync("apps", "create", "@/etc/hostname");
        Assert.Equal(2, outcome.Exit);
        Assert.Contains("needs a source", outcome.Error, StringComparison.Ordinal);
    }

    private static RootCommand Tree() => CommandLine.Build(new CommandKit(new Terminal { In = TextReader.Null, Out = TextWriter.Null, Error = TextWriter.Null, OutIsTerminal = false, InIsTerminal = false, Environment = _ => null }));

    private static IEnumerable<string> Paths(Command command, string path) =>
        command.Subcommands.Where(sub => !sub.Hidden).SelectMany(sub => Paths(sub, $"{path} {sub.Name}".Trim())).Prepend(path);
}
