namespace Boreas.Engine.Runs;

/// <summary>
/// A moment or none in 8 bytes; a nullable <see cref="DateTimeOffset"/> takes 24, and a task has seven. What is read
/// back is the same moment in UTC.
/// </summary>
internal readonly struct Moment
{
    /// <summary>Ticks in UTC and one, so that zero is none.</summary>
    private readonly long _ticks;

    private Moment(DateTimeOffset at) => _ticks = at.UtcTicks + 1;

    public static implicit operator Moment(DateTimeOffset? at) => at is { } moment ? new Moment(moment) : default;

    public static implicit operator DateTimeOffset?(Moment at) => at._ticks == 0 ? null : new DateTimeOffset(at._ticks - 1, TimeSpan.Zero);
}
