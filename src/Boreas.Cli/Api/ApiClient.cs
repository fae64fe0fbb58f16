using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Boreas.Cli.Output;
using Boreas.Contracts;
using Boreas.Contracts.Http;

namespace Boreas.Cli.Api;

/// <summary>
/// Calls one server. Every failure leaves as a <see cref="CommandFailure"/> that says what to do. Redirects are not
/// followed, so that the token goes to the server that was named and nowhere else.
/// </summary>
internal sealed class ApiClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HttpClient http;
    private readonly string? token;

    public ApiClient(Uri server, string? token, bool cookies = false)
    {
        Server = server;
        this.token = token;
        http = new HttpClient(new OutboundHandler(useCookies: cookies)) { BaseAddress = new Uri(server.AbsoluteUri.TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = Bearer;
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("boreas-cli", typeof(ApiClient).Assembly.GetName().Version?.ToString(3)));
    }

    public Uri Server { get; }

    /// <summary>Set after a login by cookie; goes with every change.</summary>
    public string? AntiForgery { get; set; }

    private AuthenticationHeaderValue? Bearer => token is null ? null : new AuthenticationHeaderValue("Bearer", token);

    public Task<Answer> GetAsync(string path, CancellationToken cancel) => SendAsync(HttpMethod.Get, path, null, cancel);

    public Task<Answer> PostAsync(string path, object? body, CancellationToken cancel) => SendAsync(HttpMethod.Post, path, body, cancel);

    public Task<Answer> PutAsync(string path, object body, CancellationToken cancel) => SendAsync(HttpMethod.Put, path, body, cancel);

    public Task<Answer> PatchAsync(string path, object body, CancellationToken cancel) => SendAsync(HttpMethod.Patch, path, body, cancel);

    public Task<Answer> DeleteAsync(string path, CancellationToken cancel) => SendAsync(HttpMethod.Delete, path, null, cancel);

    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancel, string? idempotencyKey = null, string? ifMatch = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            using var request = Request(method, path, body);
            if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
            if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
            using var response = await http.SendAsync(request, limit.Token);
            var text = await response.Content.ReadAsStringAsync(limit.Token);
            return response.IsSuccessStatusCode ? new Answer((int)response.StatusCode, text, response.Headers.ETag?.ToString()) : throw ApiProblem.From(Server, response, text);
        }
        catch (HttpRequestException unreachable)
        {
            throw ApiProblem.Unreachable(Server, unreachable);
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            throw new CommandFailure(ExitCode.Unreachable, $"{Server} took the request and did not answer within {Patience.TotalSeconds:0} s.", "Try again; look at the server's log.", late);
        }
    }

    /// <summary>Lines of an answer that goes on for as long as there is something to say.</summary>
    public async IAsyncEnumerable<string> LinesAsync(string path, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var request = Request(HttpMethod.Get, path, null);
        using var response = await Guarded(http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel));
        if (!response.IsSuccessStatusCode) throw ApiProblem.From(Server, response, await response.Content.ReadAsStringAsync(cancel));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        while (await Guarded(reader.ReadLineAsync(cancel).AsTask()) is { } line)
        {
            if (line.Length > 0) yield return line;
        }
    }

    /// <summary>Opens a WebSocket; null when this server (or a proxy before it) does not offer one there.</summary>
    public async Task<ClientWebSocket?> OpenAsync(string path, CancellationToken cancel)
    {
        var address = new UriBuilder(new Uri(http.BaseAddress!, path)) { Scheme = Server.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri;
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(15);
        if (Bearer is not null) socket.Options.SetRequestHeader("Authorization", Bearer.ToString());
        try
        {
            await socket.ConnectAsync(address, cancel);
            return socket;
        }
        catch (WebSocketException refused)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) throw ApiProblem.NotAllowed(Server, status, refused);
            if (status is 0 or >= HttpStatusCode.InternalServerError) throw ApiProblem.Unreachable(Server, refused);
            return null;
        }
    }

    public void Dispose() => http.Dispose();

    private HttpRequestMessage Request(HttpMethod method, string path, object? body)
    {
        var request = new HttpRequestMessage(method, path);
        if (AntiForgery is not null && method != HttpMethod.Get)
        {
            request.Headers.Add("X-Boreas-Csrf", AntiForgery);
            request.Headers.Add("Origin", Server.GetLeftPart(UriPartial.Authority));
        }

        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), null, BoreasJson.Options);
        return request;
    }

    private async Task<T> Guarded<T>(Task<T> work)
    {
        try
        {
            return await work;
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException)
        {
            throw ApiProblem.Unreachable(Server, lost);
        }
    }
}
