using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Versions;
using Boreas.Engine.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Boreas.Cli.Tests;

public sealed class DeploymentCommandsTests
{
    private static readonly Deployment Waiting = Examples.Deployment(
        "abc123", RunStatus.WaitingConfirm, Examples.Task("t1", RunTaskType.Build, RunTaskStatus.Success), Examples.Task("t2", RunTaskType.Deploy, RunTaskStatus.WaitingConfirm, "waits for an approver to confirm"));

    private static readonly Deployment Other = Examples.Deployment("abd999", RunStatus.Success);

    [Fact]
    public async Task AnIdMayBeAbbreviatedToAUniqueBeginning()
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);
        Assert.Contains("abc123", (await typed.RunAsync("deployments", "show", "abc")).Out, StringComparison.Ordinal);
        var ambiguous = await typed.RunAsync("deployments", "show", "ab");
        Assert.Equal(2, ambiguous.Exit);
        Assert.Contains("abc123, abd999", ambiguous.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await typed.RunAsync("deployments", "show", "zzz")).Exit);
    }

    [Fact]
    public async Task StatusWithoutAnIdIsTheNewest()
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("status");
        Assert.Contains("abc123", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("waits for an approver to confirm", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("boreas confirm abc123", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhySaysWhatIsInTheWay()
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);
        Assert.Contains("hello deploy: waits for an approver to confirm", (await typed.RunAsync("why", "abc")).Out, StringComparison.Ordinal);
        Assert.Contains("Nothing is in the way", (await typed.RunAsync("why", "abc", "build")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("confirm abc", "/api/v1/deployments/abc123/confirm")]
    [InlineData("confirm abc deploy", "/api/v1/deployments/abc123/tasks/t2/confirm")]
    [InlineData("reject abc hello-deploy", "/api/v1/deployments/abc123/tasks/t2/reject")]
    [InlineData("retry abc t1", "/api/v1/deployments/abc123/tasks/t1/retry")]
    [InlineData("cancel abc", "/api/v1/deployments/abc123/cancel")]
    [InlineData("rollback abc", "/api/v1/deployments/abc123/rollback")]
    [InlineData("resume abc", "/api/v1/deployments/abc123/resume")]
    [InlineData("start abc", "/api/v1/deployments/abc123/start")]
    public async Task ActionsGoToTheDeploymentOrItsTask(string line, string path)
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);
        Assert.Equal(0, (await typed.RunAsync([.. line.Split(' '), "--reason", "because"])).Exit);
        var sent = server.Requests.Single(seen => seen.Method == "POST");
        Assert.Equal((path, """{"reason":"because"}"""), (sent.Path, sent.Body));
    }

    [Fact]
    public async Task ARefusedActionIsAConflict()
    {
        await using var server = await FakeServer.StartAsync(app =>
        {
            app.MapGet("/api/v1/deployments/abc123", () => FakeServer.Json(Waiting));
            app.MapPost("/api/v1/deployments/abc123/cancel", () => FakeServer.Problem(409, "state_conflict", "It has ended.", "Nothing is left to cancel."));
        });
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("cancel", "abc123");
        Assert.Equal(5, outcome.Exit);
        Assert.Contains("Nothing is left to cancel.", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LogsOfAllTasksNameTheTask()
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);
        var all = await typed.RunAsync("logs", "abc123", "--level", "warn");
        Assert.Contains("03:04:05.000 hello build │ warn: disk is nearly full", all.Out, StringComparison.Ordinal);
        Assert.Contains("?level=warn", server.Requests.Select(seen => seen.Query));
        var json = await typed.RunAsync("logs", "abc123", "build", "-o", "json");
        Assert.Equal(JsonSerializer.Serialize(Logs, BoreasJson.Options) + Environment.NewLine, json.Out);
    }

    [Fact]
    public async Task LogsOfAnAppNameTheInstance()
    {
        var line = JsonSerializer.Serialize(new AppLogLine("hello-1", Examples.Start, "stderr", "no \u001b[31mdisk"), BoreasJson.Options);
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/apps/hello/logs", () => Results.Text($"{line}\n\n", "application/x-ndjson")));
        using var typed = new Typed(server.Url);
        var people = await typed.RunAsync("logs", "--app", "hello", "--tail", "5", "--env", "staging");
        Assert.Equal("03:04:05.000 hello-1 │ stderr: no disk", people.Out.TrimEnd());
        Assert.Equal("?environment=staging&tail=5", Assert.Single(server.Requests).Query);
        Assert.Equal(line + Environment.NewLine, (await typed.RunAsync("logs", "--app", "hello", "-o", "json")).Out);
    }

    [Fact]
    public async Task LogsOfAnAppAreFollowedUntilTheUserHasEnough()
    {
        using var enough = new CancellationTokenSource();
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/apps/hello/logs", (string? tail) =>
        {
            if (tail == "0") enough.Cancel();
            return Results.Text(JsonSerializer.Serialize(new AppLogLine("hello-1", Examples.Start, "stdout", "a line"), BoreasJson.Options) + "\n", "application/x-ndjson");
        }));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync(["logs", "--app", "hello", "-f"], "", cancel: enough.Token);
        Assert.Equal(130, outcome.Exit);
        Assert.Equal(["?follow=true", "?tail=0&follow=true"], server.Requests.Select(seen => seen.Query));
    }

    [Fact]
    public async Task AnImageIsDeployedAsAVersionOfItsOwn()
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);
        Assert.Equal(0, (await typed.RunAsync("deploy", "hello", "--image", "registry.example.org/hello@sha256:0", "--env", "staging")).Exit);
        var version = JsonSerializer.Deserialize<VersionInput>(server.Requests.Single(seen => seen.Path == "/api/v1/versions").Body, BoreasJson.Options)!;
        Assert.Equal([new AppRevision("hello", Image: "registry.example.org/hello@sha256:0")], version.Apps!);
        var create = JsonSerializer.Deserialize<CreateDeployment>(server.Requests.Single(seen => seen.Path == "/api/v1/deployments").Body, BoreasJson.Options)!;
        Assert.Equal(("ver7", "staging", null), (create.Version, create.Environment, create.ApplicationIds));
    }

    [Theory]
    [InlineData("deploy")]
    [InlineData("deploy hello --version v1")]
    [InlineData("deploy a b --image x")]
    [InlineData("deploy hello --on-conflict maybe")]
    [InlineData("logs")]
    [InlineData("logs --tail 5")]
    [InlineData("logs abc123 --app hello")]
    [InlineData("logs --app hello --level warn")]
    public async Task WhatCannotBeMeantIsAUsageError(string line)
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);
        Assert.Equal(2, (await typed.RunAsync(line.Split(' '))).Exit);
        Assert.Empty(server.Requests);
    }

    private static readonly TaskLogs Logs = new("t1", [new TaskLogLine(1, 1, Examples.Start, LogLevel.Warn, "disk is nearly full")]);

    private static Task<FakeServer> StartAsync() => FakeServer.StartAsync(app =>
    {
        app.MapGet("/api/v1/deployments", () => FakeServer.Json(new Page<Deployment>([Waiting, Other], null)));
        app.MapGet("/api/v1/deployments/{id}", (string id) => id == "abc123" ? FakeServer.Json(Waiting) : FakeServer.Problem(404, "not_found", "There is none."));
        app.MapPost("/api/v1/deployments", () => FakeServer.Json(new DeploymentsCreated("abc123", [Waiting]), 201));
        app.MapPost("/api/v1/versions", () => FakeServer.Json(new AppVersion("ver7", "v", "default", [], "ada", Examples.Start), 201));
        app.MapPost("/api/v1/deployments/{id}/{action}", () => Results.NoContent());
        app.MapPost("/api/v1/deployments/{id}/tasks/{task}/{action}", () => Results.NoContent());
        app.MapGet("/api/v1/deployments/{id}/tasks/{task}/logs", (string task) => FakeServer.Json(task == "t1" ? Logs : new TaskLogs(task, [])));
    });
}
