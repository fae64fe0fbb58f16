using System.ComponentModel;
using System.Net.WebSockets;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Live;
using Boreas.Contracts.Problems;
using Boreas.Server.Access;
using Boreas.Server.Deployments;
using Boreas.Server.Operations;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Live;

/// <summary>
/// The live feed: every recorded event after <c>since</c>, once and in order, with the deployment as it is now. A client
/// that lost its connection asks from the last sequence that it saw, so nothing is missed. It is not told of runs that
/// it may not see.
/// </summary>
internal static class LiveApi
{
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(20);

    public static void MapLive(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/v1/live", ConnectAsync).RequireAuthorization(Policies.Viewer).Produces<LiveMessage>(StatusCodes.Status101SwitchingProtocols)
            .WithTags("Live").WithName("WatchChanges").WithSummary("Every change, over a WebSocket")
            .WithDescription("After the upgrade the server sends JSON texts, a LiveMessage each: hello first, then every event after since, once and in order, and ping when nothing happened. What a client sends is dropped.");

    private static async Task ConnectAsync(
        HttpContext http, [Description("The sequence of the last event that is known; without it only what is new comes.")] long? since, [Description("Only this one, by its id.")] string? deployment,
        Caller caller, Journal journal, Database database, DeploymentViews views, Stopping stopping)
    {
        if (!http.WebSockets.IsWebSocketRequest)
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, ProblemCodes.Invalid, "This address is a WebSocket.", "Connect with a WebSocket client.");
        // Before the client is let in: it reads the present state as soon as it is, and all that happens after that is sent.
        var last = since ?? journal.Tail.Sequence;
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var gone = stopping.Link(http.RequestAborted);
        var reading = ReadUntilClosedAsync(socket, gone);
        try
        {
            await SendAllAsync(socket, last, deployment, caller, journal, database, views, gone.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The client went away; it asks again from the last sequence that it saw.
        }

        await gone.CancelAsync();
        await reading;
    }

    private static async Task SendAllAsync(WebSocket socket, long last, string? deployment, Caller caller, Journal journal, Database database, DeploymentViews views, CancellationToken cancellationToken)
    {
        await SendAsync(socket, new LiveMessage("hello", journal.Tail.Sequence), cancellationToken);
        while (true)
        {
            var events = await journal.Tail.ReadAsync(last, PingEvery, cancellationToken);
            if (events.Count == 0)
            {
                await SendAsync(socket, new LiveMessage("ping", last), cancellationToken);
                continue;
            }

            last = events[^1].Sequence;
            var wanted = events.Where(e => deployment is null || e.Stream == deployment).ToList();
            if (wanted.Count > 0) await SendEventsAsync(socket, wanted, caller, database, views, cancellationToken);
        }
    }

    /// <summary>The last event of each run in the batch carries the run as it is now, with the tasks that the batch touched.</summary>
    private static async Task SendEventsAsync(WebSocket socket, List<RecordedEvent> events, Caller caller, Database database, DeploymentViews views, CancellationToken cancellationToken)
    {
        var visible = new Dictionary<string, DeploymentRow>(StringComparer.Ordinal);
        foreach (var id in events.Select(e => e.Stream).Distinct())
        {
            if (await DeploymentQueries.FindAsync(database, id, Scope.Of(caller), cancellationToken) is { } row) visible.Add(id, row);
        }

        var shown = (await views.ShowAsync([.. visible.Values], withTasks: true, null, cancellationToken)).ToDictionary(d => d.Id, StringComparer.Ordinal);
        var lastOf = events.GroupBy(e => e.Stream).ToDictionary(g => g.Key, g => g.Max(e => e.Sequence), StringComparer.Ordinal);
        foreach (var e in events)
        {
            if (!shown.TryGetValue(e.Stream, out var deployment)) continue;
            await SendAsync(socket, new LiveMessage("event", e.Sequence, e.Stream, DeploymentQueries.ToEvent(e), lastOf[e.Stream] == e.Sequence ? deployment : null), cancellationToken);
        }
    }

    private static async Task SendAsync(WebSocket socket, LiveMessage message, CancellationToken cancellationToken) =>
        await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, BoreasJson.Options), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    private static async Task ReadUntilClosedAsync(WebSocket socket, CancellationTokenSource gone)
    {
        var buffer = new byte[256];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), gone.Token)).MessageType != WebSocketMessageType.Close)
            {
                // Clients have nothing to say; what they send is dropped.
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, gone.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // Closed from the other side, or the server stops.
        }

        await gone.CancelAsync();
    }
}
