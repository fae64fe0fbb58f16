using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Engine.Runs;
using Microsoft.AspNetCore.Builder;

namespace Boreas.Cli.Tests;

public sealed class ImagesTests
{
    private static readonly string Digest = "sha256:" + new string('a', 64);
    private static readonly DeploymentTask Tidied = Examples.Task("hello-tidy", RunTaskType.Custom, RunTaskStatus.Success) with
    {
        Result = BoreasJson.ToElement(new TidyImagesResult("hub.example/apps/app-hello", true, Digest, [new TidiedTag("one", Digest, TagOutcome.Deleted, "is older, and nothing needs it"), new TidiedTag("v1", Digest, TagOutcome.Foreign, "was not pushed by Boreas")], NotListed: 40)),
    };

    [Fact]
    public async Task TheListSaysWhyEachStays()
    {
        await using var server = await FakeServer.StartAsync(app => app.MapGet("/api/v1/apps/hello/images", () => FakeServer.Json(new[] { new AppImage("hub.example/apps/app-hello", "two", Digest, "dep-2", Examples.Start, "serves in production"), new AppImage("hub.example/apps/app-hello", "one", Digest, "dep-1", Examples.Start, null) })));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("images", "list", "hello");
        Assert.Matches("two +aaaaaaaaaaaa +.* +dep-2 +it serves in production", outcome.Out);
        Assert.Matches("one +aaaaaaaaaaaa +.* +dep-1 +no: nothing needs it", outcome.Out);
    }

    [Fact]
    public async Task ADryRunShowsWhatWouldGoAndHowMuchStays()
    {
        await using var server = await TidyingAsync(Examples.Deployment("d1", RunStatus.Success, Tidied));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("images", "tidy", "--app", "hello", "--keep", "2", "--dry-run");
        Assert.Equal(0, outcome.Exit);
        Assert.Matches("one +aaaaaaaaaaaa +deleted +it is older", outcome.Out);
        Assert.Matches("v1 +aaaaaaaaaaaa +left alone +it was not pushed by Boreas", outcome.Out);
        Assert.Contains("hub.example/apps/app-hello: 1 of 42 would go.", outcome.Error, StringComparison.Ordinal);
        var asked = server.Requests.Single(request => request.Method == "POST");
        Assert.Equal(("?dryRun=true", 2), (asked.Query, JsonSerializer.Deserialize<TidyImagesInput>(asked.Body, BoreasJson.Options)!.Keep));
    }

    [Fact]
    public async Task AFailureSaysWhatToDo()
    {
        var failure = new TaskFailure(ProblemCodes.RegistryKeepsImages, "The registry deletes no images.", "Let it.");
        await using var server = await TidyingAsync(Examples.Deployment("d1", RunStatus.Failed, Examples.Task("hello-tidy", RunTaskType.Custom, RunTaskStatus.Failed, failure: failure)));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("images", "tidy", "--app", "hello");
        Assert.Equal(1, outcome.Exit);
        Assert.Contains("The registry deletes no images.", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("Let it.", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfARegistryAllAppsAreTidiedThatPushToIt()
    {
        await using var server = await TidyingAsync(Examples.Deployment("d1", RunStatus.Success, Tidied), app =>
            app.MapGet("/api/v1/apps", (string? cursor) => FakeServer.Json(cursor is null ? new Page<Contracts.Apps.App>([Examples.App("other")], "other") : new Page<Contracts.Apps.App>([Examples.App("hello") with { Registry = "hub" }], null))));
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync("images", "tidy", "--registry", "hub");
        Assert.Equal(0, outcome.Exit);
        Assert.Equal(["/api/v1/apps/hello/images/tidy"], server.Requests.Where(request => request.Method == "POST").Select(request => request.Path));
    }

    [Theory]
    [InlineData("images", "tidy")]
    [InlineData("images", "tidy", "--app", "hello", "--registry", "hub")]
    public async Task ItMustBeSaidWhichImages(params string[] words)
    {
        using var typed = new Typed(new Uri("http://127.0.0.1:1"));
        var outcome = await typed.RunAsync(words);
        Assert.Equal(2, outcome.Exit);
        Assert.Contains("--app APP, or --registry NAME", outcome.Error, StringComparison.Ordinal);
    }

    private static Task<FakeServer> TidyingAsync(Deployment end, Action<WebApplication>? more = null) => FakeServer.StartAsync(app =>
    {
        app.MapPost("/api/v1/apps/hello/images/tidy", () => FakeServer.Json(end, 201));
        app.MapGet("/api/v1/deployments/d1", () => FakeServer.Json(end));
        more?.Invoke(app);
    });
}
