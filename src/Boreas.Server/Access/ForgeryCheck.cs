using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Boreas.Server.Access;

/// <summary>
/// Whether a request that a cookie authenticates was made by our own pages. A browser sends the cookie with whatever
/// any page makes it send; it does not let that page set our header, nor lie about its origin.
/// </summary>
internal static class ForgeryCheck
{
    public const string Header = "X-Boreas-Csrf";

    /// <summary>What is wrong with the request, or null.</summary>
    public static string? Problem(HttpRequest request, Session session, Uri? publicUrl)
    {
        if (request.HttpContext.WebSockets.IsWebSocketRequest || IsUpgrade(request))
            return HasOwnOrigin(request, publicUrl) ? null : "The WebSocket was opened by a page of another origin.";
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)) return null;
        if (!HasOwnOrigin(request, publicUrl)) return "The request comes from a page of another origin, or does not say from which.";
        var sent = Encoding.UTF8.GetBytes(request.Headers[Header].ToString());
        return CryptographicOperations.FixedTimeEquals(sent, Encoding.UTF8.GetBytes(session.AntiForgery)) ? null
            : $"The header {Header} is missing or is not the one of this session; GET /api/v1/me has it as antiForgery.";
    }

    private static bool IsUpgrade(HttpRequest request) => request.Headers.Upgrade.Count > 0 || HttpMethods.IsConnect(request.Method);

    /// <remarks>Behind a proxy that ends TLS a page is https while the request is http; the reverse is refused.</remarks>
    private static bool HasOwnOrigin(HttpRequest request, Uri? publicUrl)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0) return request.Headers["Sec-Fetch-Site"] == "same-origin";
        if (publicUrl is not null && origin == publicUrl.GetLeftPart(UriPartial.Authority)) return true;
        return string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            || string.Equals(origin, $"https://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
