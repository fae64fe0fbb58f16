using System.Security.Cryptography;
using Boreas.Contracts.Access;
using Boreas.Server.Storage;

namespace Boreas.Server.Access;

/// <summary>What the first start makes, shown once: a name, a password and a token of an administrator.</summary>
public sealed record FirstAdministrator(string Name, string Password, string Token);

/// <summary>Tokens with which the parts of one process talk to each other. They are replaced at every start.</summary>
public sealed record InternalTokens(string Runner, string Agent, string Gateway, string Forge);

/// <summary>What access needs at start, before the first request.</summary>
public sealed class AccessBootstrap
{
    private readonly Journal _journal;
    private readonly Passwords _passwords;
    private readonly Identities _identities;

    internal AccessBootstrap(Journal journal, Passwords passwords, Identities identities) => (_journal, _passwords, _identities) = (journal, passwords, identities);

    /// <summary>Creates the administrator <c>admin</c> when there are no users; null when there are.</summary>
    public Task<FirstAdministrator?> EnsureAdministratorAsync(CancellationToken cancellationToken = default)
    {
        var first = new FirstAdministrator("admin", RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 20), TokenSecret.New(TokenKind.User));
        var (hash, stamp, userId, tokenId) = (_passwords.Hash(first.Password), Ids.New("stamp"), Ids.New("user"), Ids.New("token"));
        return _journal.WriteAsync(transaction =>
        {
            if (UserQueries.Any(transaction.Connection)) return null;
            UserQueries.Insert(transaction, new UserRow { Id = userId, Name = first.Name, PasswordHash = hash, Stamp = stamp, Admin = true, CreatedAt = transaction.Now });
            TokenQueries.Insert(transaction, new TokenRow { Id = tokenId, Hash = TokenSecret.Hash(first.Token), Name = "first administrator", OwnerId = userId, CreatedAt = transaction.Now });
            Audit.AuditTrail.Write(transaction, "boreas", null, "CreateUser", "user/" + first.Name, "ok", "first start");
            return first;
        }, cancellationToken)!;
    }

    /// <summary>New tokens for the parts of this process; those of its earlier start end.</summary>
    /// <param name="process">Tells the processes of one installation apart that share a database.</param>
    public async Task<InternalTokens> IssueInternalTokensAsync(string process = "local", CancellationToken cancellationToken = default)
    {
        var tokens = new InternalTokens(TokenSecret.New(TokenKind.Runner), TokenSecret.New(TokenKind.Agent), TokenSecret.New(TokenKind.Gateway), TokenSecret.New(TokenKind.Forge));
        await _journal.WriteAsync(transaction =>
        {
            Replace(transaction, process, TokenKind.Runner, tokens.Runner);
            Replace(transaction, process, TokenKind.Agent, tokens.Agent);
            Replace(transaction, process, TokenKind.Gateway, tokens.Gateway);
            Replace(transaction, process, TokenKind.Forge, tokens.Forge);
        }, cancellationToken);
        _identities.Forget();
        return tokens;
    }

    private static void Replace(JournalTransaction transaction, string process, TokenKind kind, string secret)
    {
        var id = $"internal-{process}-{kind.ToString().ToLowerInvariant()}";
        TokenQueries.Delete(transaction, id);
        TokenQueries.Insert(transaction, new TokenRow { Id = id, Hash = TokenSecret.Hash(secret), Name = $"{process} {kind}", Kind = kind, CreatedAt = transaction.Now });
    }
}
