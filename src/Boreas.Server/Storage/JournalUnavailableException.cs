namespace Boreas.Server.Storage;

/// <summary>The database did not take a change. <see cref="InDoubt"/>: it may have; repeating the request with the same Idempotency-Key tells.</summary>
public sealed class JournalUnavailableException(string message, Exception? inner, bool inDoubt) : Exception(message, inner)
{
    public bool InDoubt { get; } = inDoubt;

    /// <summary>The database was not asked: this control plane takes no more changes.</summary>
    public bool Stopping => InnerException is null;
}
