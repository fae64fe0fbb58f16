using Boreas.Gateway.Routes;
using Microsoft.AspNetCore.Http;

namespace Boreas.Gateway.Forwarding;

/// <summary>
/// Cookies whose name begins with <c>boreas</c> are ours. On one machine the control plane and the apps share a host, so
/// a browser sends the sign-in of the control plane to every app: the gateway leaves it out.
/// </summary>
internal static class OwnCookies
{
    private const string Name = "boreas";

    public static void Drop(HttpRequestMessage request)
    {
        if (!request.Headers.NonValidated.TryGetValues("Cookie", out var values)) return;
        var cookies = string.Join("; ", values);
        if (!cookies.Contains(Name, StringComparison.OrdinalIgnoreCase)) return;
        request.Headers.Remove("Cookie");
        var others = string.Join("; ", cookies.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(cookie => !IsOurs(cookie)));
        if (others.Length > 0) request.Headers.TryAddWithoutValidation("Cookie", others);
    }

    /// <summary>Lets the client stay with the instance that answered, when it did not already.</summary>
    public static void Stick(HttpContext context, Route route, Target target)
    {
        if (context.Request.Cookies[Route.CookieName] == target.StickyKey) return;
        context.Response.Cookies.Append(Route.CookieName, target.StickyKey, new CookieOptions
        {
            Path = route.Prefix + "/",
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
        });
    }

    private static bool IsOurs(string cookie)
    {
        var name = cookie.AsSpan();
        if (name.StartsWith("__Host-", StringComparison.OrdinalIgnoreCase)) name = name["__Host-".Length..];
        else if (name.StartsWith("__Secure-", StringComparison.OrdinalIgnoreCase)) name = name["__Secure-".Length..];
        return name.StartsWith(Name, StringComparison.OrdinalIgnoreCase);
    }
}
