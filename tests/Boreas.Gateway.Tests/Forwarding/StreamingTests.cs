using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Boreas.Gateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Boreas.Gateway.Tests.Forwarding;

public sealed class StreamingTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task AnEventArrivesBeforeTheAnswerEnds()
    {
        var next = new SemaphoreSlim(0);
        await using var hello = await App.StartAsync("hello-1", async context =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var i = 0; i < 3; i++)
            {
                await context.Response.WriteAsync($"data: {i}\n\n");
                await context.Response.Body.FlushAsync();
                await next.WaitAsync(context.RequestAborted);
            }
        });
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteHelloAsync(hello.Weight(100));

        using var reader = new StreamReader(await gateway.Http.GetStreamAsync("/runtime/hello/events"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal($"data: {i}", await reader.ReadLineAsync().WaitAsync(Deadline));
            await reader.ReadLineAsync().WaitAsync(Deadline);
            // The app writes the next event only now: a gateway that collects would wait for ever.
            next.Release();
        }

        Assert.Null(await reader.ReadLineAsync().WaitAsync(Deadline));
    }

    [Fact]
    public async Task AnUploadOfFiftyMegabytesArrivesWhole()
    {
        await using var hello = await App.StartAsync("hello-1", async context =>
        {
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
            await context.Response.WriteAsync(Convert.ToHexString(await SHA256.HashDataAsync(context.Request.Body)));
        });
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteHelloAsync(hello.Weight(100));
        var bytes = new byte[50 * 1024 * 1024];
        new Random(1).NextBytes(bytes);

        using var response = await gateway.Http.PostAsync("/runtime/hello/upload", new ByteArrayContent(bytes));

        Assert.Equal(Convert.ToHexString(SHA256.HashData(bytes)), await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task AWebSocketTalksBothWaysAndCloses()
    {
        await using var hello = await App.StartAsync("hello-1", EchoSocketAsync);
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteHelloAsync(hello.Weight(100));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{gateway.Address.Authority}/runtime/hello/socket"), CancellationToken.None).WaitAsync(Deadline);

        for (var i = 0; i < 3; i++) Assert.Equal($"message {i}", await EchoAsync(socket, $"message {i}"));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None).WaitAsync(Deadline);

        Assert.Equal(WebSocketState.Closed, socket.State);
    }

    [Fact]
    public async Task AWebSocketOverHttp2ReachesAnAppOfHttp1()
    {
        await using var hello = await App.StartAsync("hello-1", EchoSocketAsync);
        await using var gateway = await RunningGateway.StartAsync(protocols: HttpProtocols.Http2);
        await gateway.RouteHelloAsync(hello.Weight(100));
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        await socket.ConnectAsync(new Uri($"ws://{gateway.Address.Authority}/runtime/hello/socket"), invoker, CancellationToken.None).WaitAsync(Deadline);

        Assert.Equal("over two", await EchoAsync(socket, "over two"));
    }

    [Fact]
    public async Task TrailersReachTheClient()
    {
        await using var hello = new BareServer((_, _) =>
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n4\r\nbody\r\n0\r\nX-Sum: 42\r\n\r\n");
        await using var gateway = await RunningGateway.StartAsync(protocols: HttpProtocols.Http2);
        await gateway.RouteHelloAsync(hello.Target("hello-1"));

        using var response = await gateway.Http.GetAsync("/runtime/hello/");

        Assert.Equal("42", Assert.Single(response.TrailingHeaders.GetValues("X-Sum")));
    }

    [Fact]
    public async Task AClientThatGivesUpCancelsTheAppsWork()
    {
        var begun = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var hello = await App.StartAsync("hello-1", async context =>
        {
            context.RequestAborted.Register(cancelled.SetResult);
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteHelloAsync(hello.Weight(100));
        using var leaving = new CancellationTokenSource();

        var asking = gateway.Http.GetAsync("/runtime/hello/", leaving.Token);
        await begun.Task.WaitAsync(Deadline);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await cancelled.Task.WaitAsync(Deadline);
        var traffic = (await gateway.ControlPlane.StatusAsync(status => status.Instances is [{ InFlight: 0, Requests: 1 }])).Instances[0];
        Assert.Equal(0, traffic.Errors);
    }

    [Fact]
    public async Task AnAppThatStaysSilentIsGivenUpAndTheClientIsTold()
    {
        await using var hello = await App.StartAsync("hello-1", context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var gateway = await RunningGateway.StartAsync(options => options with { ActivityTimeout = TimeSpan.FromSeconds(1) });
        await gateway.RouteHelloAsync(hello.Weight(100));

        using var response = await gateway.Http.GetAsync("/runtime/hello/").WaitAsync(Deadline);
        using var opening = new HttpRequestMessage(HttpMethod.Get, "/runtime/hello/");
        opening.Headers.Add("Connection", "Upgrade");
        opening.Headers.Add("Upgrade", "websocket");
        using var notOpened = await gateway.Http.SendAsync(opening).WaitAsync(Deadline);

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal(HttpStatusCode.GatewayTimeout, notOpened.StatusCode);
    }

    [Fact]
    public async Task AnOpenWebSocketOutlivesTheActivityTimeout()
    {
        var speak = new SemaphoreSlim(0);
        await using var hello = await App.StartAsync("hello-1", async context =>
        {
            if (!context.WebSockets.IsWebSocketRequest)
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                return;
            }

            using var accepted = await context.WebSockets.AcceptWebSocketAsync();
            await speak.WaitAsync(context.RequestAborted);
            await accepted.SendAsync("late"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        });
        await using var gateway = await RunningGateway.StartAsync(options => options with { ActivityTimeout = TimeSpan.FromSeconds(1) });
        await gateway.RouteHelloAsync(hello.Weight(100));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{gateway.Address.Authority}/runtime/hello/"), CancellationToken.None).WaitAsync(Deadline);

        // An ordinary request that begins after the socket was opened runs into the timeout: the signal that it has passed.
        using var timedOut = await gateway.Http.GetAsync("/runtime/hello/").WaitAsync(Deadline);
        speak.Release();

        Assert.Equal(HttpStatusCode.GatewayTimeout, timedOut.StatusCode);
        var buffer = new byte[100];
        var received = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(Deadline);
        Assert.Equal("late", Encoding.UTF8.GetString(buffer, 0, received.Count));
    }

    internal static async Task EchoSocketAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1000];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, context.RequestAborted);
            if (received.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }

    internal static async Task<string> EchoAsync(ClientWebSocket socket, string text)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None).WaitAsync(Deadline);
        var buffer = new byte[1000];
        var received = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(Deadline);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }
}
