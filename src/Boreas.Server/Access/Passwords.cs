using Boreas.Server.Problems;
using Microsoft.AspNetCore.Identity;

namespace Boreas.Server.Access;

/// <summary>How passwords are kept: PBKDF2 as ASP.NET Core does it, which names its own parameters in each hash.</summary>
internal sealed class Passwords
{
    private const int MinLength = 10;
    private const int MaxLength = 200;
    private static readonly object Nobody = new();
    private readonly PasswordHasher<object> _hasher = new();
    private readonly Lazy<string> _hashOfNothing;

    public Passwords() => _hashOfNothing = new(() => Hash(Guid.NewGuid().ToString()));

    public string Hash(string password) => _hasher.HashPassword(Nobody, password);

    /// <summary>Whether the password fits. Without a hash, an unknown user's, it takes as long and says no.</summary>
    public bool Verify(string? hash, string password)
    {
        if (password.Length > MaxLength) return false;
        return _hasher.VerifyHashedPassword(Nobody, hash ?? _hashOfNothing.Value, password) != PasswordVerificationResult.Failed && hash is not null;
    }

    public static void Check(Fields fields, string field, string? password)
    {
        if (password is null || password.Length is < MinLength or > MaxLength) fields.Refuse(field, $"must be {MinLength} to {MaxLength} characters");
    }
}
