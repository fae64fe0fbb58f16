namespace Boreas.Server.Operations;

/// <summary>
/// How long this process has listened without a break. Who was not heard of for a while counts as lost; but nobody could
/// be heard before this process was there, and when the clock is set forward everybody seems to have been silent, though
/// no time has passed. So nobody counts as lost until this lasts as long as somebody may be silent.
/// </summary>
internal sealed class Listening(TimeProvider time)
{
    /// <summary>A clock that runs ahead of the time that passed by more was set.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private DateTimeOffset _clock = time.GetUtcNow();
    private long _looked = time.GetTimestamp();
    private long _since = time.GetTimestamp();

    public bool HasLasted(TimeSpan silence)
    {
        lock (_lock)
        {
            var (clock, now) = (time.GetUtcNow(), time.GetTimestamp());
            if (clock - _clock - time.GetElapsedTime(_looked, now) > Tolerance) _since = now;
            (_clock, _looked) = (clock, now);
            return time.GetElapsedTime(_since, now) >= silence;
        }
    }

    /// <summary>It was interrupted until now.</summary>
    public void BeginAnew()
    {
        lock (_lock) _since = time.GetTimestamp();
    }
}
