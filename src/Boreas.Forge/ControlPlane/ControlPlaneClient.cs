using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Http;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Pushes;

namespace Boreas.Forge.ControlPlane;

/// <summary>
/// What the forge asks the control plane. Each call has ten seconds; one that did not come through is an
/// <see cref="AwayException"/>, one that was refused a <see cref="RefusedException"/>.
/// </summary>
internal sealed class ControlPlaneClient(ForgeOptions options) : IDisposable
{
    private const int MaxAnswerBytes = 32 * 1024 * 1024;

    private readonly HttpClient _http = new(new OutboundHandler(useProxy: !options.ControlPlane.IsLoopback)) // The machine's proxy cannot know what listens on this machine.
    {
        BaseAddress = new Uri(options.ControlPlane.AbsoluteUri.TrimEnd('/') + "/"),
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    /// <summary>Who holds <paramref name="clientToken"/>, and whether they may read or write <paramref name="repository"/>.</summary>
    public Task<ForgeAccess> AccessAsync(string clientToken, string repository, bool write, CancellationToken cancel)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"forge/access?repository={Uri.EscapeDataString(repository)}&write={(write ? "true" : "false")}");
        request.Headers.TryAddWithoutValidation("X-Boreas-Forge", OwnToken());
        return SendAsync<ForgeAccess>(request, clientToken, cancel);
    }

    public Task<PushResult> NotifyAsync(PushNotice notice, CancellationToken cancel)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "forge/pushes") { Content = JsonContent.Create(notice, options: BoreasJson.Options) };
        return SendAsync<PushResult>(request, OwnToken(), cancel);
    }

    public Task<Deployment> DeploymentAsync(string clientToken, string id, CancellationToken cancel) =>
        SendAsync<Deployment>(new HttpRequestMessage(HttpMethod.Get, $"api/v1/deployments/{Uri.EscapeDataString(id)}"), clientToken, cancel);

    /// <param name="after">Number of the last line that is known; null: from the first one.</param>
    public Task<TaskLogs> LogsAsync(string clientToken, string deployment, string task, long? after, CancellationToken cancel)
    {
        var query = after is { } line ? "?after=" + line.ToString(CultureInfo.InvariantCulture) : "";
        return SendAsync<TaskLogs>(
            new HttpRequestMessage(HttpMethod.Get, $"api/v1/deployments/{Uri.EscapeDataString(deployment)}/tasks/{Uri.EscapeDataString(task)}/logs{query}"),
            clientToken,
            cancel);
    }

    public void Dispose() => _http.Dispose();

    private string OwnToken() => options.Token() is { Length: > 0 } token ? token : throw new AwayException("The forge has no token yet.");

    private async Task<T> SendAsync<T>(HttpRequestMessage request, string token, CancellationToken cancel)
    {
        using var _ = request;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.UserAgent.ParseAdd("boreas-forge");
        try
        {
            using var response = await _http.SendAsync(request, cancel);
            if (response.IsSuccessStatusCode)
                return await response.Content.ReadFromJsonAsync<T>(BoreasJson.Options, cancel) ?? throw new JsonException("An empty answer came.");
            if ((int)response.StatusCode is >= 500 or 408 or 429) throw new AwayException($"The control plane answered {(int)response.StatusCode}.");
            throw new RefusedException(response.StatusCode, await ProblemAsync(response, cancel));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            throw new AwayException(e is JsonException ? "The control plane gave an answer that cannot be read: " + e.Message : e.Message, e);
        }
    }

    private static async Task<Problem?> ProblemAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.Content.Headers.ContentType?.MediaType != Problem.MediaType) return null;
        try
        {
            return await response.Content.ReadFromJsonAsync<Problem>(BoreasJson.Options, cancel);
        }
        catch (JsonException)
        {
            return null; // The status says enough.
        }
    }
}

/// <summary>The control plane cannot be reached or is not itself: to be tried again.</summary>
internal sealed class AwayException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The control plane said no: trying again gives the same.</summary>
internal sealed class RefusedException(HttpStatusCode status, Problem? problem)
    : Exception(problem?.Detail ?? problem?.Title ?? $"The control plane answered {(int)status}.")
{
    public HttpStatusCode Status => status;

    public string? Code => problem?.Code;
}
