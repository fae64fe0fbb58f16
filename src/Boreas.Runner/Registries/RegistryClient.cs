using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Boreas.Contracts.Http;

namespace Boreas.Runner.Registries;

/// <summary>How a registry answered a question.</summary>
/// <param name="Status">Null when no HTTP answer came.</param>
/// <param name="Error">Why none came.</param>
/// <param name="AskedForLogin">The registry, or its token service, wants to know who asks.</param>
/// <param name="Body">Of an answer to GET; null after a failure.</param>
/// <param name="Next">Path of the page after this one.</param>
internal sealed record RegistryAnswer(HttpStatusCode? Status, string? Digest = null, HttpRequestError? Error = null, string? Message = null, bool AskedForLogin = false, byte[]? Body = null, string? MediaType = null, string? Next = null)
{
    public bool Succeeded => Status is >= HttpStatusCode.OK and < HttpStatusCode.Ambiguous;
}

/// <param name="Scope">What a token is asked for, where the registry has a token service.</param>
internal sealed record RegistryQuestion(HttpMethod Method, string Path, string? Scope, byte[]? Body = null, string? MediaType = null);

/// <summary>
/// The few calls of the OCI distribution API that a runner needs, with both ways to log in: Basic, and Bearer by a token
/// service. Plain HTTP only where it was declared.
/// </summary>
internal sealed class RegistryClient : IDisposable
{
    private static readonly string[] ManifestTypes =
    [
        "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.docker.distribution.manifest.v2+json",
    ];

    private readonly string _host;
    private readonly bool _plainHttp;
    private readonly RegistryLogin? _login;
    private readonly HttpClient _http;
    private readonly Dictionary<string, AuthenticationHeaderValue> _authorizations = new(StringComparer.Ordinal);

    public RegistryClient(string host, bool plainHttp, RegistryLogin? login)
    {
        (_host, _plainHttp, _login) = (host == ImageAddress.DockerHub ? "registry-1.docker.io" : host, plainHttp, login);
        var local = Uri.TryCreate("http://" + host, UriKind.Absolute, out var uri) && uri.IsLoopback;
        _http = new HttpClient(new OutboundHandler(useProxy: !local)) { Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>The digest of the manifest that <paramref name="image"/> names.</summary>
    public async Task<RegistryAnswer> DigestAsync(ImageAddress image, CancellationToken cancellation)
    {
        var path = $"/v2/{image.Repository}/manifests/{image.Manifest}";
        var scope = $"repository:{image.Repository}:pull";
        var head = await AskAsync(HttpMethod.Head, path, scope, cancellation);
        return head is { Status: HttpStatusCode.OK, Digest: null } or { Status: HttpStatusCode.MethodNotAllowed } ? await AskAsync(HttpMethod.Get, path, scope, cancellation) : head;
    }

    /// <summary>Whether the login counts at all, or for <paramref name="scope"/> when the registry has a token service.</summary>
    public Task<RegistryAnswer> PingAsync(string? scope, CancellationToken cancellation) => AskAsync(HttpMethod.Get, "/v2/", scope, cancellation);

    /// <summary>Begins an upload, and gives it up at once: the one way to learn whether we may push.</summary>
    public async Task<RegistryAnswer> TryPushAsync(string repository, CancellationToken cancellation) =>
        await AskAsync(HttpMethod.Post, $"/v2/{repository}/blobs/uploads/", $"repository:{repository}:pull,push", cancellation);

    public void Dispose() => _http.Dispose();

    private Task<RegistryAnswer> AskAsync(HttpMethod method, string path, string? scope, CancellationToken cancellation) => AskAsync(new RegistryQuestion(method, path, scope), cancellation);

    /// <summary>Asks, and logs in when asked to; the login is used again for the same scope.</summary>
    public async Task<RegistryAnswer> AskAsync(RegistryQuestion question, CancellationToken cancellation)
    {
        try
        {
            var known = _authorizations.GetValueOrDefault(question.Scope ?? "");
            using var first = await SendAsync(question, known, cancellation);
            if (first.StatusCode != HttpStatusCode.Unauthorized) return await ReadAsync(question.Method, first, cancellation) with { AskedForLogin = known is not null };
            var challenge = first.Headers.WwwAuthenticate.FirstOrDefault();
            var (authorization, refused) = await AuthorizeAsync(challenge, question.Scope, cancellation);
            if (authorization is null) return refused ?? new RegistryAnswer(first.StatusCode, AskedForLogin: true);
            using var second = await SendAsync(question, authorization, cancellation);
            if (second.StatusCode != HttpStatusCode.Unauthorized) _authorizations[question.Scope ?? ""] = authorization;
            return await ReadAsync(question.Method, second, cancellation) with { AskedForLogin = true };
        }
        catch (HttpRequestException e)
        {
            return new RegistryAnswer(null, Error: e.HttpRequestError, Message: e.InnerException?.Message ?? e.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new RegistryAnswer(null, Error: HttpRequestError.ConnectionError, Message: "it did not answer within 30 s");
        }
    }

    private async Task<(AuthenticationHeaderValue? Header, RegistryAnswer? Refused)> AuthorizeAsync(AuthenticationHeaderValue? challenge, string? scope, CancellationToken cancellation)
    {
        if (challenge is null || challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            return (_login is null ? null : new AuthenticationHeaderValue("Basic", _login.Basic), null);
        var values = Parameters(challenge.Parameter ?? "");
        if (!challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || !Uri.TryCreate(values.GetValueOrDefault("realm"), UriKind.Absolute, out var realm)) return (null, null);
        if (realm.Scheme != "https" && !(_plainHttp && realm.Scheme == "http")) return (null, null);

        var query = new List<string>();
        if (values.TryGetValue("service", out var service)) query.Add("service=" + Uri.EscapeDataString(service));
        if ((scope ?? values.GetValueOrDefault("scope")) is { } wanted) query.Add("scope=" + Uri.EscapeDataString(wanted));
        var url = new UriBuilder(realm);
        url.Query = string.Join('&', ((string[])[url.Query.TrimStart('?'), .. query]).Where(part => part.Length > 0));
        using var request = new HttpRequestMessage(HttpMethod.Get, url.Uri);
        if (_login is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Basic", _login.Basic);
        using var response = await _http.SendAsync(request, cancellation);
        if (!response.IsSuccessStatusCode) return (null, new RegistryAnswer(response.StatusCode, AskedForLogin: true));
        using var body = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation);
        var token = ((string[])["token", "access_token"]).Select(name => body.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null).FirstOrDefault(value => value is not null);
        return (token is null ? null : new AuthenticationHeaderValue("Bearer", token), null);
    }

    private Task<HttpResponseMessage> SendAsync(RegistryQuestion question, AuthenticationHeaderValue? authorization, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(question.Method, $"{(_plainHttp ? "http" : "https")}://{_host}{question.Path}");
        if (question.Body is not null) request.Content = new ByteArrayContent(question.Body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(question.MediaType!) } };
        foreach (var type in ManifestTypes) request.Headers.Accept.ParseAdd(type);
        request.Headers.Authorization = authorization;
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    private static async Task<RegistryAnswer> ReadAsync(HttpMethod method, HttpResponseMessage response, CancellationToken cancellation)
    {
        var digest = response.Headers.TryGetValues("Docker-Content-Digest", out var values) ? values.FirstOrDefault() : null;
        var body = response.IsSuccessStatusCode && method == HttpMethod.Get ? await response.Content.ReadAsByteArrayAsync(cancellation) : null;
        if (digest is null && body is not null) digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(body));
        return new RegistryAnswer(response.StatusCode, digest, Body: body, MediaType: response.Content.Headers.ContentType?.MediaType, Next: NextPage(response));
    }

    /// <summary><c>Link: &lt;/v2/…/tags/list?last=b&amp;n=2&gt;; rel="next"</c>, as a path at this registry: the login goes nowhere else.</summary>
    private static string? NextPage(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Link", out var links)) return null;
        var next = System.Text.RegularExpressions.Regex.Match(string.Join(',', links), "<([^>]*)>;\\s*rel=\"?next\"?");
        return next.Success && Uri.TryCreate(response.RequestMessage!.RequestUri, next.Groups[1].Value, out var page) ? page.PathAndQuery : null;
    }

    /// <summary><c>realm="…",service="…"</c>; commas may stand inside the quotes.</summary>
    private static Dictionary<string, string> Parameters(string text)
    {
        var result = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(text, "([a-zA-Z_]+)=(?:\"([^\"]*)\"|([^,\\s]*))"))
            result[match.Groups[1].Value] = match.Groups[2].Success ? match.Groups[2].Value : match.Groups[3].Value;
        return result;
    }
}
