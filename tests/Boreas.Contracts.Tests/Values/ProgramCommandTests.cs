using Boreas.Contracts.Values;

namespace Boreas.Contracts.Tests.Values;

public sealed class ProgramCommandTests
{
    [Theory]
    [InlineData("node server.js", "node", "server.js")]
    [InlineData("  a \t b  ", "a", "b")]
    [InlineData("a 'b c' \"d e\"", "a", "b c", "d e")]
    [InlineData("a b'c d'e", "a", "bc de")]
    [InlineData("a ''", "a", "")]
    [InlineData("a b\\ c", "a", "b c")]
    [InlineData("a \"b \\\" c\"", "a", "b \" c")]
    [InlineData("a '\\n'", "a", "\\n")]
    [InlineData("a \"\\n\"", "a", "\\n")]
    [InlineData("grep '|' \"&&\"", "grep", "|", "&&")]
    [InlineData("a \\;", "a", ";")]
    [InlineData("a *.js ~ #x", "a", "*.js", "~", "#x")]
    public void TextIsSplitIntoArguments(string text, params string[] expected)
    {
        Assert.True(ProgramCommand.TrySplit(text, out var arguments, out var error), error);
        Assert.Equal(expected, arguments);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t")]
    [InlineData("a 'b")]
    [InlineData("a \"b")]
    [InlineData("a \\")]
    [InlineData("'' a")]
    [InlineData("a\nb")]
    [InlineData("a\r")]
    [InlineData("a\0b")]
    [InlineData("a 'b\nc'")]
    [InlineData("a && b")]
    [InlineData("a&&b")]
    [InlineData("a;b")]
    [InlineData("a | b")]
    [InlineData("a > b")]
    [InlineData("a 2>&1")]
    [InlineData("a &")]
    [InlineData("a $(b)")]
    [InlineData("a `b`")]
    public void WhatNeedsAShellIsRefused(string? text)
    {
        Assert.False(ProgramCommand.TrySplit(text, out _, out var error));
        Assert.False(string.IsNullOrWhiteSpace(error));
    }

    [Fact]
    public void ACommandHasAMostLength() => Assert.False(ProgramCommand.TrySplit(new string('a', ProgramCommand.MaxLength + 1), out _, out _));

    [Theory]
    [InlineData("$PORT", "3000")]
    [InlineData("${PORT}", "3000")]
    [InlineData(":$PORT/", ":3000/")]
    [InlineData("$PORTS", "")]
    [InlineData("${NOT}", "")]
    [InlineData("${NOT:-8080}", "8080")]
    [InlineData("${NOT-8080}", "8080")]
    [InlineData("${PORT:-8080}", "3000")]
    [InlineData("${EMPTY:-8080}", "8080")]
    [InlineData("${EMPTY-8080}", "")]
    [InlineData("${NOT:-}", "")]
    [InlineData("${PORT%0}", "${PORT%0}")]
    [InlineData("${PORT", "${PORT")]
    [InlineData("${}", "${}")]
    [InlineData("$", "$")]
    [InlineData("a$", "a$")]
    [InlineData("$$", "$$")]
    [InlineData("$PORT$PORT", "30003000")]
    [InlineData("$LOOP", "$PORT")]
    public void VariablesAreReplacedOnce(string text, string expected)
    {
        var variables = new Dictionary<string, string> { ["PORT"] = "3000", ["EMPTY"] = "", ["LOOP"] = "$PORT" };
        Assert.Equal([expected], ProgramCommand.Expand([text], variables));
    }

    [Fact]
    public void AValueWithBlanksStaysOneArgument() =>
        Assert.Equal(["a", "b c; d"], ProgramCommand.Expand(["a", "$X"], new Dictionary<string, string> { ["X"] = "b c; d" }));

    [Fact]
    public void TheMachinesOwnVariablesAreNotThere() => Assert.Equal([""], ProgramCommand.Expand(["$PATH"], new Dictionary<string, string>()));
}
