using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Apps;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Boreas.Server.Tests.Apps;

public class AppLogsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task LinesOfAllInstancesComeInTheOrderOfTheirTimes()
    {
        await using var api = await StartAsync();
        await using var one = await FakeAgent.StartAsync("node-1");
        await using var two = await FakeAgent.StartAsync("node-2");
        one.Write("shop-1", Line(1, "first"), Line(3, "third"));
        two.Write("shop-2", Line(2, "second") with { Stream = "stderr" });
        await one.HeartbeatAsync(api, ("shop-1", "shop", "production", InstanceState.Running));
        await two.HeartbeatAsync(api, ("shop-2", "shop", "production", InstanceState.Restarting));

        var lines = await ReadAsync(api.Admin, "/api/v1/apps/shop/logs?tail=7");

        Assert.Equal(["shop-1 stdout first", "shop-2 stderr second", "shop-1 stdout third"], lines.Select(l => $"{l.Instance} {l.Stream} {l.Message}"));
        Assert.Equal(["?tail=7&follow=false", "?tail=7&follow=false"], one.Asked.Concat(two.Asked));
    }

    [Fact]
    public async Task OnlyInstancesOfTheAppInTheEnvironmentThatAreNotStoppedAreAsked()
    {
        await using var api = await StartAsync();
        await using var agent = await FakeAgent.StartAsync("node-1");
        foreach (var id in (string[])["shop-1", "shop-2", "shop-3", "cart-1"]) agent.Write(id, Line(1, id));
        await api.Admin.PostAsync("/api/v1/environments", new { name = "staging" }, HttpStatusCode.Created);
        await agent.HeartbeatAsync(api, ("shop-1", "shop", "production", InstanceState.Stopped), ("shop-2", "shop", "staging", InstanceState.Exited), ("shop-3", "shop", "production", InstanceState.Running), ("cart-1", "cart", "production", InstanceState.Running));

        Assert.Equal(["shop-3"], (await ReadAsync(api.Admin, "/api/v1/apps/shop/logs")).Select(l => l.Message));
        Assert.Equal(["shop-2"], (await ReadAsync(api.Admin, "/api/v1/apps/shop/logs?environment=staging")).Select(l => l.Message));
    }

    [Fact]
    public async Task ANodeThatCannotBeAskedIsToldOfBesideTheOthers()
    {
        await using var api = await StartAsync();
        await using var away = await FakeAgent.StartAsync("node-1");
        await using var there = await FakeAgent.StartAsync("node-2");
        there.Write("shop-2", Line(1, "all is well"));
        await away.HeartbeatAsync(api, ("shop-1", "shop", "production", InstanceState.Running));
        await there.HeartbeatAsync(api, ("shop-2", "shop", "production", InstanceState.Running));
        await away.DisposeAsync();

        var lines = await ReadAsync(api.Admin, "/api/v1/apps/shop/logs");

        Assert.Equal("all is well", lines[0].Message);
        Assert.Equal(("shop-1", AppLogLine.FromBoreas), (lines[1].Instance, lines[1].Stream));
        Assert.StartsWith("Node node-1 cannot be asked: ", lines[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoMayNotSeeTheAppGetsNoLine()
    {
        await using var api = await StartAsync();
        await api.Admin.PostAsync("/api/v1/environments", new { name = "production", project = "second" }, HttpStatusCode.Created);

        await (await api.UserAsync("vera", Role.Viewer)).GetAsync("/api/v1/apps/nothing/logs", HttpStatusCode.NotFound);
        await (await api.UserAsync("sam", Role.Admin, "second")).GetAsync("/api/v1/apps/shop/logs", HttpStatusCode.NotFound);
        await (await api.MachineAsync(TokenKind.Agent)).GetAsync("/api/v1/apps/shop/logs", HttpStatusCode.Forbidden);
        await api.As(null).GetAsync("/api/v1/apps/shop/logs", HttpStatusCode.Unauthorized);
        await api.Admin.GetAsync("/api/v1/apps/shop/logs?environment=nowhere", HttpStatusCode.NotFound);
        foreach (var tail in (int[])[-1, 5001])
            Assert.Equal(["tail"], (await api.Admin.GetAsync($"/api/v1/apps/shop/logs?tail={tail}", HttpStatusCode.BadRequest)).RefusedFields());
    }

    [Fact]
    public async Task AFollowerGetsEveryNewLineAlsoOfInstancesThatComeLaterAndTheAgentsAreLeftWithIt()
    {
        await using var api = await StartAsync();
        await using var agent = await FakeAgent.StartAsync("node-1");
        agent.Write("shop-1", Line(1, "before"));
        await agent.HeartbeatAsync(api, ("shop-1", "shop", "production", InstanceState.Running));
        using (var follower = await Follower.StartAsync(api.Admin, "/api/v1/apps/shop/logs?follow=true&tail=3"))
        {
            Assert.Equal("shop-1 before", await follower.NextAsync());
            agent.Write("shop-1", Line(2, "now"));
            Assert.Equal("shop-1 now", await follower.NextAsync());
            agent.Write("shop-2", Line(3, "the successor"));
            await agent.HeartbeatAsync(api, ("shop-1", "shop", "production", InstanceState.Running), ("shop-2", "shop", "production", InstanceState.Running));
            Assert.Equal("shop-2 the successor", await follower.NextAsync());
            Assert.Equal(["?tail=3&follow=true", "?tail=5000&follow=true"], agent.Asked);
        }

        await agent.WhenLeftAsync(2);
    }

    [Fact]
    public async Task AnInstanceThatIsStoppedIsNotFollowedAnyMore()
    {
        await using var api = await StartAsync();
        await using var agent = await FakeAgent.StartAsync("node-1");
        agent.Write("shop-1", Line(1, "before"));
        await agent.HeartbeatAsync(api, ("shop-1", "shop", "production", InstanceState.Running));
        using var follower = await Follower.StartAsync(api.Admin, "/api/v1/apps/shop/logs?follow=true");
        Assert.Equal("shop-1 before", await follower.NextAsync());

        await agent.HeartbeatAsync(api, ("shop-1", "shop", "production", InstanceState.Stopped));

        await agent.WhenLeftAsync(1);
    }

    [Fact]
    public async Task InASilenceAnEmptyLineSaysThatTheConnectionLives()
    {
        await using var api = await StartAsync(new FastTimers());
        using var follower = await Follower.StartAsync(api.Admin, "/api/v1/apps/shop/logs?follow=true");

        Assert.Equal("", await follower.NextAsync());
        Assert.Equal("", await follower.NextAsync());
    }

    private static InstanceLogLine Line(int second, string message) => new(Noon.AddSeconds(second), "stdout", message);

    private static async Task<ApiServer> StartAsync(TimeProvider? time = null)
    {
        var api = await ApiServer.StartAsync(time: time);
        await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", source = new { embedded = true } }, HttpStatusCode.Created);
        return api;
    }

    private static async Task<IReadOnlyList<AppLogLine>> ReadAsync(Api caller, string path)
    {
        using var answer = await caller.RawAsync(HttpMethod.Get, path);
        Assert.Equal((HttpStatusCode.OK, "application/x-ndjson"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return [.. (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<AppLogLine>(line, BoreasJson.Options)!)];
    }

    /// <summary>Reads a stream line by line, as it comes.</summary>
    private sealed class Follower(HttpResponseMessage response, StreamReader reader) : IDisposable
    {
        public static async Task<Follower> StartAsync(Api caller, string path)
        {
            var response = await caller.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            return new Follower(response.EnsureSuccessStatusCode(), new StreamReader(await response.Content.ReadAsStreamAsync()));
        }

        public async Task<string> NextAsync()
        {
            var text = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
            return text is not { Length: > 0 } ? text! : JsonSerializer.Deserialize<AppLogLine>(text, BoreasJson.Options) is var line ? $"{line!.Instance} {line.Message}" : "";
        }

        public void Dispose() => response.Dispose();
    }

    /// <summary>Time as it is, with timers that run fifty times as fast.</summary>
    private sealed class FastTimers : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, Fast(dueTime), Fast(period));

        private static TimeSpan Fast(TimeSpan time) => time > TimeSpan.Zero ? time / 50 : time;
    }

    /// <summary>An agent's logs behind a real Kestrel, for who has a ticket of its key.</summary>
    private sealed class FakeAgent : IAsyncDisposable
    {
        private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
        private readonly ConcurrentDictionary<string, Channel<InstanceLogLine>> _lines = new(StringComparer.Ordinal);
        private readonly SemaphoreSlim _left = new(0);
        private readonly WebApplication _app;
        private readonly string _name;
        private readonly string _url;

        private FakeAgent(string name)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
            (_name, _app) = (name, builder.Build());
            _app.MapGet("/agent/apps/{id}/logs", LogsAsync);
            _app.Start();
            _url = _app.Urls.First();
        }

        public ConcurrentQueue<string> Asked { get; } = new();

        public static Task<FakeAgent> StartAsync(string name) => Task.FromResult(new FakeAgent(name));

        public void Write(string instance, params InstanceLogLine[] lines) => Assert.All(lines, line => Assert.True(Of(instance).Writer.TryWrite(line)));

        public async Task HeartbeatAsync(ApiServer api, params (string Id, string App, string Environment, InstanceState State)[] instances)
        {
            var statuses = instances.Select(i => new InstanceStatus(i.Id, i.App, i.Environment, "v1", i.State, null, null, null, 0, null, [], [], null)).ToList();
            await (await api.MachineAsync(TokenKind.Agent)).PostAsync("/nodes/heartbeat", new NodeHeartbeat(_name, _url, "process", Convert.ToBase64String(_key), [], 10, "1", statuses), HttpStatusCode.OK);
        }

        /// <summary>Waits until so many followers have gone.</summary>
        public async Task WhenLeftAsync(int followers)
        {
            for (var i = 0; i < followers; i++) Assert.True(await _left.WaitAsync(TimeSpan.FromSeconds(30)));
        }

        public async ValueTask DisposeAsync()
        {
            await _app.DisposeAsync();
            _left.Dispose();
        }

        private Channel<InstanceLogLine> Of(string instance) => _lines.GetOrAdd(instance, _ => Channel.CreateUnbounded<InstanceLogLine>());

        private async Task LogsAsync(string id, bool follow, HttpContext http)
        {
            Assert.True(AgentTicket.Covers(_key, http.Request.Headers.Authorization.ToString()["Bearer ".Length..], id, TimeProvider.System.GetUtcNow()));
            Asked.Enqueue(http.Request.QueryString.Value!);
            try
            {
                while (follow ? await Of(id).Reader.WaitToReadAsync(http.RequestAborted) : Of(id).Reader.TryPeek(out _))
                {
                    while (Of(id).Reader.TryRead(out var line)) await http.Response.WriteAsync(JsonSerializer.Serialize(line, BoreasJson.Options) + "\n");
                    await http.Response.Body.FlushAsync();
                }
            }
            catch (OperationCanceledException)
            {
                _left.Release();
            }
        }
    }
}
