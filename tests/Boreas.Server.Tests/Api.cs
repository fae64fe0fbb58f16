using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Problems;

namespace Boreas.Server.Tests;

/// <summary>A caller of the API: sends, checks the status, gives the JSON.</summary>
internal sealed class Api(HttpClient client)
{
    public HttpClient Client => client;

    /// <summary>Sends what our own pages send with a session's cookie.</summary>
    public void Session(Uri origin, string antiForgery)
    {
        client.DefaultRequestHeaders.Remove("Origin");
        client.DefaultRequestHeaders.Remove("X-Boreas-Csrf");
        client.DefaultRequestHeaders.Add("Origin", origin.GetLeftPart(UriPartial.Authority));
        client.DefaultRequestHeaders.Add("X-Boreas-Csrf", antiForgery);
    }

    public Task<JsonElement> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK) => SendAsync(HttpMethod.Get, path, null, expected);

    public Task<JsonElement> PostAsync(string path, object? body, HttpStatusCode expected) => SendAsync(HttpMethod.Post, path, body, expected);

    public Task<JsonElement> PutAsync(string path, object? body, HttpStatusCode expected) => SendAsync(HttpMethod.Put, path, body, expected);

    public Task<JsonElement> PatchAsync(string path, object? body, HttpStatusCode expected) => SendAsync(HttpMethod.Patch, path, body, expected);

    public Task<JsonElement> DeleteAsync(string path, HttpStatusCode expected = HttpStatusCode.NoContent) => SendAsync(HttpMethod.Delete, path, null, expected);

    /// <summary>Sends and gives the whole answer; for headers and odd bodies.</summary>
    public async Task<HttpResponseMessage> RawAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request);
    }

    public static JsonContent Json(object body) => JsonContent.Create(body, options: BoreasJson.Options);

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, HttpStatusCode expected)
    {
        using var response = await RawAsync(method, path, body is null ? null : Json(body));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{method} {path}: {(int)response.StatusCode} instead of {(int)expected}: {text}");
        if ((int)response.StatusCode >= 400) Assert.Equal(Problem.MediaType, response.Content.Headers.ContentType?.MediaType);
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }
}

internal static class JsonElements
{
    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static IEnumerable<JsonElement> Items(this JsonElement page) => page.GetProperty("items").EnumerateArray();

    public static IEnumerable<string> RefusedFields(this JsonElement problem) => problem.GetProperty("errors").EnumerateArray().Select(e => e.Text("field"));
}
