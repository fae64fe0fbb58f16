using System.Diagnostics;
using System.Globalization;
using Boreas.Contracts.Deployments;
using Boreas.Engine.Runs;
using Boreas.Scenarios.World;
using Xunit.Abstractions;

namespace Boreas.Scenarios;

/// <summary>
/// Roll-outs one after the other, each strategy in turn, under clients of every kind. A few of them here; as many as
/// <c>BOREAS_ROLLOUTS</c> says, with a report of what was measured in <c>BOREAS_ROLLOUTS_REPORT</c>, in bench/rollouts.
/// </summary>
public sealed class ManyRollOuts(ITestOutputHelper output)
{
    private readonly Dictionary<string, List<double>> _seconds = [];

    [Fact]
    public async Task NoneOfThemIsNoticedByAClient()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("BOREAS_ROLLOUTS") ?? "3", CultureInfo.InvariantCulture);
        await using var app = await RolledApp.StartAsync();
        await app.ServeFirstAsync(replicas: 2, AppRepository.Streams, startSeconds: 20);
        await using var stream = app.MixedStream();
        var canary = await app.CanaryAsync(0.5, 2);
        for (var i = 1; i <= count; i++)
        {
            var (name, strategy) = (i % 3) switch { 0 => ("rolling", "rolling:1"), 1 => ("blue-green", "blue-green"), _ => ("canary with 2 s of watching", canary) };
            var clock = Stopwatch.StartNew();
            var id = await app.DeployAsync($"Version {i}", "--strategy", strategy, "--keep-warm", "1m");
            PushToRunning.AssertSucceeded(await app.Server.Api.WhenEndedAsync(id));
            Measured(name + ", from commit to its end", clock);
            if (name == "blue-green") await BackAndForthAsync(app, id, $"Version {i}");
            stream.AssertUnbroken();
        }

        await stream.FlowAsync();
        stream.AssertUnbroken();
        await ExitAsync(app);
        Report($"{count} roll-outs, {stream.Answered} requests, {stream.Failures.Count} failed");
    }

    /// <summary>From the command to the first answer of what ran before, which was kept warm; and back.</summary>
    private async Task BackAndForthAsync(RolledApp app, string id, string headline)
    {
        var clock = Stopwatch.StartNew();
        var back = await app.Server.Api.PostAsync<Deployment>($"/api/v1/deployments/{id}/rollback");
        while (PushToRunning.Headline(await app.Server.AskAsync(RolledApp.App)) == headline) await Task.Delay(2);
        Measured("warm roll-back, from the command to traffic", clock);
        PushToRunning.AssertSucceeded(await app.Server.Api.WhenEndedAsync(back.Id));
    }

    /// <summary>From the exit of an instance that was not healthy yet to the failure of its step.</summary>
    private async Task ExitAsync(RolledApp app)
    {
        var mark = Path.Combine(app.Server.Data, "exited");
        await app.Repository.ReplaceAsync("server.js", "server.listen(", $"setTimeout(() => {{ require('node:fs').writeFileSync('{mark}', String(Date.now())); process.exit(3); }}, 700);\nif (false) server.listen(");
        var id = await app.DeployAsync("Exits");
        await app.Server.Api.WhenAsync(id, "is rolled back", d => d.Status == RunStatus.RolledBack);
        var failed = (await app.Server.Api.GetAsync<Page<DeploymentEvent>>($"/api/v1/deployments/{id}/events")).Items.First(e => e.Name.Contains("failed", StringComparison.Ordinal));
        var exited = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(await File.ReadAllTextAsync(mark), CultureInfo.InvariantCulture));
        Add("an exit before the health check, until its step has failed", (failed.At - exited).TotalSeconds);
    }

    private void Measured(string what, Stopwatch clock) => Add(what, clock.Elapsed.TotalSeconds);

    private void Add(string what, double seconds)
    {
        if (!_seconds.TryGetValue(what, out var measured)) _seconds[what] = measured = [];
        measured.Add(seconds);
    }

    private void Report(string headline)
    {
        var lines = new List<string> { headline, "", "| | times | median s | longest s |", "|---|--:|--:|--:|" };
        foreach (var (what, seconds) in _seconds)
        {
            seconds.Sort();
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"| {what} | {seconds.Count} | {seconds[seconds.Count / 2]:F3} | {seconds[^1]:F3} |"));
        }

        foreach (var line in lines) output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("BOREAS_ROLLOUTS_REPORT") is { } file) File.WriteAllLines(file, lines);
    }
}
