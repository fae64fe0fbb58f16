namespace Boreas.Server.Tests;

/// <summary>The real time, which a test can move forward, and whose clock it can set.</summary>
internal sealed class MovableTime : TimeProvider
{
    private long _ticks;
    private long _set;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    /// <summary>Sets the clock; no time passes.</summary>
    public void SetClock(TimeSpan by) => Interlocked.Add(ref _set, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ticks) + Interlocked.Read(ref _set));

    public override long GetTimestamp() => base.GetTimestamp() + (Interlocked.Read(ref _ticks) * TimestampFrequency / TimeSpan.TicksPerSecond);
}
