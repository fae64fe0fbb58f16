using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Boreas.Contracts.Problems;
using Boreas.Server.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Boreas.Server.Access;

/// <summary>
/// The one way to say who one is: <c>Authorization: Bearer</c> with a token, <c>Basic</c> with a token as the password
/// (Git asks for nothing else), or the session's cookie. A header that is there and wrong is never made good by a cookie.
/// </summary>
internal sealed class BoreasAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    Identities identities,
    SessionCookie cookie,
    ServerOptions options) : AuthenticationHandler<AuthenticationSchemeOptions>(schemeOptions, loggers, encoder)
{
    public const string SchemeName = "boreas";

    private string? _forged;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.Length > 0)
        {
            if (SecretIn(header) is not { } secret) return AuthenticateResult.NoResult();
            return await identities.OfTokenAsync(secret, Context.RequestAborted) is { } identity
                ? Success(identity)
                : AuthenticateResult.Fail("The token is unknown, revoked or expired.");
        }

        if (cookie.Read(Context) is not { } session) return AuthenticateResult.NoResult();
        if (await identities.OfSessionAsync(session, Context.RequestAborted) is not { } user) return AuthenticateResult.Fail("The session is over.");
        _forged = ForgeryCheck.Problem(Request, session, options.PublicUrl);
        if (_forged is not null) return AuthenticateResult.Fail(_forged);
        Context.Features.Set(session);
        cookie.Renew(Context, session);
        return Success(user);
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_forged is not null)
        {
            await Context.WriteProblemAsync(ProblemAnswers.New(StatusCodes.Status403Forbidden, ProblemCodes.Forbidden, _forged, "Reload the page and try again."));
            return;
        }

        Response.Headers.WWWAuthenticate = "Bearer realm=\"boreas\"";
        var failure = (await HandleAuthenticateOnceSafeAsync()).Failure?.Message;
        await Context.WriteProblemAsync(ProblemAnswers.New(StatusCodes.Status401Unauthorized, ProblemCodes.Unauthenticated,
            failure ?? "This call needs to know who you are.", "Send 'Authorization: Bearer' with a token, or log in."));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Context.WriteProblemAsync(ProblemAnswers.New(StatusCodes.Status403Forbidden, ProblemCodes.Forbidden,
            "You are known, but this is not for you: it needs another role or another kind of token.", "Ask an administrator for the role, or use a token of the right kind."));

    private AuthenticateResult Success(Identity identity)
    {
        Context.Features.Set(identity);
        var claims = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, identity.Id), new Claim(ClaimTypes.Name, identity.Name)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(claims), SchemeName));
    }

    /// <summary>The token in an Authorization header; null when it holds none of ours, which some calls read themselves.</summary>
    private static string? SecretIn(string header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var value) || value.Parameter is not { Length: < 1000 } parameter) return null;
        if (value.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) return TokenSecret.LooksLikeOne(parameter) ? parameter : null;
        if (!value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) return null;
        var bytes = new byte[parameter.Length];
        if (!Convert.TryFromBase64String(parameter, bytes, out var length)) return null;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return text.IndexOf(':', StringComparison.Ordinal) is var colon && colon >= 0 ? text[(colon + 1)..] : null;
    }
}
