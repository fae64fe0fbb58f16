using System.Text;
using Boreas.Contracts.Http;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Values;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Instances;

/// <summary>One answer of an instance to its health check.</summary>
/// <param name="Status">Null when no HTTP answer came; then <paramref name="Text"/> says why.</param>
/// <param name="Text">The first 200 characters of the body.</param>
internal sealed record HealthAnswer(int? Status, string Text)
{
    public bool IsHealthy => Status is >= 200 and < 400;
}

/// <summary>Asks an instance for its health path, directly, without following redirects: 200–399 is well.</summary>
internal sealed class HealthProbe : IDisposable
{
    private const int MaxText = 200;
    private readonly HttpClient _http = new(new OutboundHandler(useProxy: false, connectionLife: TimeSpan.Zero)) { Timeout = Timeout.InfiniteTimeSpan };

    public async Task<HealthAnswer> AskAsync(string address, HealthCheckSpec check, CancellationToken cancellation)
    {
        if (!UrlPath.TryParse(check.Path, out var path, out var error)) throw JobFailedException.Invalid($"The health check's path '{check.Path}'", error);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(Math.Max(1, check.TimeoutSeconds)));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address.TrimEnd('/') + path.Value) { Headers = { { "User-Agent", "Boreas-HealthCheck" } } };
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return new HealthAnswer((int)response.StatusCode, (int)response.StatusCode is >= 200 and < 400 ? "" : await BeginningAsync(response, limit.Token));
        }
        catch (HttpRequestException e)
        {
            return new HealthAnswer(null, e.InnerException?.Message ?? e.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new HealthAnswer(null, $"no answer within {Math.Max(1, check.TimeoutSeconds)} s");
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<string> BeginningAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var bytes = new byte[MaxText * 4];
        var read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        var text = Encoding.UTF8.GetString(bytes, 0, read).ReplaceLineEndings(" ");
        return text.Length > MaxText ? text[..MaxText] : text;
    }
}
