using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Boreas.Runner.Tests.World;

/// <summary>Pushes small images over a registry's API, and looks at what is there, without the client under test.</summary>
internal sealed class Pusher(string host, string repository) : IDisposable
{
    private const string ImageType = "application/vnd.oci.image.manifest.v1+json";
    private const string IndexType = "application/vnd.oci.image.index.v1+json";
    private const string ConfigType = "application/vnd.oci.image.config.v1+json";
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://{host}"), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("robot:" + TestRegistry.Password))) } };

    public string Repository => $"{host}/{repository}";

    /// <summary>The same content is the same image.</summary>
    /// <returns>Its digest.</returns>
    public async Task<string> PushAsync(string tag, string content)
    {
        var (config, size) = await UploadAsync($$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"author":"{{content}}"}""");
        return await PutAsync(tag, ImageType, $$"""{"schemaVersion":2,"mediaType":"{{ImageType}}","config":{"mediaType":"{{ConfigType}}","digest":"{{config}}","size":{{size}}},"layers":[]}""");
    }

    /// <summary>An index of one image, as builds for several platforms make it.</summary>
    public async Task<string> PushIndexAsync(string tag, string part)
    {
        var manifest = await _http.SendAsync(Asking(HttpMethod.Get, part));
        var size = (await manifest.Content.ReadAsByteArrayAsync()).Length;
        return await PutAsync(tag, IndexType, $$$"""{"schemaVersion":2,"mediaType":"{{{IndexType}}}","manifests":[{"mediaType":"{{{ImageType}}}","digest":"{{{part}}}","size":{{{size}}},"platform":{"architecture":"amd64","os":"linux"}}]}""");
    }

    public async Task<IReadOnlyList<string>> TagsAsync()
    {
        using var answer = await _http.GetAsync(new Uri($"/v2/{repository}/tags/list", UriKind.Relative));
        if (answer.StatusCode == HttpStatusCode.NotFound) return [];
        using var json = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("tags").ValueKind == JsonValueKind.Null ? [] : [.. json.RootElement.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!).Order(StringComparer.Ordinal)];
    }

    /// <summary>What a tag names, or whether a digest is there; null when it is not.</summary>
    public async Task<string?> DigestAsync(string reference)
    {
        using var answer = await _http.SendAsync(Asking(HttpMethod.Head, reference));
        return answer.StatusCode == HttpStatusCode.NotFound ? null : answer.EnsureSuccessStatusCode().Headers.GetValues("Docker-Content-Digest").Single();
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Asking(HttpMethod method, string reference) =>
        new(method, $"/v2/{repository}/manifests/{reference}") { Headers = { Accept = { new MediaTypeWithQualityHeaderValue(ImageType), new MediaTypeWithQualityHeaderValue(IndexType) } } };

    private async Task<(string Digest, int Size)> UploadAsync(string blob)
    {
        var bytes = Encoding.UTF8.GetBytes(blob);
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
        using var begun = (await _http.PostAsync(new Uri($"/v2/{repository}/blobs/uploads/", UriKind.Relative), null)).EnsureSuccessStatusCode();
        var place = begun.Headers.Location!.ToString();
        using var content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        (await _http.PutAsync(new Uri($"{place}{(place.Contains('?', StringComparison.Ordinal) ? '&' : '?')}digest={digest}", UriKind.RelativeOrAbsolute), content)).EnsureSuccessStatusCode().Dispose();
        return (digest, bytes.Length);
    }

    private async Task<string> PutAsync(string tag, string type, string manifest)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(manifest)) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        using var answer = (await _http.PutAsync(new Uri($"/v2/{repository}/manifests/{tag}", UriKind.Relative), content)).EnsureSuccessStatusCode();
        return answer.Headers.GetValues("Docker-Content-Digest").Single();
    }
}
