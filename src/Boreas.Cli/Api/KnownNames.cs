using System.Net.Http.Headers;
using System.Text.Json;
using Boreas.Cli.Configuration;
using Boreas.Cli.Output;
using Boreas.Contracts.Http;

namespace Boreas.Cli.Api;

/// <summary>
/// Ids for the shell's completion. The shell waits while a person types, and completion sources cannot be awaited: one
/// synchronous call, at most two seconds, and no names at all when anything is in the way.
/// </summary>
internal static class KnownNames
{
    public static IReadOnlyList<string> Of(Terminal terminal, string? server, string noun)
    {
        try
        {
            var connection = Connection.FindSaved(terminal, server);
            using var http = new HttpClient(new OutboundHandler()) { Timeout = TimeSpan.FromSeconds(2) };
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(connection.Server.AbsoluteUri.TrimEnd('/') + "/" + ApiPath.Of(noun)));
            if (connection.Token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", connection.Token);
            using var response = http.Send(request);
            if (!response.IsSuccessStatusCode) return [];
            using var body = response.Content.ReadAsStream();
            using var page = JsonDocument.Parse(body);
            return [.. page.RootElement.GetProperty("items").EnumerateArray().Select(item => Terminal.Clean((item.TryGetProperty("id", out var id) ? id : item.GetProperty("name")).GetString() ?? ""))];
        }
        catch (Exception unknown) when (unknown is HttpRequestException or OperationCanceledException or JsonException or KeyNotFoundException or InvalidOperationException or IOException or CommandFailure)
        {
            return [];
        }
    }
}
