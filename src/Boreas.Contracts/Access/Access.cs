namespace Boreas.Contracts.Access;

/// <summary>Roles, each with all that the one before it may.</summary>
public enum Role
{
    Viewer,
    Developer,
    Approver,
    Admin,
}

/// <param name="Projects">Role per project; an administrator has every project.</param>
public sealed record User(string Id, string Name, bool Admin, IReadOnlyDictionary<string, Role> Projects, DateTimeOffset CreatedAt, bool Disabled);

public sealed record UserInput(string? Name = null, string? Password = null, bool? Admin = null, IReadOnlyDictionary<string, Role>? Projects = null, bool? Disabled = null);

/// <summary>People who may confirm together where a rule names their group.</summary>
public sealed record Group(string Name, IReadOnlyList<GroupMember> Members, DateTimeOffset CreatedAt);

/// <param name="Disabled">They do not count until they are enabled again.</param>
public sealed record GroupMember(string Name, bool Disabled);

/// <param name="Members">Users by name.</param>
public sealed record GroupInput(string? Name = null, IReadOnlyList<string>? Members = null);

public sealed record PasswordChange(string Current, string New);

public sealed record LoginRequest(string Name, string Password);

/// <summary>Who is calling: <c>GET /api/v1/me</c>.</summary>
/// <param name="AntiForgery">Goes into the header <c>X-Boreas-Csrf</c> of cookie-authenticated changes.</param>
/// <param name="GitUrl">Where the embedded Git is, without a slash at the end; null: at the server's own address. An app is pushed to <c>{GitUrl}/git/{app}.git</c>.</param>
public sealed record Me(string Id, string Name, bool Admin, IReadOnlyDictionary<string, Role> Projects, string? AntiForgery, string? GitUrl = null);

/// <summary>What a token may do. A token is never wider than its maker.</summary>
public enum TokenKind
{
    /// <summary>Acts as its maker, limited by role, project and expiry.</summary>
    User,
    Runner,
    Agent,
    Gateway,
    Forge,
}

public sealed record Token(string Id, string Name, TokenKind Kind, string Owner, Role? Role, string? Project, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, bool Revoked);

public sealed record TokenInput(string? Name = null, TokenKind Kind = TokenKind.User, Role? Role = null, string? Project = null, int? ExpiresInDays = null);

/// <summary>The one time that a token's secret is shown.</summary>
public sealed record TokenCreated(Token Token, string Secret);

public sealed record AuditEntry(long Id, DateTimeOffset At, string Actor, string? Address, string Action, string? Target, string Outcome, string? Detail);
