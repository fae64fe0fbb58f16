using Boreas.Contracts.Access;

namespace Boreas.Server.Access;

internal sealed class UserRow
{
    public string Id { get; set; } = "";

    public string Name { get; set; } = "";

    public string PasswordHash { get; set; } = "";

    public string Stamp { get; set; } = "";

    public bool Admin { get; set; }

    public bool Disabled { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public User ToUser(IEnumerable<MembershipRow> memberships) =>
        new(Id, Name, Admin, memberships.Where(m => m.UserId == Id).ToDictionary(m => m.Project, m => m.Role), CreatedAt, Disabled);
}

internal sealed class MembershipRow
{
    public string UserId { get; set; } = "";

    public string Project { get; set; } = "";

    public Role Role { get; set; }
}

internal sealed class TokenRow
{
    public string Id { get; set; } = "";

    public string Hash { get; set; } = "";

    public string Name { get; set; } = "";

    public TokenKind Kind { get; set; }

    public string? OwnerId { get; set; }

    public string? OwnerName { get; set; }

    public string? MakerId { get; set; }

    public Role? Role { get; set; }

    public string? Project { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? LastUsedAt { get; set; }

    public bool Revoked { get; set; }

    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;

    public Token ToToken() => new(Id, Name, Kind, OwnerName ?? "boreas", Role, Project, CreatedAt, ExpiresAt, LastUsedAt, Revoked);
}
