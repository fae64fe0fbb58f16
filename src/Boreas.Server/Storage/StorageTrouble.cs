using Microsoft.Data.Sqlite;
using Npgsql;

namespace Boreas.Server.Storage;

/// <summary>What an error of the database means for a person, where it is the database's trouble and not a mistake of ours.</summary>
/// <param name="What">A sentence; holds no connection string.</param>
/// <param name="Advice">What to do about it.</param>
public sealed record StorageTrouble(string What, string Advice)
{
    private const int SqliteBusy = 5, SqliteLocked = 6, SqliteReadOnly = 8, SqliteIoError = 10, SqliteCorrupt = 11, SqliteFull = 13, SqliteCannotOpen = 14, SqliteNoDatabase = 26;

    private static readonly StorageTrouble Full = new("The disk under the database is full.", "Free space there, and try again: nothing was changed.");

    /// <summary>Null when the error does not come from the database's own trouble.</summary>
    public static StorageTrouble? Of(Exception error) => error switch
    {
        JournalUnavailableException { InDoubt: true } => new("The database did not answer while the change was being committed, so it is not known whether it was.", "Repeat the request with the same Idempotency-Key, or look whether the change is there."),
        JournalUnavailableException { Stopping: true } => new("The control plane is stopping; nothing was changed.", "Send the request again."),
        JournalUnavailableException { InnerException: { } cause } => Of(cause) ?? new("The database did not take the change; nothing was changed.", "Send the request again."),
        SqliteException { SqliteErrorCode: SqliteFull } or PostgresException { SqlState: PostgresErrorCodes.DiskFull } => Full,
        SqliteException { SqliteErrorCode: SqliteBusy or SqliteLocked } => new("Another program holds the database's lock.", "End it (a copy or a shell on the database file), and try again."),
        SqliteException { SqliteErrorCode: SqliteReadOnly or SqliteIoError or SqliteCannotOpen } trouble => new($"The database's file cannot be used: {trouble.Message}", "Check the disk, and that the server's user may write to the folder."),
        SqliteException { SqliteErrorCode: SqliteCorrupt or SqliteNoDatabase } => new("The database's file is damaged, or is no database.", "Put it aside and restore a backup: docs/guides/operations.md."),
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InsufficientPrivilege } refused =>
            new($"PostgreSQL refuses: {refused.MessageText}.", "Check user, password and database in --database or BOREAS_DATABASE."),
        PostgresException { IsTransient: true } refused => new($"PostgreSQL refuses for now: {refused.MessageText}.", "Try again in a moment."),
        NpgsqlException and not PostgresException => new($"PostgreSQL does not answer: {error.InnerException?.Message ?? error.Message}.", "Start it, or check host and port in --database or BOREAS_DATABASE."),
        _ => null,
    };
}
