using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using Boreas.Agent.Access;
using Boreas.Agent.Containers;
using Boreas.Agent.Instances;
using Boreas.Contracts;
using Boreas.Contracts.Agents;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Boreas.Agent.Heartbeats;

/// <summary>
/// Tells the control plane what runs here, regularly and whenever something changed, and removes what nobody wants any
/// more. It begins when the host listens, so that nobody is sent to a node that does not. While the control plane is away
/// everything keeps running; that it is away is said once.
/// </summary>
internal sealed partial class HeartbeatWorker(
    AgentOptions options,
    NodeKey key,
    InstanceRegistry registry,
    EngineDetector engine,
    ChangeSignal changes,
    IHostApplicationLifetime host,
    HttpClient http,
    TimeProvider time,
    ILogger<HeartbeatWorker> log) : BackgroundService
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly string Version = typeof(HeartbeatWorker).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    private bool _away;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var begin = CancellationTokenSource.CreateLinkedTokenSource(host.ApplicationStarted, stoppingToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, begin.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await registry.Adopted.WaitAsync(stoppingToken);
        var pause = TimeSpan.Zero;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var instructions = await BeatAsync(stoppingToken);
                if (_away) LogBack();
                (_away, pause) = (false, TimeSpan.Zero);
                await changes.WaitAsync(TimeSpan.FromSeconds(Math.Clamp(instructions.HeartbeatSeconds, 1, 60)), stoppingToken);
            }
            catch (Exception error) when (error is HttpRequestException or JsonException or InvalidOperationException
                || (error is OperationCanceledException && !stoppingToken.IsCancellationRequested))
            {
                if (!_away) LogAway(options.ControlPlane, error.Message);
                _away = true;
                pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Max(0.2, pause.TotalSeconds * 2)));
                await Task.Delay(pause * (0.75 + (Random.Shared.NextDouble() / 2)), time, stoppingToken);
            }
        }
    }

    /// <summary>One heartbeat and what it asks for.</summary>
    internal async Task<NodeInstructions> BeatAsync(CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(CallTimeout);
        var instances = await registry.ListAsync(withLines: false, timeout.Token);
        var labels = options.Labels.Append(engine.Name).Distinct(StringComparer.Ordinal).ToList();
        var beat = new NodeHeartbeat(options.Name, options.Url.ToString(), engine.Name, Convert.ToBase64String(key.Bytes), labels, options.Capacity, Version, instances);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.ControlPlane, "nodes/heartbeat"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Token());
        request.Content = JsonContent.Create(beat, options: BoreasJson.Options);
        using var response = await http.SendAsync(request, timeout.Token);
        response.EnsureSuccessStatusCode();
        var instructions = await response.Content.ReadFromJsonAsync<NodeInstructions>(BoreasJson.Options, timeout.Token) ?? new NodeInstructions([], 2);
        foreach (var id in instructions.Remove) _ = RemoveAsync(id, ct);
        return instructions;
    }

    private async Task RemoveAsync(string instanceId, CancellationToken ct)
    {
        try
        {
            await registry.RemoveAsync(instanceId, ct);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogNotRemoved(error, instanceId);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The control plane at {Url} does not take heartbeats: {Why} Everything keeps running; trying again.")]
    private partial void LogAway(Uri url, string why);

    [LoggerMessage(LogLevel.Information, "The control plane takes heartbeats again.")]
    private partial void LogBack();

    [LoggerMessage(LogLevel.Error, "Instance {Instance} could not be removed; the next heartbeat asks again.")]
    private partial void LogNotRemoved(Exception error, string instance);
}
