using System.Collections.Concurrent;
using Boreas.Contracts.Access;
using Boreas.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Boreas.Server.Access;

/// <summary>
/// Finds who a credential stands for, and remembers it for at most <see cref="Lifetime"/>, so that runners that report
/// many times a second do not each time ask the database. What this process revokes is forgotten at once; what another
/// control plane revokes is forgotten when the memory ends.
/// </summary>
internal sealed partial class Identities(Database database, Journal journal, TimeProvider time, ILogger<Identities> logger)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);

    private const int MaxEntries = 10_000;
    private static readonly TimeSpan UseIsNotedEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Entry> _known = new(StringComparer.Ordinal);
    private long _generation;

    private sealed record Entry(Identity Identity, long LoadedAt);

    /// <summary>Who the token belongs to; null when it is unknown, revoked or expired, or its user is disabled.</summary>
    public async ValueTask<Identity?> OfTokenAsync(string secret, CancellationToken cancellationToken)
    {
        if (!TokenSecret.LooksLikeOne(secret)) return null;
        var hash = TokenSecret.Hash(secret);
        var identity = Remembered(hash) ?? await LoadAsync(hash, () => LoadTokenAsync(hash, cancellationToken));
        return identity?.Token?.IsExpired(time.GetUtcNow()) == true ? null : identity;
    }

    public async ValueTask<Identity?> OfSessionAsync(Session session, CancellationToken cancellationToken)
    {
        var key = "session:" + session.Id;
        return Remembered(key) ?? await LoadAsync(key, () => LoadSessionAsync(session, cancellationToken));
    }

    /// <summary>Forgets everybody: after any change of users or tokens.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref _generation);
        _known.Clear();
    }

    private Identity? Remembered(string key) =>
        _known.TryGetValue(key, out var entry) && time.GetElapsedTime(entry.LoadedAt) < Lifetime ? entry.Identity : null;

    private async Task<Identity?> LoadAsync(string key, Func<Task<Identity?>> load)
    {
        var (generation, loadedAt) = (Interlocked.Read(ref _generation), time.GetTimestamp());
        var identity = await load();
        if (_known.Count >= MaxEntries) _known.Clear();
        // What was read before a change must not be remembered after it.
        if (identity is null) _known.TryRemove(key, out _);
        else if (generation == Interlocked.Read(ref _generation)) _known[key] = new Entry(identity, loadedAt);
        return identity;
    }

    private async Task<Identity?> LoadTokenAsync(string hash, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (await TokenQueries.FindByHashAsync(connection, hash) is not { Revoked: false } token || token.IsExpired(time.GetUtcNow())) return null;
        NoteUse(token);
        if (token.Kind != TokenKind.User) return Identity.OfMachine(token);
        if (token.OwnerId is null || await UserQueries.FindAsync(connection, token.OwnerId) is not { Disabled: false } user) return null;
        return Identity.OfUser(user, await UserQueries.MembershipsAsync(connection, [user.Id])).Through(token);
    }

    private async Task<Identity?> LoadSessionAsync(Session session, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (await UserQueries.FindAsync(connection, session.UserId) is not { Disabled: false } user || user.Stamp != session.Stamp) return null;
        if (await UserQueries.SessionHasEndedAsync(connection, session.Id)) return null;
        return Identity.OfUser(user, await UserQueries.MembershipsAsync(connection, [user.Id]));
    }

    private void NoteUse(TokenRow token)
    {
        if (token.LastUsedAt is { } last && time.GetUtcNow() - last < UseIsNotedEvery) return;
        _ = NoteUseAsync(token.Id);
    }

    /// <remarks>Nobody waits for it and nothing depends on it: a use that could not be noted is noted with the next.</remarks>
    private async Task NoteUseAsync(string tokenId)
    {
        try
        {
            await journal.WriteAsync(transaction => TokenQueries.Used(transaction, tokenId));
        }
        catch (JournalUnavailableException e)
        {
            LogUseNotNoted(tokenId, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Debug, "The use of token {TokenId} was not noted: {Reason}")]
    private partial void LogUseNotNoted(string tokenId, string reason);
}
