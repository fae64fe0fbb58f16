using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Http;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Instances;

/// <summary>The agents' API, called with the ticket that the job carries for each instance.</summary>
internal sealed class AgentClient(TimeProvider time) : IDisposable
{
    // An agent that is being restarted is back within seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http = new(new OutboundHandler(useProxy: false, connectTimeout: TimeSpan.FromSeconds(3))) { Timeout = TimeSpan.FromSeconds(30) };

    public async Task<InstanceStatus> StartAsync(InstanceTarget target, StartInstanceRequest request, CancellationToken cancellation) =>
        await CallAsync(HttpMethod.Post, "deploy", target, request, cancellation)
            ?? throw JobFailedException.Errored(ProblemCodes.NodeUnreachable, $"The node {target.Node} answered the start of {target.InstanceId} with nothing.");

    /// <summary>Null when the agent does not know the instance.</summary>
    public Task<InstanceStatus?> StatusAsync(InstanceTarget target, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Get, Uri.EscapeDataString(target.InstanceId), target, null, cancellation);

    /// <summary>What the agent says at once; null when it says nothing of the instance within a moment.</summary>
    public async Task<InstanceStatus?> GlanceAsync(InstanceTarget target, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Moment);
        try
        {
            return await StatusAsync(target, limit.Token);
        }
        catch (Exception e) when (e is JobFailedException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    public Task StopAsync(InstanceTarget target, string reason, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Post, Uri.EscapeDataString(target.InstanceId) + "/stop", target, new StopInstanceRequest(Reason: reason), cancellation);

    public void Dispose() => _http.Dispose();

    private async Task<InstanceStatus?> CallAsync(HttpMethod method, string path, InstanceTarget target, object? body, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(target.AgentUrl.TrimEnd('/') + "/agent/apps/" + path, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw JobFailedException.Invalid($"The address of the node {target.Node}", "is not an http or https URL");
        var began = time.GetTimestamp();
        var backoff = new Backoff(time);
        while (true)
        {
            string why;
            try
            {
                using var request = new HttpRequestMessage(method, url);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", target.Ticket);
                if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: BoreasJson.Options);
                using var response = await _http.SendAsync(request, cancellation);
                if (response.StatusCode == HttpStatusCode.NotFound) return null;
                if (response.IsSuccessStatusCode)
                    return response.StatusCode == HttpStatusCode.NoContent ? null : await response.Content.ReadFromJsonAsync<InstanceStatus>(BoreasJson.Options, cancellation);
                var text = await response.Content.ReadAsStringAsync(cancellation);
                if ((int)response.StatusCode is >= 400 and < 500 and not 429) throw Refused(target, response.StatusCode, text);
                why = $"it answered {(int)response.StatusCode}";
            }
            catch (Exception e) when (e is HttpRequestException or JsonException)
            {
                why = e.Message;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                why = "it did not answer in time";
            }

            if (time.GetElapsedTime(began) > Patience)
                throw JobFailedException.Errored(ProblemCodes.NodeUnreachable, $"The agent of node {target.Node} ({target.AgentUrl}) cannot be reached: {why}", "Check that the agent runs, and that the runner's machine reaches this address.");
            await backoff.WaitAsync(cancellation);
        }
    }

    private static JobFailedException Refused(InstanceTarget target, HttpStatusCode status, string text)
    {
        Problem? problem = null;
        try
        {
            problem = JsonSerializer.Deserialize<Problem>(text, BoreasJson.Options);
        }
        catch (JsonException)
        {
            // Not a problem document; the status says what there is to say.
        }

        var denied = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
        return JobFailedException.Failed(problem?.Code ?? ProblemCodes.NodeUnreachable, $"The agent of node {target.Node} refused: {problem?.Detail ?? problem?.Title ?? ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture)}",
            problem?.Advice ?? (denied ? "The ticket has expired or the clocks of control plane and node differ; deploy again." : null));
    }
}
