using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Problems;
using Boreas.Engine.Runs;

namespace Boreas.Scenarios.World;

/// <summary>The server refused a call; the problem says why.</summary>
internal sealed class ApiException(HttpStatusCode status, string body, Problem? problem) : Exception($"{(int)status}: {body}")
{
    public HttpStatusCode Status => status;

    public Problem? Problem => problem;
}

/// <summary>The HTTP API as a program of a user would call it.</summary>
internal sealed class Api : IDisposable
{
    private readonly HttpClient _http;

    public Api(Uri server, string token)
    {
        _http = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromSeconds(20) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Task<T> GetAsync<T>(string path) => SendAsync<T>(HttpMethod.Get, path, null);

    public Task<T> PostAsync<T>(string path, object? body = null) => SendAsync<T>(HttpMethod.Post, path, body ?? new { });

    public async Task<T> SendAsync<T>(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: BoreasJson.Options);
        using var response = await _http.SendAsync(request);
        if (!response.IsSuccessStatusCode) throw await RefusedAsync(response);
        if (response.StatusCode == HttpStatusCode.NoContent) return default!;
        return (await response.Content.ReadFromJsonAsync<T>(BoreasJson.Options))!;
    }

    /// <summary>The problem with which the call is refused; fails when it is not.</summary>
    public async Task<Problem> RefusalAsync(HttpMethod method, string path, object body)
    {
        var refusal = await Assert.ThrowsAsync<ApiException>(() => SendAsync<object>(method, path, body));
        return Assert.IsType<Problem>(refusal.Problem);
    }

    public async Task<IReadOnlyList<Deployment>> DeploymentsAsync(string app) =>
        (await GetAsync<Page<Deployment>>($"/api/v1/deployments?app={app}&limit=200")).Items;

    public Task<Deployment> DeploymentAsync(string id) => GetAsync<Deployment>($"/api/v1/deployments/{id}");

    /// <summary>The deployment when nothing of it moves by itself any more.</summary>
    public Task<Deployment> WhenEndedAsync(string id, int seconds = 60) =>
        WhenAsync(id, "has ended", d => d.Status is RunStatus.Success or RunStatus.Failed or RunStatus.RolledBack or RunStatus.Cancelled, seconds);

    public async Task<Deployment> WhenAsync(string id, string what, Func<Deployment, bool> condition, int seconds = 60)
    {
        Deployment? seen = null;
        return await Eventually.GetAsync($"deployment {id} {what}", async () =>
        {
            seen = await DeploymentAsync(id);
            return condition(seen) ? seen : null;
        }, seconds, () => seen is null ? "" : Describe(seen));
    }

    public static string Describe(Deployment d) =>
        $"{d.Id} {d.Status} {d.ErrorMessage} {d.WaitingFor}\n" + string.Join('\n', d.Tasks.Select(t => $"  {t.Id} {t.Status} attempt {t.Attempt} {t.Failure?.Code} {t.Failure?.Message} {t.WaitingFor}"));

    public void Dispose() => _http.Dispose();

    private static async Task<ApiException> RefusedAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        var problem = response.Content.Headers.ContentType?.MediaType == Problem.MediaType ? System.Text.Json.JsonSerializer.Deserialize<Problem>(body, BoreasJson.Options) : null;
        return new ApiException(response.StatusCode, body, problem);
    }
}
