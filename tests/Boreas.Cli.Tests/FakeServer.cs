using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Boreas.Cli.Tests;

/// <summary>One request as it came.</summary>
internal sealed record Seen(string Method, string Path, string Query, string? Authorization, string Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>A real HTTP server that answers the routes that a test maps, by the contracts, and writes down what came.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private FakeServer(WebApplication app) => this.app = app;

    public Uri Url => new(app.Urls.Single());

    public ConcurrentQueue<Seen> Requests { get; } = new();

    public static async Task<FakeServer> StartAsync(Action<WebApplication> map, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var app = builder.Build();
        var server = new FakeServer(app);
        app.UseWebSockets();
        app.Use(server.WriteDownAsync);
        app.UseRouting();
        map(app);
        await app.StartAsync();
        return server;
    }

    public static IResult Json(object value, int status = 200) => Results.Text(JsonSerializer.Serialize(value, value.GetType(), BoreasJson.Options), "application/json", statusCode: status);

    public static IResult Problem(int status, string code, string detail, string? advice = null, params FieldProblem[] fields) =>
        Results.Text(JsonSerializer.Serialize(new Problem(null, "Refused", status, detail, code, advice, fields.Length == 0 ? null : fields), BoreasJson.Options), Contracts.Problems.Problem.MediaType, statusCode: status);

    public static Task SendAsync(WebSocket socket, object message) =>
        socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, message.GetType(), BoreasJson.Options), WebSocketMessageType.Text, true, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await app.StopAsync(atOnce.Token);
        await app.DisposeAsync();
    }

    private async Task WriteDownAsync(HttpContext http, RequestDelegate next)
    {
        http.Request.EnableBuffering();
        var body = await new StreamReader(http.Request.Body).ReadToEndAsync();
        http.Request.Body.Position = 0;
        Requests.Enqueue(new Seen(
            http.Request.Method,
            http.Request.Path,
            http.Request.QueryString.ToString(),
            http.Request.Headers.Authorization,
            body,
            http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        await next(http);
    }
}
