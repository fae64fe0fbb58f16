namespace Boreas.Server.Tests;

/// <summary>The real time, which a test can move forward.</summary>
internal sealed class MovableTime : TimeProvider
{
    private long _ticks;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ticks));

    public override long GetTimestamp() => base.GetTimestamp() + (Interlocked.Read(ref _ticks) * TimestampFrequency / TimeSpan.TicksPerSecond);
}
