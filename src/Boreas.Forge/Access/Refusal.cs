using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Boreas.Forge.Access;

/// <summary>
/// A request that is not served. Plain text, because that is what a Git client shows: it prints the answer to
/// <c>info/refs</c> line by line as <c>remote: …</c>.
/// </summary>
internal sealed record Refusal(int Status, string Text)
{
    public static Refusal Unauthenticated { get; } = new(StatusCodes.Status401Unauthorized,
        "Boreas needs a token: use it as the password, with any user name. Make one with 'boreas tokens create'.");

    public static Refusal NotSmart { get; } = new(StatusCodes.Status404NotFound,
        "Nothing is here. Boreas serves Git at /git/{app}.git, by Git's smart protocol only.");

    public static Refusal Away { get; } = new(StatusCodes.Status503ServiceUnavailable,
        "Boreas cannot reach its control plane, so nobody can be let in. Nothing was changed; try again in a moment.");

    public static Refusal NotAForge { get; } = new(StatusCodes.Status503ServiceUnavailable,
        "Boreas' control plane does not know this Git server, so nobody can be let in. Nothing was changed; tell who runs it to look at its log.");

    public static Refusal Busy { get; } = new(StatusCodes.Status503ServiceUnavailable,
        "Boreas is busy with other pushes and clones. Nothing was changed; try again in a moment.");

    public static Refusal NoRepository(string name) => new(StatusCodes.Status404NotFound,
        $"There is no app '{name}', or you may not see it. Create the app first: boreas apps create {name}");

    public async Task WriteAsync(HttpResponse response, CancellationToken cancel)
    {
        response.StatusCode = Status;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        if (Status == StatusCodes.Status401Unauthorized) response.Headers[HeaderNames.WWWAuthenticate] = "Basic realm=\"Boreas\"";
        if (Status == StatusCodes.Status503ServiceUnavailable) response.Headers[HeaderNames.RetryAfter] = "5";
        await response.WriteAsync(Text + "\n", cancel);
    }
}
