using System.Net.Sockets;
using System.Text;

namespace Boreas.Gateway.Tests.Support;

/// <summary>Requests that no HTTP client would send.</summary>
internal static class RawHttp
{
    /// <summary>Sends a GET with exactly this request target and returns the whole answer.</summary>
    public static async Task<string> GetAsync(Uri server, string target, params string[] headers)
    {
        if (!headers.Any(header => header.StartsWith("Connection:", StringComparison.Ordinal))) headers = ["Connection: close", .. headers];
        var text = $"GET {target} HTTP/1.1\r\nHost: {server.Authority}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n";
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, deadline.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), deadline.Token);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(deadline.Token);
    }
}
