using System.Globalization;
using System.Net;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Server.Tests.Nodes;

namespace Boreas.Server.Tests.Images;

/// <summary>What is kept of an app's images. Build number n pushes an image whose tag and digest are that number.</summary>
public class TidyingTests
{
    private const string Repository = "hub.example/team/apps/app-shop";

    [Theory, Databases]
    public async Task AfterADeploymentTheNewestStayAndWhatRunsAndStableFollows(string database)
    {
        await using var fleet = await StartAsync(database);
        for (var build = 1; build <= 4; build++) await DeployAsync(fleet, build);

        var work = await BuiltAndTidyAsync(fleet, 5);

        Assert.Equal((Repository, Digest(5), false), (work.Repository.Reference, work.Stable, work.DryRun));
        Assert.Equal(
            [(5, "serves in production"), (4, "is what a roll-back in production brings back"), (3, "is one of the newest 3"), (2, null), (1, null)],
            work.Images.Select(image => (Number(image), image.KeptBecause)));
        Assert.Equal(["5", "4", "3"], (await fleet.Api.Admin.GetAsync("/api/v1/apps/shop/images")).EnumerateArray().Where(i => i.TryGetProperty("keptBecause", out _)).Select(i => i.Text("tag").TrimStart('0')));
    }

    [Theory, Databases]
    public async Task WhatServesElsewhereAndWhatAVersionNamesStays(string database)
    {
        await using var fleet = await StartAsync(database);
        await fleet.Api.Admin.PostAsync("/api/v1/environments", new { name = "staging" }, HttpStatusCode.Created);
        await DeployAsync(fleet, 1, "staging");
        for (var build = 2; build <= 4; build++) await DeployAsync(fleet, build);
        await fleet.Api.Admin.PostAsync("/api/v1/versions", new { name = "pinned", apps = new[] { new { appId = "shop", image = $"{Repository}:{Tag(2)}" } } }, HttpStatusCode.Created);

        var work = await AskAsync(fleet, keep: 1, dryRun: true);

        Assert.True(work.DryRun);
        Assert.Equal(Digest(4), work.Stable);
        Assert.Equal(
            [(4, "serves in production"), (3, "is what a roll-back in production brings back"), (2, "is named by version pinned"), (1, "serves in staging")],
            work.Images.Select(image => (Number(image), image.KeptBecause)));
    }

    [Theory, Databases]
    public async Task StableGoesBackWithARollback(string database)
    {
        await using var fleet = await StartAsync(database);
        for (var build = 1; build <= 3; build++) await DeployAsync(fleet, build);
        await fleet.Api.Admin.PostAsync($"/api/v1/deployments/{fleet.Deployment}/rollback", new { }, HttpStatusCode.Created);
        await FinishAsync(fleet);

        var work = Work(await fleet.ClaimAsync());

        Assert.Equal(Digest(2), work.Stable);
        Assert.Equal([(3, "is what a roll-back in production brings back"), (2, "serves in production"), (1, "is one of the newest 3")], work.Images.Select(image => (Number(image), image.KeptBecause)));
    }

    [Theory, Databases]
    public async Task ADeploymentUnderWayKeepsEverythingAndWaitsForNoTidying(string database)
    {
        await using var fleet = await StartAsync(database);
        for (var build = 1; build <= 4; build++) await DeployAsync(fleet, build);
        await fleet.DeployAgainAsync("shop");
        await fleet.Api.Admin.PostAsync("/api/v1/apps/shop/images/tidy", new { keep = 1 }, HttpStatusCode.Created);

        var checkout = await fleet.ClaimAsync();
        var tidy = await fleet.ClaimAsync();

        Assert.Equal(ExecutorNames.Checkout, checkout.Executor);
        var work = Work(tidy);
        Assert.Null(work.Stable);
        Assert.Equal(["serves in production", "is what a roll-back in production brings back", $"stays until deployment {fleet.Deployment} has ended", $"stays until deployment {fleet.Deployment} has ended"], work.Images.Select(image => image.KeptBecause));
    }

    [Theory, Databases]
    public async Task TwoTidyAnAppOneAfterTheOther(string database)
    {
        await using var fleet = await StartAsync(database);
        await DeployAsync(fleet, 1);
        var first = await fleet.Api.Admin.PostAsync("/api/v1/apps/shop/images/tidy", null, HttpStatusCode.Created);
        var second = await fleet.Api.Admin.PostAsync("/api/v1/apps/shop/images/tidy", null, HttpStatusCode.Created);

        var job = await fleet.ClaimAsync();
        Assert.Equal(first.Text("id"), job.DeploymentId);
        Assert.Null(await fleet.TryClaimAsync());
        await fleet.SucceedAsync(job, Result());

        Assert.Equal(second.Text("id"), (await fleet.ClaimAsync()).DeploymentId);
    }

    [Theory, Databases]
    public async Task GoingBackToWhatWasDeletedIsRefusedUntilItIsBuiltAgain(string database)
    {
        await using var fleet = await StartAsync(database);
        await DeployAsync(fleet, 1);
        await DeployAsync(fleet, 2);
        var second = fleet.Deployment;
        await DeployAsync(fleet, 3);
        await AskAsync(fleet, Result((1, TagOutcome.Deleted), (2, TagOutcome.Kept)), keep: 1);
        Assert.Equal(["3", "2"], (await AskAsync(fleet)).Images.Select(image => $"{Number(image)}"));

        var refused = await fleet.Api.Admin.PostAsync($"/api/v1/deployments/{second}/rollback", new { }, HttpStatusCode.Conflict);
        Assert.Equal(ProblemCodes.ImageNotFound, refused.Text("code"));
        Assert.Contains("boreas deploy --version", refused.Text("advice"), StringComparison.Ordinal);

        await DeployAsync(fleet, 1);
        await fleet.Api.Admin.PostAsync($"/api/v1/deployments/{second}/rollback", new { }, HttpStatusCode.Created);
    }

    [Fact]
    public async Task ADryRunOrATagAloneLosesNothing()
    {
        await using var fleet = await StartAsync("sqlite");
        await DeployAsync(fleet, 1);
        await DeployAsync(fleet, 2);
        await DeployAsync(fleet, 3);
        await AskAsync(fleet, Result((3, TagOutcome.Deleted)) with { DryRun = true }, dryRun: true);
        await AskAsync(fleet, Result((2, TagOutcome.Untagged)));

        Assert.Equal(["3", "1"], (await AskAsync(fleet)).Images.Select(image => $"{Number(image)}"));
        await fleet.Api.Admin.PostAsync($"/api/v1/deployments/{fleet.Deployment}/rollback", new { }, HttpStatusCode.Created);
    }

    [Fact]
    public async Task ATidyingThatFailsFailsAlone()
    {
        await using var fleet = await StartAsync("sqlite");
        await BuildAsync(fleet, 1);
        await FinishAsync(fleet);
        var tidy = await fleet.ClaimAsync();
        await fleet.ReportAsync(tidy, new JobFailure(FailureKind.Failed, ProblemCodes.RegistryKeepsImages, "The registry deletes no images.", "Let it."));

        Assert.Equal("success", (await fleet.Api.Admin.GetAsync($"/api/v1/deployments/{fleet.Deployment}")).Text("status"));
        Assert.Equal([fleet.Deployment], (await fleet.Api.Admin.GetAsync("/api/v1/deployments")).Items().Select(d => d.Text("id")));
        var failed = Assert.Single((await fleet.Api.Admin.GetAsync("/api/v1/deployments?kind=tidy")).Items());
        Assert.Equal((tidy.DeploymentId, "failed", $"After {fleet.Deployment}"), (failed.Text("id"), failed.Text("status"), failed.Text("reason")));
        await fleet.Api.Admin.PostAsync($"/api/v1/deployments/{tidy.DeploymentId}/rollback", new { }, HttpStatusCode.Conflict);
        await fleet.Api.Admin.DeleteAsync("/api/v1/apps/shop");
    }

    [Fact]
    public async Task WhereAllImagesAreKeptStableFollowsAllTheSame()
    {
        await using var fleet = await StartAsync("sqlite", options => options with { KeepImages = 0 });
        for (var build = 1; build <= 4; build++) await DeployAsync(fleet, build);

        var work = await BuiltAndTidyAsync(fleet, 5);

        Assert.Equal(Digest(5), work.Stable);
        Assert.All(work.Images, image => Assert.NotNull(image.KeptBecause));
    }

    [Fact]
    public async Task AnotherAppsImagesInTheSameRepositoryAreItsOwn()
    {
        await using var fleet = await StartAsync("sqlite");
        await DeployAsync(fleet, 1);
        await fleet.Api.Admin.PostAsync("/api/v1/apps", new { id = "other", source = new { repositoryUrl = "https://git.example/other.git" }, imageRepository = Repository, registry = "hub" }, HttpStatusCode.Created);

        await fleet.Api.Admin.PostAsync("/api/v1/apps/other/images/tidy", new { keep = 1 }, HttpStatusCode.Created);

        Assert.Equal(["serves in production"], Work(await fleet.ClaimAsync()).Images.Select(image => image.KeptBecause));
        Assert.Empty((await fleet.Api.Admin.GetAsync("/api/v1/apps/other/images")).EnumerateArray());
    }

    [Fact]
    public async Task ThereMustBeARegistryAndANumber()
    {
        await using var fleet = await StartAsync("sqlite");
        await fleet.Api.Admin.PostAsync("/api/v1/apps", new { id = "local", source = new { embedded = true } }, HttpStatusCode.Created);

        Assert.Contains("--registry", (await fleet.Api.Admin.PostAsync("/api/v1/apps/local/images/tidy", null, HttpStatusCode.Conflict)).Text("advice"), StringComparison.Ordinal);
        Assert.Equal(["keep"], (await fleet.Api.Admin.PostAsync("/api/v1/apps/shop/images/tidy", new { keep = 0 }, HttpStatusCode.BadRequest)).RefusedFields());
        await fleet.Api.Admin.PostAsync("/api/v1/apps/nobody/images/tidy", null, HttpStatusCode.NotFound);
        Assert.Empty((await fleet.Api.Admin.GetAsync("/api/v1/apps/local/images")).EnumerateArray());
    }

    private static async Task<TestFleet> StartAsync(string database, Func<ServerOptions, ServerOptions>? with = null)
    {
        var fleet = await TestFleet.StartAsync(database, options => with?.Invoke(options with { KeepWarmSeconds = 0 }) ?? options with { KeepWarmSeconds = 0 });
        await fleet.HeartbeatAsync("one", capacity: 100);
        await fleet.Api.Admin.PostAsync("/api/v1/registries", new { name = "hub", host = "hub.example" }, HttpStatusCode.Created);
        await fleet.Api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { repositoryUrl = "https://git.example/shop.git" }, imageRepository = Repository, registry = "hub" }, HttpStatusCode.Created);
        return fleet;
    }

    /// <summary>A deployment to its end, and the tidying after it, in which nothing goes.</summary>
    private static async Task DeployAsync(TestFleet fleet, int build, string environment = "production")
    {
        await BuildAsync(fleet, build, environment);
        await FinishAsync(fleet, environment);
        await fleet.SucceedAsync(await fleet.ClaimAsync(), Result());
    }

    private static async Task<TidyImagesWork> BuiltAndTidyAsync(TestFleet fleet, int build)
    {
        await BuildAsync(fleet, build);
        await FinishAsync(fleet);
        return Work(await fleet.ClaimAsync());
    }

    private static async Task BuildAsync(TestFleet fleet, int build, string environment = "production")
    {
        await fleet.DeployAgainAsync("shop", environment);
        await fleet.SucceedAsync(await fleet.ClaimAsync(), new CheckoutResult(new BuildPlan(BuildKind.Dockerfile, "Dockerfile", [], []), Commit: Tag(build)));
        await fleet.SucceedAsync(await fleet.ClaimAsync(), new BuildResult(new BuiltImage($"{Repository}@{Digest(build)}", Digest(build), Pushed: true, 3000, Tag(build)), null));
        await fleet.SucceedAsync(await fleet.ClaimAsync(), new TestResult(0));
    }

    private static async Task FinishAsync(TestFleet fleet, string environment = "production")
    {
        var deploy = await fleet.ClaimAsync();
        await fleet.RouteAsync(deploy, BoreasJson.Read<DeployWork>(deploy.Work).Start, environment);
        await fleet.SucceedAsync(deploy);
        await fleet.ReportNextAsync(ExecutorNames.HealthCheck);
    }

    private static async Task<TidyImagesWork> AskAsync(TestFleet fleet, TidyImagesResult? result = null, int? keep = null, bool dryRun = false)
    {
        await fleet.Api.Admin.PostAsync("/api/v1/apps/shop/images/tidy" + (dryRun ? "?dryRun=true" : ""), new { keep }, HttpStatusCode.Created);
        var job = await fleet.ClaimAsync();
        await fleet.SucceedAsync(job, result ?? Result());
        return Work(job);
    }

    private static TidyImagesWork Work(ClaimedJob job)
    {
        Assert.Equal(ExecutorNames.TidyImages, job.Executor);
        return BoreasJson.Read<TidyImagesWork>(job.Work);
    }

    private static TidyImagesResult Result(params (int Build, TagOutcome Outcome)[] tags) => new(Repository, false, null, [.. tags.Select(tag => new TidiedTag(Tag(tag.Build), Digest(tag.Build), tag.Outcome, "because"))]);

    private static int Number(PushedImage image)
    {
        Assert.Equal(Digest(int.Parse(image.Tag, CultureInfo.InvariantCulture)), image.Digest);
        return int.Parse(image.Tag, CultureInfo.InvariantCulture);
    }

    private static string Tag(int build) => build.ToString("D40", CultureInfo.InvariantCulture);

    private static string Digest(int build) => "sha256:" + build.ToString("D64", CultureInfo.InvariantCulture);
}
