namespace Boreas.Server.Storage;

/// <summary>A row of <c>events</c>.</summary>
internal sealed class EventRow
{
    public long Sequence { get; init; }

    public string Stream { get; init; } = "";

    public int Version { get; init; }

    public string Name { get; init; } = "";

    public DateTimeOffset At { get; init; }

    public string Data { get; init; } = "";

    public RecordedEvent ToEvent() => new(Sequence, Stream, Version, Name, At, Data);
}
