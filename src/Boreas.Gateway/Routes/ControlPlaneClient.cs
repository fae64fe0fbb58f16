using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Gateways;
using Boreas.Contracts.Http;
using Microsoft.Extensions.Logging;

namespace Boreas.Gateway.Routes;

/// <summary>
/// The two calls to the control plane. Both say by their answer whether the control plane was there; that it went away
/// and that it is back is logged once, whichever call sees it.
/// </summary>
internal sealed partial class ControlPlaneClient(GatewayOptions options, ILogger<ControlPlaneClient> log) : IDisposable
{
    private static readonly TimeSpan StatusTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollGrace = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new(new OutboundHandler(useProxy: !options.ControlPlane.IsLoopback, connectTimeout: StatusTimeout))
    {
        BaseAddress = options.ControlPlane,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private int _away;

    /// <param name="Reached">Whether the control plane answered as it should.</param>
    /// <param name="Table">Null when there is nothing newer.</param>
    public readonly record struct Answer(bool Reached, RouteTable? Table);

    /// <summary>Asks for a table newer than <paramref name="after"/> and waits for one.</summary>
    public async Task<Answer> RoutesAsync(long after, CancellationToken cancellation)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"gateway/routes?gateway={Uri.EscapeDataString(options.Name)}&after={after}&waitSeconds={options.PollSeconds}");
        using var request = new HttpRequestMessage(HttpMethod.Get, query);
        return await SendAsync(request, TimeSpan.FromSeconds(options.PollSeconds) + PollGrace, static async (response, ending) =>
        {
            if (response.StatusCode == HttpStatusCode.NoContent) return null;
            await using var body = await response.Content.ReadAsStreamAsync(ending);
            return await JsonSerializer.DeserializeAsync<RouteTable>(body, BoreasJson.Options, ending) ?? throw new JsonException("there is no table in it");
        }, cancellation);
    }

    public async Task<bool> StatusAsync(GatewayStatus status, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "gateway/status") { Content = JsonContent.Create(status, options: BoreasJson.Options) };
        return (await SendAsync(request, StatusTimeout, static (_, _) => Task.FromResult<RouteTable?>(null), cancellation)).Reached;
    }

    public void Dispose() => _http.Dispose();

    private async Task<Answer> SendAsync(
        HttpRequestMessage request, TimeSpan timeout, Func<HttpResponseMessage, CancellationToken, Task<RouteTable?>> read, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ending.CancelAfter(timeout);
        try
        {
            if (options.Token() is not { Length: > 0 } token) return Away("this gateway has no token yet");
            // Set unchecked it would fail later with a message that quotes it.
            if (token.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0) return Away("this gateway's token has blanks or characters that are not ASCII; set it again");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ending.Token);
            if (!response.IsSuccessStatusCode)
            {
                return Away(response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                    ? $"it refuses this gateway's token ({(int)response.StatusCode}); give it a token of kind 'gateway'"
                    : $"it answers {(int)response.StatusCode}");
            }

            var table = await read(response, ending.Token);
            if (Interlocked.Exchange(ref _away, 0) == 1) Back(options.ControlPlane);
            return new(true, table);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Away($"no answer in {timeout.TotalSeconds:0} s");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException)
        {
            return Away(failure is JsonException ? "its answer is not a route table: " + failure.Message : failure.Message);
        }
    }

    private Answer Away(string why)
    {
        if (Interlocked.Exchange(ref _away, 1) == 0) WentAway(options.ControlPlane, why);
        return new(false, null);
    }

    [LoggerMessage(LogLevel.Warning, "The control plane {ControlPlane} is away: {Why}. The gateway serves on with the routes that it has, and asks again until it is back.")]
    private partial void WentAway(Uri controlPlane, string why);

    [LoggerMessage(LogLevel.Information, "The control plane {ControlPlane} is there.")]
    private partial void Back(Uri controlPlane);
}
