using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Boreas.Scenarios.World;

/// <summary>
/// Requests without a pause, as of many users: some clients keep their connections, others make a new one each time, and
/// with the app <c>streams</c> there are those who hold on to what they have. It begins with the first answer and ends
/// with its disposal; every request that got no complete 200 is a failure.
/// </summary>
internal sealed class RequestStream : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(4);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<string, int> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Func<string, string> _classify;
    private readonly List<Task> _clients = [];
    private long _answered;

    private RequestStream(Func<string, string> classify) => _classify = classify;

    public long Answered => Interlocked.Read(ref _answered);

    public IReadOnlyCollection<string> Failures => _failures;

    /// <param name="classify">What of an answer is worth to be counted, for example its headline.</param>
    public static RequestStream Start(Uri address, Func<string, string> classify, int keptConnections = 3, int newConnections = 2)
    {
        var stream = new RequestStream(classify);
        for (var i = 0; i < keptConnections + newConnections; i++) stream._clients.Add(stream.AskAsync(address, keepsConnection: i < keptConnections));
        return stream;
    }

    /// <summary>The same beside clients of the app <c>streams</c> that upload, wait for slow answers, and follow events and WebSockets.</summary>
    public static RequestStream StartMixed(Uri address, Func<string, string> classify)
    {
        var stream = Start(address, classify, keptConnections: 2, newConnections: 2);
        foreach (var exchange in Exchanges.All) stream._clients.Add(stream.ExchangeAsync(exchange, address));
        return stream;
    }

    /// <summary>Everything that was answered well.</summary>
    public ICollection<string> Answers => _answers.Keys;

    public bool Saw(string answer) => _answers.ContainsKey(answer);

    /// <summary>Waits until as many more requests were answered, so that the stream has seen what is there now.</summary>
    public Task FlowAsync(int requests = 50)
    {
        var from = Answered;
        return Eventually.TrueAsync($"{requests} more requests are answered", () => Answered >= from + requests, otherwise: Report);
    }

    /// <summary>Fails when one request failed, and tells how.</summary>
    public void AssertUnbroken() => Assert.True(_failures.IsEmpty, Report());

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_clients);
        _end.Dispose();
    }

    private string Report() => $"{_failures.Count} of {Answered + _failures.Count} requests failed:\n{string.Join('\n', _failures.Take(10))}";

    private Task AskAsync(Uri address, bool keepsConnection)
    {
        return RepeatAsync(keepsConnection, async (http, cancellation) =>
        {
            using var answer = await http.GetAsync(address, cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            return answer.StatusCode == HttpStatusCode.OK ? text : throw new HttpRequestException($"{(int)answer.StatusCode} {text}");
        });
    }

    private Task ExchangeAsync(Func<HttpClient, Uri, CancellationToken, Task<string>> exchange, Uri address) =>
        RepeatAsync(keepsConnection: true, (http, cancellation) => exchange(http, address, cancellation));

    private async Task RepeatAsync(bool keepsConnection, Func<HttpClient, CancellationToken, Task<string>> ask)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 1 }) { Timeout = TimeSpan.FromSeconds(15) };
        if (!keepsConnection) http.DefaultRequestHeaders.ConnectionClose = true;
        using var pace = new PeriodicTimer(Pace);
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var text = await ask(http, _end.Token);
                _answers.AddOrUpdate(_classify(text), 1, (_, count) => count + 1);
                Interlocked.Increment(ref _answered);
                await pace.WaitForNextTickAsync(_end.Token);
            }
            catch (Exception) when (_end.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is HttpRequestException or SocketException or IOException or OperationCanceledException or WebSocketException or TimeoutException)
            {
                Fail(e.ToString());
            }
        }
    }

    private void Fail(string what) => _failures.Enqueue($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {what.ReplaceLineEndings(" ")[..Math.Min(400, what.Length)]}");
}
