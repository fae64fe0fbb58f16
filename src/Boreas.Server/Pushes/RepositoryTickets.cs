using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace Boreas.Server.Pushes;

/// <summary>The right to fetch from one embedded repository for a while. A job carries it, so that a runner needs no right to all of them.</summary>
internal sealed class RepositoryTickets(IDataProtectionProvider protection)
{
    private const string Prefix = "brs_repository_";
    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("Boreas.RepositoryTicket").ToTimeLimitedDataProtector();

    public string Issue(string repository, TimeSpan lifetime) => Prefix + _protector.Protect(repository, lifetime);

    /// <summary>Whether the request's bearer is a ticket for <paramref name="repository"/> that still holds.</summary>
    public bool Cover(HttpContext context, string? repository)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (repository is null || !header.StartsWith("Bearer " + Prefix, StringComparison.Ordinal)) return false;
        try
        {
            return _protector.Unprotect(header[("Bearer ".Length + Prefix.Length)..].Trim()) == repository;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
