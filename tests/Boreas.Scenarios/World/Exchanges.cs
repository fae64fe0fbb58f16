using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace Boreas.Scenarios.World;

/// <summary>What clients of the app <c>streams</c> do that takes a second or two; each gives what it was answered, and fails when it is cut.</summary>
internal static class Exchanges
{
    private const int Parts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    public static IEnumerable<Func<HttpClient, Uri, CancellationToken, Task<string>>> All => [SlowAsync, UploadAsync, EventsAsync, SocketAsync];

    private static async Task<string> SlowAsync(HttpClient http, Uri app, CancellationToken cancellation)
    {
        var text = await http.GetStringAsync(new Uri(app, "slow"), cancellation);
        return text.StartsWith("..........<h1>", StringComparison.Ordinal) ? text : throw new IOException($"a slow answer was '{text}'");
    }

    private static async Task<string> UploadAsync(HttpClient http, Uri app, CancellationToken cancellation)
    {
        var part = new byte[16 * 1024];
        using var body = new PushedContent(async stream =>
        {
            for (var i = 0; i < Parts; i++)
            {
                await stream.WriteAsync(part, cancellation);
                await Task.Delay(Pause, cancellation);
            }
        });
        using var answer = await http.PostAsync(new Uri(app, "upload"), body, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        return answer.IsSuccessStatusCode && text.EndsWith($" {Parts * part.Length}", StringComparison.Ordinal) ? text : throw new IOException($"an upload was answered with {(int)answer.StatusCode} '{text}'");
    }

    private static async Task<string> EventsAsync(HttpClient http, Uri app, CancellationToken cancellation)
    {
        using var answer = await http.GetAsync(new Uri(app, "events"), HttpCompletionOption.ResponseHeadersRead, cancellation);
        using var reader = new StreamReader(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(cancellation));
        var last = "";
        for (var i = 0; i < 2 * Parts; i++)
        {
            var line = await reader.ReadLineAsync(cancellation).AsTask().WaitAsync(Silence, cancellation) ?? throw new IOException("the events ended");
            if (line.Length > 0) last = line;
        }

        return last;
    }

    private static async Task<string> SocketAsync(HttpClient http, Uri app, CancellationToken cancellation)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(new Uri(app, "socket")) { Scheme = "ws" }.Uri, cancellation);
        var received = new byte[256];
        var text = "";
        for (var i = 0; i < Parts; i++)
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes($"{i}"), WebSocketMessageType.Text, true, cancellation);
            var message = await socket.ReceiveAsync(received, cancellation).WaitAsync(Silence, cancellation);
            text = Encoding.UTF8.GetString(received, 0, message.Count);
            if (!text.EndsWith($" {i}", StringComparison.Ordinal)) throw new IOException($"a WebSocket answered {message.MessageType} '{text}'");
            await Task.Delay(Pause, cancellation);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellation);
        return text;
    }

    /// <summary>A body of unknown length, written as time goes by.</summary>
    private sealed class PushedContent(Func<Stream, Task> write) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => write(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
