namespace Boreas.Simulation.World;

/// <summary>A clock that moves when it is told to. Passing time moves both clocks; a jump moves the wall clock only.</summary>
internal sealed class ManualTime : TimeProvider
{
    private DateTimeOffset _now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Time that has really passed.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>By how much the wall clock was set back, all in all.</summary>
    public TimeSpan SetBack { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => Elapsed.Ticks;

    public void Pass(TimeSpan time)
    {
        _now += time;
        Elapsed += time;
    }

    public void Jump(TimeSpan by)
    {
        _now += by;
        if (by < TimeSpan.Zero) SetBack -= by;
    }
}
