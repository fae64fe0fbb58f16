using System.Globalization;
using System.Net;
using System.Text.Json;
using Boreas.Contracts.Access;
using Boreas.Engine.Runs;
using Boreas.Server.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Boreas.Server.Tests.Deployments;

/// <summary>While an environment is frozen, deployments to it are made and wait.</summary>
public class FreezeTests
{
    [Theory, Databases]
    public async Task ADeploymentWaitsUntilTheFreezeEndsAndSaysSo(string database)
    {
        await using var api = await StartAsync(database);
        var until = await FreezeAsync(api, TimeSpan.FromDays(9));

        var deployment = await DeployAsync(api.Admin);

        var sentence = $"The environment production is frozen (Christmas) until {until} Europe/Berlin.";
        Assert.Equal(("running", $"'deploy': {sentence}"), (deployment.Text("status"), deployment.Text("waitingFor")));
        Assert.Equal(sentence, deployment.GetProperty("tasks")[0].Text("waitingFor"));
        var goesOn = TimeZoneInfo.ConvertTimeBySystemTimeZoneId(deployment.GetProperty("tasks")[0].GetProperty("waitingUntil").GetDateTimeOffset(), "Europe/Berlin");
        Assert.Equal(until, goesOn.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
        Assert.Null(await ClaimAsync(api));
    }

    [Theory, Databases]
    public async Task AChangeOfTheWindowsActsOnWhatWaits(string database)
    {
        await using var api = await StartAsync(database);
        await FreezeAsync(api, TimeSpan.FromDays(9));
        var path = "/api/v1/deployments/" + (await DeployAsync(api.Admin)).Text("id");

        var until = await FreezeAsync(api, TimeSpan.FromDays(2));
        Assert.Contains(until, (await api.Admin.GetAsync(path)).Text("waitingFor"), StringComparison.Ordinal);

        await api.Admin.PutAsync(await EnvironmentAsync(api), new { freezes = Array.Empty<object>() }, HttpStatusCode.OK);
        Assert.Equal("deploy", (await ClaimAsync(api))!.Executor);
    }

    [Fact]
    public async Task ADeploymentThatWaitsForARunnerIsFrozenToo()
    {
        await using var api = await StartAsync("sqlite");
        var path = "/api/v1/deployments/" + (await DeployAsync(api.Admin)).Text("id");

        await FreezeAsync(api, TimeSpan.FromDays(9));

        Assert.Contains("is frozen", (await api.Admin.GetAsync(path)).Text("waitingFor"), StringComparison.Ordinal);
        Assert.Null(await ClaimAsync(api));
    }

    [Fact]
    public async Task ItBeginsByItselfWhenTheFreezeIsOver()
    {
        var time = new MovableTime();
        await using var api = await StartAsync("sqlite", time);
        await FreezeAsync(api, TimeSpan.FromDays(9));
        await DeployAsync(api.Admin);

        time.Advance(TimeSpan.FromDays(9) + TimeSpan.FromMinutes(2));

        Assert.Equal("deploy", (await ClaimAsync(api))!.Executor);
    }

    [Theory, Databases]
    public async Task ItWaitsAfterARestartAndForEveryControlPlane(string database)
    {
        await using var api = await StartAsync(database);
        await FreezeAsync(api, TimeSpan.FromDays(9));
        var id = (await DeployAsync(api.Admin)).Text("id");
        if (database == "sqlite") return;

        await using var other = new Journal(api.Database, TimeProvider.System, new JournalOptions(LeaseSeconds: 2), NullLogger<Journal>.Instance);
        other.Start();
        Assert.Null(await other.ClaimAsync("other", new HashSet<string>(), TimeSpan.FromMilliseconds(300), default));
        await api.Admin.PutAsync(await EnvironmentAsync(api), new { freezes = Array.Empty<object>() }, HttpStatusCode.OK);
        Assert.Equal(id, (await other.ClaimAsync("other", new HashSet<string>(), TimeSpan.FromSeconds(10), default))!.RunId);
    }

    [Fact]
    public async Task BuildsGoOn()
    {
        await using var api = await StartAsync("sqlite");
        await FreezeAsync(api, TimeSpan.FromDays(9));

        await DeployAsync(api.Admin, "prepare", "build", "deploy");

        Assert.Equal("checkout", (await ClaimAsync(api))!.Executor);
    }

    [Fact]
    public async Task ARollOutThatHasBegunGoesOnToItsLastStep()
    {
        await using var api = await StartAsync("sqlite");
        var request = new { applicationIds = new[] { "shop" }, tasks = new[] { new { type = "deploy", appId = "shop" } }, strategy = new[] { new { canaryRatio = 0.5 }, new { canaryRatio = 1.0 } } };
        await api.Admin.PostAsync("/api/v1/deployments", request, HttpStatusCode.Created);
        var first = (await ClaimAsync(api))!;

        await FreezeAsync(api, TimeSpan.FromDays(9));
        Assert.Null(await api.Journal.WriteAsync(t => t.Handle(first.RunId, new ReportTask(first.TaskId, first.Epoch, "{}", null))));

        Assert.Equal("shop-deploy-2", (await ClaimAsync(api))!.TaskId);
    }

    [Theory, Databases]
    public async Task BreakingTheGlassTakesAnApproverAndAReasonAndIsRecorded(string database)
    {
        await using var api = await StartAsync(database);
        var (dan, ada) = (await api.UserAsync("dan", Role.Developer), await api.UserAsync("ada", Role.Approver));
        await FreezeAsync(api, TimeSpan.FromDays(9));
        var request = new { applicationIds = new[] { "shop" }, tasks = new[] { new { type = "deploy", appId = "shop" } }, breakGlass = "the shop is down" };

        Assert.Equal(["breakGlass"], (await ada.PostAsync("/api/v1/deployments", new { applicationIds = new[] { "shop" }, breakGlass = " " }, HttpStatusCode.BadRequest)).RefusedFields());
        await dan.PostAsync("/api/v1/deployments", request, HttpStatusCode.Forbidden);
        var created = await ada.PostAsync("/api/v1/deployments", request, HttpStatusCode.Created);

        Assert.Equal("the shop is down", created.GetProperty("deployments")[0].Text("breakGlass"));
        Assert.Equal("deploy", (await ClaimAsync(api))!.Executor);
        var audited = (await api.Admin.GetAsync("/api/v1/audit?actor=ada")).Items().First(e => e.Text("action") == "CreateDeployment" && e.Text("outcome") == "ok");
        Assert.Equal("break-glass: the shop is down", audited.Text("detail"));
    }

    [Fact]
    public async Task ANewerDeploymentSupersedesOneThatIsFrozen()
    {
        await using var api = await StartAsync("sqlite");
        await FreezeAsync(api, TimeSpan.FromDays(9));
        var path = "/api/v1/deployments/" + (await DeployAsync(api.Admin)).Text("id");

        var newer = await api.Admin.PostAsync("/api/v1/deployments", new { applicationIds = new[] { "shop" }, onConflict = "supersede" }, HttpStatusCode.Created);

        Assert.Equal("cancelled", (await api.Admin.GetAsync(path)).Text("status"));
        Assert.Equal("running", newer.GetProperty("deployments")[0].Text("status"));
    }

    [Theory]
    [InlineData("freezes[0].timeZone", """{"name": "x", "timeZone": "Mars/Olympus", "start": "22:00", "end": "06:00"}""")]
    [InlineData("freezes[0].timeZone", """{"name": "x", "timeZone": "../../etc/passwd", "start": "22:00", "end": "06:00"}""")]
    [InlineData("freezes[0].name", """{"name": "", "timeZone": "Europe/Berlin", "start": "22:00", "end": "06:00"}""")]
    [InlineData("freezes[0].start", """{"name": "x", "timeZone": "Europe/Berlin", "start": "soon", "end": "06:00"}""")]
    [InlineData("freezes[0].end", """{"name": "x", "timeZone": "Europe/Berlin", "start": "fri 16:00", "end": "06:00"}""")]
    [InlineData("freezes[0].days", """{"name": "x", "timeZone": "Europe/Berlin", "start": "fri 16:00", "end": "mon 06:00", "days": ["fri"]}""")]
    public async Task AWindowThatCannotBeIsRefusedByItsField(string field, string window)
    {
        await using var api = await StartAsync("sqlite");

        var problem = await api.Admin.PutAsync(await EnvironmentAsync(api), new { freezes = new[] { JsonDocument.Parse(window).RootElement } }, HttpStatusCode.BadRequest);

        Assert.Equal([field], problem.RefusedFields());
    }

    [Theory, Databases]
    public async Task WindowsAreKeptAsTheyWereGiven(string database)
    {
        await using var api = await StartAsync(database);
        var given = """[{"name":"nights","timeZone":"Europe/Berlin","start":"22:00","end":"06:00","days":["mon","fri"]},{"name":"weekend","timeZone":"Asia/Tokyo","start":"fri 16:00","end":"mon 08:00"}]""";
        await api.Admin.PutAsync(await EnvironmentAsync(api), new { freezes = JsonDocument.Parse(given).RootElement }, HttpStatusCode.OK);

        Assert.Equal(given, (await api.Admin.GetAsync(await EnvironmentAsync(api))).GetProperty("freezes").GetRawText());
    }

    private static async Task<ApiServer> StartAsync(string database, TimeProvider? time = null)
    {
        var api = await ApiServer.StartAsync(database, time: time);
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { image = "registry.example.org/shop:1" } }, HttpStatusCode.Created);
        return api;
    }

    private static async Task<string> EnvironmentAsync(ApiServer api) => "/api/v1/environments/" + (await api.Admin.GetAsync("/api/v1/environments")).Items().Single().Text("id");

    /// <summary>Freezes production from yesterday until so long from now; the end as people read it.</summary>
    private static async Task<string> FreezeAsync(ApiServer api, TimeSpan ahead)
    {
        var now = TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")).DateTime;
        var window = new { name = "Christmas", timeZone = "Europe/Berlin", start = Text(now.AddDays(-1), "T"), end = Text(now + ahead, "T") };
        await api.Admin.PutAsync(await EnvironmentAsync(api), new { freezes = new[] { window } }, HttpStatusCode.OK);
        return Text(now + ahead, " ");
    }

    private static string Text(DateTime local, string between) => local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + between + local.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static async Task<JsonElement> DeployAsync(Api caller, params string[] types)
    {
        var tasks = (types.Length > 0 ? types : ["deploy"]).Select(type => new { type, appId = "shop" });
        return (await caller.PostAsync("/api/v1/deployments", new { applicationIds = new[] { "shop" }, tasks }, HttpStatusCode.Created)).GetProperty("deployments")[0];
    }

    /// <summary>What a runner is given that wants anything, or null.</summary>
    private static Task<Jobs.Claim?> ClaimAsync(ApiServer api) => api.Journal.ClaimAsync("runner", new HashSet<string>(), TimeSpan.FromMilliseconds(300), default);
}
