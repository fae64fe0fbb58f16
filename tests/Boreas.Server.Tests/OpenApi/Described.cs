using System.Text.Json;

namespace Boreas.Server.Tests.OpenApi;

/// <summary>A caller that holds every request and answer against the document.</summary>
internal sealed class Described(JsonElement document, Api caller)
{
    public static async Task<Described> ByAsync(ApiServer api, Api caller) => new(await api.As(null).GetAsync("/openapi/v1.json"), caller);

    /// <summary>The answer; each line of JSON lines is checked, and the last one given.</summary>
    public async Task<JsonElement> FitsAsync(string method, string address, object? body = null)
    {
        var operation = Find(method, address.Split('?')[0]);
        using var answer = await caller.RawAsync(HttpMethod.Parse(method), address, body is null ? null : Api.Json(body));
        var (status, text) = ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
        var response = operation.GetProperty("responses").TryGetProperty(status.ToString(null, null), out var declared) ? declared
            : status >= 400 ? SchemaCheck.Resolve(document, "#/components/responses/Problem")
            : throw new InvalidOperationException($"{method} {address} answers {status}, which is not declared: {text}");
        if (!response.TryGetProperty("content", out var contents))
        {
            Assert.Empty(text);
            return default;
        }

        var mediaType = answer.Content.Headers.ContentType!.MediaType!;
        var schema = contents.GetProperty(mediaType).GetProperty("schema");
        if (mediaType == "text/plain") return default;
        var values = (mediaType == "application/x-ndjson" ? text.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [text]).Select(t => JsonDocument.Parse(t).RootElement).ToList();
        Assert.NotEmpty(values);
        var problems = values.SelectMany(value => SchemaCheck.Problems(document, schema, value)).ToList();
        Assert.True(problems.Count == 0, $"{method} {address}: {string.Join("; ", problems)}");
        return values[^1];
    }

    private JsonElement Find(string method, string path) =>
        document.GetProperty("paths").EnumerateObject().First(p => Covers(p.Name.Split('/'), path.Split('/'))).Value.GetProperty(method);

    private static bool Covers(string[] template, string[] path) =>
        template.Length == path.Length && template.Zip(path).All(pair => pair.First == pair.Second || pair.First.StartsWith('{'));
}
