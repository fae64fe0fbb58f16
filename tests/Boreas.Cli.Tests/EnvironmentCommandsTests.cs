using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Environments;
using Microsoft.AspNetCore.Builder;

namespace Boreas.Cli.Tests;

public sealed class EnvironmentCommandsTests
{
    private static readonly DeployEnvironment Production = new(
        "env1", "production", "default", true, true, ["eu"], new Dictionary<string, string>(), Examples.Start, new ConfirmRule(2, ["ada"], [Role.Admin], AllowAuthor: false, ExpiresAfterSeconds: 3600, Groups: ["ops"]));

    [Fact]
    public async Task OptionsChangeWhatTheyNameOfTheRuleAndKeepTheRest()
    {
        var sent = await SendAsync("environments", "set", "production", "--approvals", "3", "--approver", "ada", "--approver", "bob", "--on-expiry", "rollback");

        Assert.Equal(3, sent.Confirm!.Approvals);
        Assert.Equal(["ada", "bob"], sent.Confirm.Users!);
        Assert.Equal([Role.Admin], sent.Confirm.Roles!);
        Assert.Equal(["ops"], sent.Confirm.Groups!);
        Assert.Equal((false, 3600, OnExpiry.Rollback), (sent.Confirm.AllowAuthor, sent.Confirm.ExpiresAfterSeconds, sent.Confirm.OnExpiry));
        Assert.Null(sent.RequireConfirm);
    }

    [Fact]
    public async Task GroupsOfTheRuleAreReplacedByThoseThatAreNamed() =>
        Assert.Equal(["leads", "sre"], (await SendAsync("environments", "set", "production", "--approver-group", "leads", "--approver-group", "sre")).Confirm!.Groups!);

    [Fact]
    public async Task WithoutOptionsOfTheRuleItIsNotSent() => Assert.Null((await SendAsync("environments", "set", "production", "--require-confirm", "false")).Confirm);

    [Fact]
    public async Task AFileSaysTheSameAndOptionsGoBeforeIt()
    {
        var sent = await SendFileAsync("nodeLabels: [eu, fast]\nrequireConfirm: true\nfreezes:\n  - name: nights\n    timeZone: UTC\n    start: 22:00\n    end: 06:00\n    days: [mon]\nconfirm:\n  approvals: 2\n  users:\n    - ada\n    - \"1\"\n", "--require-confirm", "false", "--allow-author", "false");

        Assert.Equal(["eu", "fast"], sent.NodeLabels!);
        Assert.Equal(["ada", "1"], sent.Confirm!.Users!);
        Assert.Equal(("nights", "22:00", Weekday.Mon), (sent.Freezes![0].Name, sent.Freezes[0].Start, sent.Freezes[0].Days![0]));
        Assert.Equal((2, false, false), (sent.Confirm.Approvals, sent.Confirm.AllowAuthor, sent.RequireConfirm));
    }

    [Fact]
    public async Task FreezesAreWrittenInOneLineEach()
    {
        var sent = await SendAsync("environments", "set", "production", "--freeze", "Christmas,Europe/Berlin,2025-12-24T18:00,2026-01-02T08:00", "--freeze", "nights, UTC, 22:00, 06:00, mon, Fri");

        Assert.Equal([new Freeze("Christmas", "Europe/Berlin", "2025-12-24T18:00", "2026-01-02T08:00"), new Freeze("nights", "UTC", "22:00", "06:00", sent.Freezes![1].Days)], sent.Freezes);
        Assert.Equal([Weekday.Mon, Weekday.Fri], sent.Freezes[1].Days!);
        Assert.Empty((await SendAsync("environments", "set", "production", "--no-freezes")).Freezes!);
        Assert.Null((await SendAsync("environments", "set", "production", "--default", "true")).Freezes);
    }

    [Theory]
    [InlineData("Christmas")]
    [InlineData("nights,UTC,22:00,06:00,noday")]
    [InlineData("nights,UTC,22:00,06:00,1")]
    public async Task AFreezeThatIsNoneIsAUsageError(string freeze)
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);

        Assert.Equal(2, (await typed.RunAsync("environments", "set", "production", "--freeze", freeze)).Exit);
    }

    [Theory]
    [InlineData("confirm:\n  aprovals: 2\n", "aprovals")]
    [InlineData("requireConfirm: perhaps\n", "requireConfirm")]
    [InlineData("- a list\n", "key: value")]
    [InlineData("a: [\n", "line")]
    public async Task AFileThatCannotBeTakenIsAUsageErrorThatNamesTheFault(string text, string names)
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);
        var file = Path.Combine(typed.Home, "production.yaml");
        await File.WriteAllTextAsync(file, text);

        var outcome = await typed.RunAsync("environments", "set", "production", "--file", file);

        Assert.Equal(2, outcome.Exit);
        Assert.Contains(names, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, seen => seen.Method == "PUT");
    }

    [Fact]
    public async Task ShowSaysWhoConfirmsAndHowMany()
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);

        var shown = (await typed.RunAsync("environments", "show", "production")).Out;

        Assert.Contains("every deployment waits for it", shown, StringComparison.Ordinal);
        Assert.Contains("2, not by the author", shown, StringComparison.Ordinal);
        Assert.Contains("ada, members of ops, whoever is admin", shown, StringComparison.Ordinal);
        Assert.Contains("after 3600 s: refused", shown, StringComparison.Ordinal);
    }

    private static async Task<EnvironmentInput> SendFileAsync(string text, params string[] options)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, text);
            return await SendAsync(["environments", "set", "production", "--file", file, .. options]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<EnvironmentInput> SendAsync(params string[] words)
    {
        await using var server = await StartAsync();
        using var typed = new Typed(server.Url);
        var outcome = await typed.RunAsync(words);
        Assert.True(outcome.Exit == 0, outcome.Error);
        return JsonSerializer.Deserialize<EnvironmentInput>(server.Requests.Single(seen => seen.Method == "PUT").Body, BoreasJson.Options)!;
    }

    private static Task<FakeServer> StartAsync() => FakeServer.StartAsync(app =>
    {
        app.MapGet("/api/v1/environments", () => FakeServer.Json(new Page<DeployEnvironment>([Production], null)));
        app.MapGet("/api/v1/environments/env1", () => FakeServer.Json(Production));
        app.MapPut("/api/v1/environments/env1", () => FakeServer.Json(Production));
    });
}
