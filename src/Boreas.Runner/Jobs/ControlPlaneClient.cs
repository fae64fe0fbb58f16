using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Boreas.Contracts;
using Boreas.Contracts.Http;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;

namespace Boreas.Runner.Jobs;

/// <summary>The lease is over or was taken: whatever this runner does for the job from now on counts for nothing.</summary>
internal sealed class StaleLeaseException : Exception
{
    public StaleLeaseException()
        : base("Another runner has this job, or it was ended.")
    {
    }
}

/// <summary>The control plane could not be reached or could not answer; trying again may help.</summary>
/// <param name="Refused">It understood and refused: the same request will be refused again.</param>
internal sealed class ControlPlaneException(string message, bool refused = false, Exception? inner = null) : Exception(message, inner)
{
    public bool Refused { get; } = refused;
}

/// <summary>The calls of the control plane that a runner makes; see <see cref="ClaimedJob"/> for lease and epoch.</summary>
internal sealed class ControlPlaneClient : IDisposable
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(30);
    private readonly RunnerOptions _options;
    private readonly HttpClient _http;

    public ControlPlaneClient(RunnerOptions options)
    {
        _options = options;
        _http = new HttpClient(new OutboundHandler(useProxy: !options.ControlPlane.IsLoopback, connectTimeout: TimeSpan.FromSeconds(5))) { BaseAddress = new Uri(options.ControlPlane.AbsoluteUri.TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Null when there was no job within the wait.</summary>
    public async Task<ClaimedJob?> ClaimAsync(ClaimRequest request, CancellationToken cancellation) =>
        await ReadAsync<ClaimedJob>(HttpMethod.Post, "deploy/jobs/claim", null, JsonContent.Create(request, options: BoreasJson.Options), Answer + TimeSpan.FromSeconds(request.WaitSeconds), cancellation);

    public async Task<HeartbeatResponse> HeartbeatAsync(ClaimedJob job, CancellationToken cancellation) =>
        await PostAsync<HeartbeatResponse>(job, "heartbeat", new HeartbeatRequest(job.Lease, job.Epoch), cancellation)
            ?? throw new ControlPlaneException("The control plane answered a heartbeat with nothing.");

    public Task SendLogsAsync(ClaimedJob job, long first, IReadOnlyList<LogLine> lines, CancellationToken cancellation) =>
        PostAsync<object>(job, "logs", new LogsRequest(job.Lease, job.Epoch, first, lines), cancellation);

    /// <summary>The next job when the report asked for one and one was ready.</summary>
    public Task<ClaimedJob?> ReportAsync(ClaimedJob job, ReportRequest report, CancellationToken cancellation) =>
        PostAsync<ClaimedJob>(job, "report", report, cancellation);

    public async Task<RouteChange> RouteAsync(ClaimedJob job, RouteRequest request, CancellationToken cancellation) =>
        await PostAsync<RouteChange>(job, "routes", request, cancellation) ?? throw new ControlPlaneException("The control plane answered a change of routes with nothing.");

    public async Task<RouteStatus> RouteStatusAsync(ClaimedJob job, long version, int waitSeconds, CancellationToken cancellation) =>
        await ReadAsync<RouteStatus>(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"{PathOf(job)}/routes/{version}?waitSeconds={waitSeconds}"), job, null, Answer + TimeSpan.FromSeconds(waitSeconds), cancellation)
            ?? throw new ControlPlaneException("The control plane answered a question about routes with nothing.");

    public async Task<TrafficReport> TrafficAsync(ClaimedJob job, CancellationToken cancellation) =>
        await ReadAsync<TrafficReport>(HttpMethod.Get, PathOf(job) + "/traffic", job, null, Answer, cancellation) ?? throw new ControlPlaneException("The control plane answered a question about traffic with nothing.");

    public Uri ArtifactUrl(string digest) => new(_http.BaseAddress!, "artifacts/" + digest);

    public async Task<bool> HasArtifactAsync(string digest, CancellationToken cancellation)
    {
        using var response = await SendAsync(HttpMethod.Head, "artifacts/" + digest, null, null, Answer, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Null when the store does not have it.</summary>
    public async Task<HttpResponseMessage?> GetArtifactAsync(string digest, CancellationToken cancellation)
    {
        var response = await SendAsync(HttpMethod.Get, "artifacts/" + digest, null, null, TimeSpan.FromMinutes(10), HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.StatusCode == HttpStatusCode.OK) return response;
        using (response)
        {
            if (response.StatusCode == HttpStatusCode.NotFound) return null;
            throw await FailureAsync(response, cancellation);
        }
    }

    public async Task PutArtifactAsync(ClaimedJob job, string digest, Stream content, long length, CancellationToken cancellation)
    {
        using var body = new StreamContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/gzip"), ContentLength = length } };
        using var response = await SendAsync(HttpMethod.Put, PathOf(job) + "/artifacts/" + digest, job, body, TimeSpan.FromMinutes(10), HttpCompletionOption.ResponseContentRead, cancellation);
        if (!response.IsSuccessStatusCode) throw await FailureAsync(response, cancellation);
    }

    public void Dispose() => _http.Dispose();

    private static string PathOf(ClaimedJob job) => "deploy/jobs/" + Uri.EscapeDataString(job.JobId);

    private Task<T?> PostAsync<T>(ClaimedJob job, string what, object body, CancellationToken cancellation)
        where T : class =>
        ReadAsync<T>(HttpMethod.Post, PathOf(job) + "/" + what, job, JsonContent.Create(body, body.GetType(), options: BoreasJson.Options), Answer, cancellation);

    private async Task<T?> ReadAsync<T>(HttpMethod method, string path, ClaimedJob? job, HttpContent? body, TimeSpan timeout, CancellationToken cancellation)
        where T : class
    {
        using var response = await SendAsync(method, path, job, body, timeout, HttpCompletionOption.ResponseContentRead, cancellation);
        if (!response.IsSuccessStatusCode) throw await FailureAsync(response, cancellation);
        if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentLength == 0) return null;
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(BoreasJson.Options, cancellation);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or HttpRequestException)
        {
            throw new ControlPlaneException($"The answer to {path} could not be read: {e.Message}", refused: false, e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, ClaimedJob? job, HttpContent? body, TimeSpan timeout, HttpCompletionOption completion, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _options.Token());
        if (job is not null)
        {
            request.Headers.Add("X-Boreas-Lease", job.Lease);
            request.Headers.Add("X-Boreas-Epoch", job.Epoch.ToString(CultureInfo.InvariantCulture));
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            return await _http.SendAsync(request, completion, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ControlPlaneException($"The control plane did not answer within {timeout.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ControlPlaneException(e.Message, refused: false, e);
        }
    }

    private static async Task<Exception> FailureAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        // A job that is not known any more has nobody who waits for it, like one that another runner has.
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (response.StatusCode == HttpStatusCode.Conflict && text.Contains(ProblemCodes.StaleLease, StringComparison.Ordinal)) return new StaleLeaseException();
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone && response.RequestMessage?.Method == HttpMethod.Post) return new StaleLeaseException();
        var refused = (int)response.StatusCode is >= 400 and < 500 and not (401 or 403 or 408 or 429);
        return new ControlPlaneException($"The control plane answered {(int)response.StatusCode}: {text[..Math.Min(text.Length, 300)]}", refused);
    }
}
