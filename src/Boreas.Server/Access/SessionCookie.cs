using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace Boreas.Server.Access;

/// <param name="Stamp">The user's stamp when the session began: another one now means that the password was changed.</param>
/// <param name="AntiForgery">What changes must carry in <c>X-Boreas-Csrf</c>.</param>
internal sealed record Session(string Id, string UserId, string Stamp, string AntiForgery, DateTimeOffset IssuedAt);

/// <summary>
/// The cookie of the web UI: the session itself, encrypted and signed, so that any control plane of the installation can
/// read it. It lives for <see cref="Lifetime"/> after its last renewal.
/// </summary>
internal sealed class SessionCookie(IDataProtectionProvider protection, ServerOptions options, TimeProvider time)
{
    public const string Name = "boreas";
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);
    private static readonly TimeSpan RenewedAfter = TimeSpan.FromHours(1);
    private readonly IDataProtector _protector = protection.CreateProtector("Boreas.Session");

    public Session Begin(HttpContext context, UserRow user)
    {
        var session = new Session(Random(), user.Id, user.Stamp, Random(), time.GetUtcNow());
        Write(context, session);
        return session;
    }

    /// <summary>The session that a request came with; null when there is none, it is not ours, or it has expired.</summary>
    public Session? Read(HttpContext context)
    {
        if (!context.Request.Cookies.TryGetValue(Name, out var text) || text.Length > 4000) return null;
        try
        {
            var session = JsonSerializer.Deserialize<Session>(_protector.Unprotect(text));
            return session is not null && session.IssuedAt + Lifetime > time.GetUtcNow() ? session : null;
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null;
        }
    }

    public void Renew(HttpContext context, Session session)
    {
        var now = time.GetUtcNow();
        if (now - session.IssuedAt >= RenewedAfter && !context.Response.HasStarted) Write(context, session with { IssuedAt = now });
    }

    public void End(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context));

    private void Write(HttpContext context, Session session)
    {
        var cookie = Options(context);
        cookie.MaxAge = Lifetime;
        context.Response.Cookies.Append(Name, _protector.Protect(JsonSerializer.Serialize(session)), cookie);
    }

    private CookieOptions Options(HttpContext context) => new()
    {
        Path = "/",
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        IsEssential = true,
        Secure = options.SecureCookies ?? (context.Request.IsHttps || options.PublicUrl?.Scheme == "https"),
    };

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(18));
}
