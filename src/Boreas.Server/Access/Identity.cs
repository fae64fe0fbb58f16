using Boreas.Contracts.Access;

namespace Boreas.Server.Access;

/// <summary>
/// Who a credential stands for and what it may, computed once per look-up: the user's own rights, cut down to the
/// token's role and project. Everything that asks 'may they?' asks this, so a token cannot be wider than its owner, and
/// loses what its owner loses.
/// </summary>
internal sealed record Identity
{
    private Identity(string id, string name, TokenKind kind) => (Id, Name, Kind) = (id, name, kind);

    /// <summary>The user's id; the token's for tokens that are no user's.</summary>
    public string Id { get; }

    public string Name { get; }

    public TokenKind Kind { get; }

    /// <summary>Whether it may administer the installation: users, tokens of machines, audit.</summary>
    public bool Admin { get; private init; }

    /// <summary>Role in every project; null when it depends on the project.</summary>
    public Role? Everywhere { get; private init; }

    public IReadOnlyDictionary<string, Role> Projects { get; private init; } = new Dictionary<string, Role>();

    public TokenRow? Token { get; private init; }

    public static Identity OfUser(UserRow user, IEnumerable<MembershipRow> memberships) => new(user.Id, user.Name, TokenKind.User)
    {
        Admin = user.Admin,
        Everywhere = user.Admin ? Role.Admin : null,
        Projects = memberships.ToDictionary(m => m.Project, m => m.Role),
    };

    public static Identity OfMachine(TokenRow token) => new(token.Id, token.Name, token.Kind) { Token = token };

    /// <summary>The same user through a token.</summary>
    public Identity Through(TokenRow token)
    {
        var narrowed = new Identity(Id, Name, Kind) { Token = token };
        if (token.Project is { } project)
            return RoleIn(project) is { } role ? narrowed with { Projects = new Dictionary<string, Role> { [project] = Least(role, token.Role) } } : narrowed;
        return narrowed with
        {
            Admin = Admin && token.Role is (null or Role.Admin),
            Everywhere = Everywhere is { } everywhere ? Least(everywhere, token.Role) : null,
            Projects = Projects.ToDictionary(p => p.Key, p => Least(p.Value, token.Role)),
        };
    }

    public Role? RoleIn(string project) => Everywhere ?? (Projects.TryGetValue(project, out var role) ? role : null);

    /// <summary>Whether it has this role in some project.</summary>
    public bool HasSomewhere(Role role) => Everywhere >= role || Projects.Values.Any(r => r >= role);

    private static Role Least(Role role, Role? cap) => cap < role ? cap.Value : role;
}
