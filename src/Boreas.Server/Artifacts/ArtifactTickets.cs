using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Boreas.Server.Artifacts;

/// <summary>
/// The right to fetch one artifact until a moment: digest and time, signed and encrypted with the installation's keys, so
/// that every control plane that shares them knows it. An agent carries it as bearer and can make no other.
/// </summary>
public sealed class ArtifactTickets
{
    private const string Prefix = "brs_artifact_";
    private const int MaxLength = 600;
    private readonly IDataProtector _protector;
    private readonly TimeProvider _time;

    internal ArtifactTickets(IDataProtectionProvider protection, TimeProvider time) => (_protector, _time) = (protection.CreateProtector("Boreas.ArtifactTicket"), time);

    public string Issue(string digest, TimeSpan lifetime) =>
        Prefix + _protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{digest}.{(_time.GetUtcNow() + lifetime).ToUnixTimeSeconds()}"));

    /// <summary>Whether <paramref name="ticket"/> is genuine, has not expired, and is for this artifact.</summary>
    public bool Covers(string? ticket, string digest)
    {
        if (ticket is null || ticket.Length > MaxLength || !ticket.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        try
        {
            return _protector.Unprotect(ticket[Prefix.Length..]).Split('.') is [var covered, var expires]
                && covered == digest
                && long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                && _time.GetUtcNow().ToUnixTimeSeconds() < seconds;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    internal static bool Covers(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            && context.GetRouteValue("digest") is string digest
            && context.RequestServices.GetRequiredService<ArtifactTickets>().Covers(header[7..].Trim(), digest);
    }
}
