using System.Text.Json;
using System.Text.Json.Nodes;
using Boreas.Cli.Files;
using Boreas.Cli.Output;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Engine.Runs;

namespace Boreas.Cli.Tests;

public sealed class YamlJsonTests
{
    [Fact]
    public void AFileIsWrittenAsAPersonWould()
    {
        var task = new TaskInput(RunTaskType.Custom, Id: "smoke", Name: "smoke test: fast", Payload: BoreasJson.ToElement(new { command = new[] { "./smoke", "--fast", "8080" } }), TimeoutSeconds: 60);

        Assert.Equal(
            """
            tasks:
            - type: custom
              id: smoke
              name: 'smoke test: fast'
              payload:
                command: [./smoke, --fast, "8080"]
              timeoutSeconds: 60

            """, YamlJson.Write(new WorkflowInput([task])));
    }

    [Fact]
    public void WhatIsWrittenIsRead()
    {
        var luck = new Random(20310506);
        string[] texts = ["", "true", "null", "~", "8", "-1.5e3", "0x1f", "yes", "a: b", "- a", "# a", "a #b", "'", "\"", "two\nlines", " blank ", "${app}", "$${x}", "{", "[", "*a", "&a", "!a", "|", ">", "%", "@", "`", "é 漢字", "\t", "---", "...", "\u0085", "a\\b", "2026-01-02", "-", "?", ":", ","];
        for (var i = 0; i < 400; i++)
        {
            var value = Any(3);
            var text = YamlJson.Write(value);

            var read = InputFile.Read<JsonObject>(text, "file");
            Assert.True(JsonNode.DeepEquals(value, read), $"{value}\n{text}\n{read}");
        }

        JsonObject Any(int depth) => new(Enumerable.Range(0, luck.Next(1, 5)).Select(n => KeyValuePair.Create($"{n}{texts[luck.Next(texts.Length)]}", Node(depth))));

        JsonNode? Node(int depth) => luck.Next(depth > 0 ? 7 : 5) switch
        {
            0 => null,
            1 => JsonValue.Create(luck.Next(2) == 0),
            2 => JsonNode.Parse(luck.Next(-1000, 1000).ToString(System.Globalization.CultureInfo.InvariantCulture)),
            3 or 4 => JsonValue.Create(texts[luck.Next(texts.Length)]),
            5 => new JsonArray([.. Enumerable.Range(0, luck.Next(4)).Select(_ => Node(depth - 1))]),
            _ => Any(depth - 1),
        };
    }

    [Fact]
    public void JsonIsReadToo()
    {
        var read = InputFile.Read<WorkflowInput>("""{"tasks": [{"type": "health_check", "appId": "shop", "requireConfirm": true}]}""", "file");

        Assert.Equal(new TaskInput(RunTaskType.HealthCheck, "shop", RequireConfirm: true), Assert.Single(read.Tasks));
    }

    [Theory]
    [InlineData("tasks:\n  - type: custom\n    nmae: x\n", "'tasks[0].nmae' is not known")]
    [InlineData("tasks:\n  - type: nothing\n", "'tasks[0].type' is not known, or has a value of another kind")]
    [InlineData("tasks: [", "is not YAML")]
    [InlineData("a: &a [x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e, *e]\ng: [*f, *f, *f, *f, *f, *f, *f, *f]\n", "more than 200000 values")]
    [InlineData("--- a\n--- b\n", "several documents")]
    public void WhatCannotBeMeantIsNamed(string text, string message)
    {
        var failure = Assert.Throws<CommandFailure>(() => InputFile.Read<WorkflowInput>(text, "graph.yaml"));

        Assert.Equal(ExitCode.Usage, failure.Exit);
        Assert.Contains("graph.yaml cannot be taken", failure.Message, StringComparison.Ordinal);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }
}
