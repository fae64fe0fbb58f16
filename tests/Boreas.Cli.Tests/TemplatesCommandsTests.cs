using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Templates;
using Boreas.Engine.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Boreas.Cli.Tests;

public sealed class TemplatesCommandsTests
{
    private static readonly Template Release = new(
        "template-1", "release", "default", 2, "A release", [new TemplateParameter("app", Required: true), new TemplateParameter("mode", "fast")],
        [new TaskInput(RunTaskType.Deploy, "${app}", "${app}-deploy"), new TaskInput(RunTaskType.Custom, Id: "smoke", BlockBy: "${app}-deploy", Payload: BoreasJson.ToElement(new { command = new[] { "./smoke", "--mode", "${mode}" } }))],
        "ada", Examples.Start);

    [Fact]
    public async Task AnExportedTemplateIsImportedAsItWas()
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);
        var file = Path.Combine(typed.Home, "release.yaml");

        Assert.Equal(0, (await typed.RunAsync("templates", "export", "release@2", file)).Exit);
        var import = await typed.RunAsync("templates", "import", file);
        var copy = await typed.RunAsync("templates", "import", file, "--name", "copy", "--project", "second");

        Assert.Equal("release@2 was saved: 2 tasks, parameters app, mode.", import.Out.TrimEnd());
        Assert.Equal(0, copy.Exit);
        var sent = server.Requests.Where(seen => seen.Method == "POST").ToList();
        Assert.Equal(["/api/v1/templates/template-1/versions", "/api/v1/templates"], sent.Select(s => s.Path));
        Assert.Equal(JsonSerializer.Serialize(new TemplateInput(Description: Release.Description, Parameters: Release.Parameters, Tasks: Release.Tasks), BoreasJson.Options), sent[0].Body);
        Assert.Equal(("copy", "second"), (Read(sent[1].Body).Name, Read(sent[1].Body).Project));
    }

    [Fact]
    public async Task TheGraphOfADeploymentIsSaved()
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);

        Assert.Equal(0, (await typed.RunAsync("templates", "save", "other", "abc", "--description", "From last week")).Exit);

        var sent = server.Requests.Single(seen => seen.Method == "POST");
        Assert.Equal(("/api/v1/templates", """{"name":"other","description":"From last week","deployment":"abc123"}"""), (sent.Path, sent.Body));
    }

    [Fact]
    public async Task DifferencesReadLikeADiff()
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);

        var outcome = await typed.RunAsync("templates", "diff", "release", "1");

        Assert.Equal(
            """
            release@1 → release@2
            + parameter {"name":"mode","default":"fast","required":false}
            - task old (test)
            + task smoke (custom) after ${app}-deploy
            ~ task ${app}-deploy
            -   name: deploy
            +   name: roll out
            +   requireConfirm: true
            """, outcome.Out.TrimEnd());
    }

    [Fact]
    public async Task ATemplateIsShownWithItsParametersAndTasks()
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);

        var outcome = await typed.RunAsync("templates", "show", "release");

        Assert.Contains("release@2 of project default, by ada: A release", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("app                 yes", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("smoke", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("release  2", (await typed.RunAsync("templates", "list")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATemplateIsDeletedAsItWasSeen()
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);

        Assert.Equal(2, (await typed.RunAsync("templates", "delete", "release")).Exit);
        Assert.Equal(0, (await typed.RunAsync("templates", "delete", "release", "--yes")).Exit);

        Assert.Equal("\"2\"", server.Requests.Single(seen => seen.Method == "DELETE").Headers["If-Match"]);
    }

    [Fact]
    public async Task ADeploymentStartsFromATemplate()
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);

        Assert.Equal(0, (await typed.RunAsync("deploy", "--template", "release@2", "--param", "app=hello", "--param", "mode=a=b", "--env", "staging")).Exit);

        var create = JsonSerializer.Deserialize<CreateDeployment>(server.Requests.Single(seen => seen.Method == "POST").Body, BoreasJson.Options)!;
        Assert.Equal(("release@2", "staging", null, null), (create.Template, create.Environment, create.ApplicationIds, create.Version));
        Assert.Equal(new Dictionary<string, string> { ["app"] = "hello", ["mode"] = "a=b" }, create.Parameters!);
        Assert.Contains("from template release@2 app=hello", (await typed.RunAsync("status", "abc123")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deploy --template release --param app")]
    [InlineData("deploy --template release --param app=a --param app=b")]
    [InlineData("deploy hello --version v1 --template release")]
    [InlineData("templates show release@new")]
    public async Task WhatCannotBeMeantIsAUsageError(string line)
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);

        Assert.Equal(2, (await typed.RunAsync(line.Split(' '))).Exit);
        Assert.Empty(server.Requests);
    }

    private static TemplateInput Read(string body) => JsonSerializer.Deserialize<TemplateInput>(body, BoreasJson.Options)!;

    private static Task<FakeServer> StartAsync() => FakeServer.StartAsync(app =>
    {
        var deployment = Examples.Deployment("abc123", RunStatus.Running) with { Template = new UsedTemplate("release", 2, new Dictionary<string, string> { ["app"] = "hello" }) };
        app.MapGet("/api/v1/deployments", () => FakeServer.Json(new Page<Deployment>([deployment], null)));
        app.MapGet("/api/v1/deployments/{id}", (string id) => id == "abc123" ? FakeServer.Json(deployment) : FakeServer.Problem(404, "not_found", "There is none."));
        app.MapPost("/api/v1/deployments", () => FakeServer.Json(new DeploymentsCreated("abc123", [deployment]), 201));
        app.MapGet("/api/v1/templates", () => FakeServer.Json(new Page<Template>([Release], null)));
        app.MapGet("/api/v1/templates/release", (HttpContext http) =>
        {
            http.Response.Headers.ETag = "\"2\"";
            return FakeServer.Json(Release);
        });
        app.MapGet("/api/v1/templates/release/versions/2", () => FakeServer.Json(Release));
        app.MapGet("/api/v1/templates/template-1/versions/1/compare/2", () => FakeServer.Json(new TemplateDifference(
            "release", 1, 2,
            new GraphDifference(
                [Release.Tasks[1]], [new TaskInput(RunTaskType.Test, Id: "old")],
                [new TaskDifference("${app}-deploy", [new FieldDifference("name", BoreasJson.ToElement("deploy"), BoreasJson.ToElement("roll out")), new FieldDifference("requireConfirm", null, BoreasJson.ToElement(true))])]),
            [new FieldDifference("mode", null, BoreasJson.ToElement(Release.Parameters[1]))])));
        app.MapPost("/api/v1/templates", () => FakeServer.Json(Release, 201));
        app.MapPost("/api/v1/templates/template-1/versions", () => FakeServer.Json(Release, 201));
        app.MapDelete("/api/v1/templates/template-1", () => Results.NoContent());
    });
}
