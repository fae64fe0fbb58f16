using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Boreas.Contracts.Gateways;

namespace Boreas.Gateway.Tests.Support;

/// <summary>An instance below HTTP: the test decides per request whether it is answered or the connection is closed on it.</summary>
internal sealed class BareServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Func<int, string, string?> _answer;
    private readonly Task _accepting;
    private int _requests;

    /// <param name="answer">By the number of the request, from 1, and its head: the whole answer, after which <c>Connection: close</c> in it closes, or null to close at once.</param>
    public BareServer(Func<int, string, string?> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Heads of all requests, in order.</summary>
    public ConcurrentQueue<string> Heads { get; } = new();

    public RouteTarget Target(string id, int weight = 100) => new(id, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}", weight);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting;
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_ending.Token)));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        try
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
            var head = new StringBuilder();
            while (await reader.ReadLineAsync(_ending.Token) is { } line)
            {
                head.AppendLine(line);
                if (line.Length > 0) continue;
                Heads.Enqueue(head.ToString());
                if (_answer(Interlocked.Increment(ref _requests), head.ToString()) is not { } answer) return;
                head.Clear();
                await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(answer), _ending.Token);
                if (answer.Contains("Connection: close", StringComparison.Ordinal)) return;
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // The other side has gone, or the test is over.
        }
    }
}
