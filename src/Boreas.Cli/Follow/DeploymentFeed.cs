using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Live;

namespace Boreas.Cli.Follow;

/// <summary>
/// A deployment as it changes, until it has ended. The live feed says what changed; after a lost connection it is asked from
/// the last sequence that was seen, so nothing is missed. Where there is no live feed, the server is asked every second.
/// The first state and the state after each reconnect are read whole: the feed alone would not tell a deleted task.
/// </summary>
internal sealed class DeploymentFeed(ApiClient api, string id, Action<string> note, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private Deployment? known;
    private long? sequence;
    private bool live = true;

    public async IAsyncEnumerable<Deployment> WatchAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var states = Channel.CreateUnbounded<Deployment>();
        var reading = ReadAsync(states.Writer, stop.Token);
        try
        {
            await foreach (var state in states.Reader.ReadAllAsync(cancel)) yield return state;
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    private async Task ReadAsync(ChannelWriter<Deployment> states, CancellationToken cancel)
    {
        try
        {
            var lost = 0;
            var heard = time.GetTimestamp();
            while (known is null || !Look.Ended(known.Status))
            {
                try
                {
                    if (live) await ListenAsync(states, () => (lost, heard) = (0, time.GetTimestamp()), cancel);
                    else await AskAsync(states, cancel);
                    (lost, heard) = (0, time.GetTimestamp());
                }
                catch (CommandFailure failure) when (failure.Exit == ExitCode.Unreachable && time.GetElapsedTime(heard) < Patience)
                {
                    if (lost++ == 0) note($"The connection to {api.Server} is lost; trying again for {Patience.TotalMinutes:0} minutes. The deployment goes on meanwhile.");
                    await Task.Delay(TimeSpan.FromSeconds(Math.Min(5, 0.2 * Math.Pow(2, Math.Min(lost, 5)))), time, cancel);
                }
            }

            states.Complete();
        }
        catch (Exception end)
        {
            states.Complete(end);
        }
    }

    private async Task AskAsync(ChannelWriter<Deployment> states, CancellationToken cancel)
    {
        var waited = known is not null;
        if (waited) await Task.Delay(Interval, time, cancel);
        await ReadWholeAsync(states, cancel);
    }

    private async Task ListenAsync(ChannelWriter<Deployment> states, Action heard, CancellationToken cancel)
    {
        var path = ApiPath.With(ApiPath.Of("live"), ("since", sequence?.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("deployment", id));
        using var socket = await api.OpenAsync(path, cancel);
        if (socket is null)
        {
            live = false;
            note("Live updates are not offered here; asking every second instead.");
            return;
        }

        await ReadWholeAsync(states, cancel);
        while (!Look.Ended(known!.Status))
        {
            var message = await ReceiveAsync(socket, cancel);
            heard();
            if (message.Type == "hello") sequence ??= message.Sequence;
            if (message.Type != "event") continue;
            sequence = message.Sequence;
            if (message.DeploymentId == id && message.Deployment is { } change) await PublishAsync(states, DeploymentState.Merge(known, change), cancel);
        }
    }

    private async Task ReadWholeAsync(ChannelWriter<Deployment> states, CancellationToken cancel) =>
        await PublishAsync(states, (await api.GetAsync(ApiPath.Of("deployments", id), cancel)).Read<Deployment>(), cancel);

    private ValueTask PublishAsync(ChannelWriter<Deployment> states, Deployment state, CancellationToken cancel)
    {
        known = state;
        return states.WriteAsync(state, cancel);
    }

    /// <summary>The next message. The server pings, so long silence is a lost connection, and so is a close before the end.</summary>
    private async Task<LiveMessage> ReceiveAsync(ClientWebSocket socket, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Silence);
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
                if (part.MessageType == WebSocketMessageType.Close) throw new WebSocketException("the server closed the live feed");
                text.Write(buffer, 0, part.Count);
                if (part.EndOfMessage) break;
            }
        }
        catch (Exception lost) when (lost is WebSocketException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            throw ApiProblem.Unreachable(api.Server, lost);
        }

        return JsonSerializer.Deserialize<LiveMessage>(text.GetBuffer().AsSpan(0, (int)text.Length), BoreasJson.Options)!;
    }
}
