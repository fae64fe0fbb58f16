using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Engine.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Boreas.Cli.Tests;

public sealed class WorkflowCommandsTests
{
    private static readonly Deployment Waiting = Examples.Deployment(
        "abc123", RunStatus.WaitingConfirm, Examples.Task("t1", RunTaskType.Build, RunTaskStatus.Success), Examples.Task("t2", RunTaskType.Deploy, RunTaskStatus.WaitingConfirm));

    private static readonly Workflow Graph = new(4, true, [new TaskInput(RunTaskType.Build, "hello", "t1", Order: 1), new TaskInput(RunTaskType.Deploy, "hello", "t2", BlockBy: "t1", Order: 2)]);

    [Fact]
    public async Task AGraphThatWasReadIsSentBackUnderItsTag()
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);
        var file = Path.Combine(typed.Home, "graph.yaml");

        Assert.Equal(0, (await typed.RunAsync("workflow", "get", "abc", file)).Exit);
        var set = await typed.RunAsync("workflow", "set", "abc", file);

        Assert.Equal((0, "Nothing changed."), (set.Exit, set.Out.TrimEnd()));
        var put = server.Requests.Single(seen => seen.Method == "PUT");
        Assert.Equal("\"4\"", put.Headers["If-Match"]);
        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(new WorkflowInput([.. Graph.Tasks.Select(t => t with { Order = null })]), BoreasJson.Options), put.Body);
        Assert.StartsWith("version: 4\ntasks:\n", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEditOfAnOlderGraphIsNotSent()
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);

        var set = await typed.RunAsync(["workflow", "set", "abc", "-"], "version: 3\ntasks: [{type: build, appId: hello}]\n");

        Assert.Equal(5, set.Exit);
        Assert.Contains("is version 4 now", set.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, seen => seen.Method == "PUT");
    }

    [Theory]
    [InlineData("POST", "/api/v1/deployments/abc123/tasks", """{"blocks":"t2","type":"custom","name":"smoke","blockBy":"t1","payload":{"command":["./smoke","--fast"]},"requireConfirm":true,"timeoutSeconds":60,"maxAttempts":1}""", "add abc --name smoke --after build --before deploy --require-confirm --timeout 60 --max-attempts 1 -- ./smoke --fast")]
    [InlineData("POST", "/api/v1/deployments/abc123/tasks", """{"type":"health_check","appId":"hello","id":"again"}""", "add abc --type health_check --app hello --id again")]
    [InlineData("PATCH", "/api/v1/deployments/abc123/tasks/t2", """{"name":"roll-out","blockBy":"","order":1,"requireConfirm":false}""", "edit abc deploy --name roll-out --after  --order 1 --require-confirm false")]
    [InlineData("DELETE", "/api/v1/deployments/abc123/tasks/t2", "", "delete abc deploy")]
    public async Task TasksAreEditedOneByOne(string method, string path, string body, string line)
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);

        var outcome = await typed.RunAsync(["tasks", .. line.Split(' ')]);

        Assert.True(outcome.Exit == 0, outcome.Error);
        var sent = server.Requests.Single(seen => seen.Method == method);
        Assert.Equal((path, body), (sent.Path, sent.Body));
    }

    [Theory]
    [InlineData("add abc")]
    [InlineData("add abc --type build -- ./smoke")]
    [InlineData("add abc --type 3")]
    [InlineData("edit abc deploy")]
    public async Task WhatCannotBeMeantIsAUsageError(string line)
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);

        Assert.Equal(2, (await typed.RunAsync(["tasks", .. line.Split(' ')])).Exit);
        Assert.DoesNotContain(server.Requests, seen => seen.Method != "GET");
    }

    private static Task<FakeServer> StartAsync() => FakeServer.StartAsync(app =>
    {
        app.MapGet("/api/v1/deployments", () => FakeServer.Json(new Page<Deployment>([Waiting], null)));
        app.MapGet("/api/v1/deployments/{id}", (string id) => id == "abc123" ? FakeServer.Json(Waiting) : FakeServer.Problem(404, "not_found", "There is none."));
        app.MapGet("/api/v1/deployments/abc123/workflow", (HttpContext http) =>
        {
            http.Response.Headers.ETag = "\"4\"";
            return FakeServer.Json(Graph);
        });
        app.MapPut("/api/v1/deployments/abc123/workflow", () => FakeServer.Json(new WorkflowSaved(true, "Nothing changed.")));
        app.MapPost("/api/v1/deployments/abc123/tasks", () => FakeServer.Json(Waiting.Tasks[1], 201));
        app.MapPatch("/api/v1/deployments/abc123/tasks/t2", () => FakeServer.Json(Waiting.Tasks[1]));
        app.MapDelete("/api/v1/deployments/abc123/tasks/t2", () => Results.NoContent());
    });
}
