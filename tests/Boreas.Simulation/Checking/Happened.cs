using System.Text.Json;

namespace Boreas.Simulation.Checking;

/// <summary>An event as it stands in the table, read without the engine.</summary>
/// <param name="At">Wall clock of the world when the journal had grown by it.</param>
/// <param name="Elapsed">Time that had really passed by then.</param>
internal sealed record Happened(long Sequence, string Stream, int Version, string Name, JsonElement Data, DateTimeOffset At, TimeSpan Elapsed)
{
    /// <summary>What the event itself says of its time.</summary>
    public DateTimeOffset Said => Data.GetProperty("at").GetDateTimeOffset();

    public string Task => Text("task")!;

    public string? Text(string property) => Data.TryGetProperty(property, out var value) ? value.GetString() : null;

    public long Number(string property) => Data.GetProperty(property).GetInt64();

    public bool Is(string property) => Data.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.True;

    public DateTimeOffset? Time(string property) => Data.TryGetProperty(property, out var value) ? value.GetDateTimeOffset() : null;

    public override string ToString() => $"event {Sequence} ({Stream} {Name}{(Text("task") is { } task ? " " + task : "")})";
}
