using System.Net;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Pushes;
using Boreas.Contracts.Values;
using Boreas.Forge.ControlPlane;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Boreas.Forge.Access;

/// <summary>Someone whom the control plane let in, for one request.</summary>
/// <param name="Repository">Folder name of the repository.</param>
/// <param name="DeployBranch">Null when the control plane names none that can be one.</param>
internal sealed record Visitor(string Token, string User, Slug Repository, string? DeployBranch, long MaxPushBytes);

/// <summary>Decides about each request by asking the control plane; nothing is remembered from one to the next.</summary>
internal sealed partial class Doorkeeper(ForgeOptions options, ControlPlaneClient controlPlane, ILogger<Doorkeeper> log)
{
    public async Task<(Visitor? Visitor, Refusal? Refusal)> AdmitAsync(HttpRequest request, string name, bool write, CancellationToken cancel)
    {
        if (!Slug.TryParse(name, out var slug, out _)) return (null, Refusal.NotSmart);
        if (ClientToken.From(request.Headers.Authorization) is not { } token) return (null, Refusal.Unauthenticated);
        try
        {
            var access = await controlPlane.AccessAsync(token, slug.Value, write, cancel);
            if (!Slug.TryParse(access.CanonicalName, out var repository, out _)) return (null, Refusal.NoRepository(slug.Value));
            var branch = GitRef.TryParse(access.DeployBranch, out var parsed, out _) ? parsed.Value : null;
            var cap = access.MaxPushBytes > 0 ? Math.Min(access.MaxPushBytes, options.MaxPushBytes) : options.MaxPushBytes;
            return (new Visitor(token, OneLine(access.User), repository, branch, cap), null);
        }
        catch (RefusedException e) when (e.Code == ProblemCodes.ForgeUnknown)
        {
            LogUnknown(options.ControlPlane);
            return (null, Refusal.NotAForge);
        }
        catch (RefusedException e)
        {
            return (null, e.Status switch
            {
                HttpStatusCode.Unauthorized => Refusal.Unauthenticated,
                HttpStatusCode.Forbidden => new Refusal(StatusCodes.Status403Forbidden, $"You may not {(write ? "push to" : "read")} '{slug}'. {e.Message}"),
                HttpStatusCode.NotFound => Refusal.NoRepository(slug.Value),
                _ => Refusal.Away,
            });
        }
        catch (AwayException)
        {
            return (null, Refusal.Away);
        }
    }

    /// <summary>A name as Git takes one for its records.</summary>
    private static string OneLine(string user) =>
        new string([.. user.Where(c => !char.IsControl(c) && c is not ('<' or '>')).Take(100)]) is { Length: > 0 } name ? name : "unknown";

    [LoggerMessage(Level = LogLevel.Error, Message = "The control plane {ControlPlane} does not take this forge's token, so nobody can fetch or push. Give it a token of kind 'forge' (boreas tokens create NAME --kind forge).")]
    private partial void LogUnknown(Uri controlPlane);
}
