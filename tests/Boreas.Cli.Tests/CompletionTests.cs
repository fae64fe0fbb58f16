using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Microsoft.AspNetCore.Builder;

namespace Boreas.Cli.Tests;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("bash", "complete ")]
    [InlineData("zsh", "compdef ")]
    [InlineData("fish", "complete -c boreas")]
    public async Task EveryShellGetsItsScript(string shell, string word)
    {
        using var typed = new Typed();
        var outcome = await typed.RunAsync("completion", shell);
        Assert.Equal(0, outcome.Exit);
        Assert.Contains(word, outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WordsAreCompleted()
    {
        using var typed = new Typed();
        var outcome = await typed.RunAsync("[suggest:13]", "boreas apps s");
        var words = outcome.Out.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["secrets", "set", "show"], words.Where(word => word.StartsWith('s')));
    }

    [Fact]
    public async Task IdsOnTheServerAreCompleted()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/apps", () => FakeServer.Json(new Page<App>([Examples.App("hello"), Examples.App("other")], null))));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("[suggest:14]", "boreas deploy ");
        Assert.Contains("hello", outcome.Out.Split(Environment.NewLine));
        Assert.Contains("other", outcome.Out.Split(Environment.NewLine));
    }

    [Fact]
    public async Task HelpNamesTheWordsAndNotWhatTheServerKnows()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/apps", () => FakeServer.Json(new Page<App>([Examples.App("hello")], null))));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("deploy", "--help");
        Assert.Contains("<APP>", outcome.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("<hello>", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompletionIsQuietWhenTheServerIsAway()
    {
        using var typed = new Typed(new Uri("http://127.0.0.1:1"));
        var outcome = await typed.RunAsync("[suggest:17]", "boreas apps show ");
        Assert.Equal(0, outcome.Exit);
        Assert.Empty(outcome.Error);
    }
}
