using System.Text.Json;
using System.Threading.Channels;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Problems;
using Boreas.Server.Access;
using Boreas.Server.Environments;
using Boreas.Server.Operations;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Apps;

/// <summary>What the running instances of an app write.</summary>
internal static class AppLogsApi
{
    private const int DefaultTail = 200;
    private const int WaitingLines = 1000;

    /// <summary>In a silence this long an empty line is sent: a proxy keeps the connection, and a reader that has gone is noticed.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>After this a reader has to ask again, and is asked again who it is.</summary>
    private static readonly TimeSpan LongestFollow = TimeSpan.FromHours(1);

    public static void MapAppLogs(this IEndpointRouteBuilder routes) =>
        routes.MapApi("/api/v1/apps", "Apps").MapGet("/{id}/logs", LogsAsync).RequireAuthorization(Policies.Viewer)
            .Produces<AppLogLine>(StatusCodes.Status200OK, "application/x-ndjson")
            .WithName("GetAppLogs").WithSummary("JSON lines that an app's running instances write: the last tail of each; follow=true goes on for up to an hour");

    private static async Task LogsAsync(
        string id, Caller caller, Database database, AppLogs logs, TimeProvider time, Stopping stopping, HttpContext context, string? environment = null, int tail = DefaultTail, bool follow = false)
    {
        var name = await DemandAsync(id, environment, tail, caller, database, context.RequestAborted);
        var response = context.Response;
        if (!follow)
        {
            var lines = await logs.TailAsync(id, name, tail, context.RequestAborted);
            Begin(response);
            foreach (var line in lines) await WriteAsync(response, line, context.RequestAborted);
            return;
        }

        Begin(response);
        using var longest = new CancellationTokenSource(LongestFollow, time);
        using var request = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, longest.Token);
        using var until = stopping.Link(request.Token);
        var channel = Channel.CreateBounded<AppLogLine>(WaitingLines);
        Task[] both = [logs.FollowAsync(id, name, tail, channel.Writer, until.Token), SendAsync(response, channel.Reader, time, until.Token)];
        try
        {
            await Task.WhenAny(both);
            await until.CancelAsync();
            await Task.WhenAll(both);
        }
        catch (OperationCanceledException)
        {
            // The reader went away, the hour is over or the process stops.
        }
    }

    /// <summary>The name of the environment whose instances are meant.</summary>
    private static async Task<string> DemandAsync(string id, string? environment, int tail, Caller caller, Database database, CancellationToken cancellationToken)
    {
        if (tail is < 0 or > AppLogs.MaxTail) throw RequestRefusedException.Invalid(new FieldProblem("tail", $"must be 0 to {AppLogs.MaxTail}"));
        await using var connection = await database.OpenAsync(cancellationToken);
        var app = AppQueries.Demand(connection, caller, id, Role.Viewer);
        return EnvironmentQueries.Resolve(connection, app.Project, environment)?.Name ?? throw RequestRefusedException.NotFound("environment", environment ?? "default");
    }

    private static void Begin(HttpResponse response)
    {
        response.ContentType = "application/x-ndjson";
        response.Headers.CacheControl = "no-store";
    }

    private static async Task SendAsync(HttpResponse response, ChannelReader<AppLogLine> lines, TimeProvider time, CancellationToken cancellationToken)
    {
        await response.StartAsync(cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
        while (true)
        {
            if (await WaitAsync(lines, time, cancellationToken))
                while (lines.TryRead(out var line)) await WriteAsync(response, line, cancellationToken);
            else
                await response.Body.WriteAsync("\n"u8.ToArray(), cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
        }
    }

    /// <summary>Whether a line came before a heartbeat is due.</summary>
    private static async Task<bool> WaitAsync(ChannelReader<AppLogLine> lines, TimeProvider time, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(Heartbeat, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        try
        {
            return await lines.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task WriteAsync(HttpResponse response, AppLogLine line, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, BoreasJson.Options), cancellationToken);
        await response.Body.WriteAsync("\n"u8.ToArray(), cancellationToken);
    }
}
