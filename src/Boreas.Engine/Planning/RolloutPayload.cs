using System.Text.Json;
using System.Text.Json.Serialization;

namespace Boreas.Engine.Planning;

/// <summary>Payload of a deploy task: which step of the roll-out it is. A deploy task without one brings everything in at once.</summary>
/// <param name="Step">From 1 to <paramref name="Steps"/>.</param>
/// <param name="Instances">New instances that run when it is done, of <paramref name="Of"/> in the end.</param>
/// <param name="Share">Their share of traffic then, 0–1; null: as their number is to the number of all.</param>
/// <param name="Retires">Whether old instances stop as new ones come.</param>
public sealed record DeployPayload(int Step, int Steps, int Instances, int Of, double? Share, bool Retires)
{
    public static string Write(RolloutStep step, int number, int steps) =>
        JsonSerializer.Serialize(new DeployPayload(number, steps, step.Instances, step.Of, step.Share, step.Retires), RolloutPayloadContext.Default.DeployPayload);

    /// <exception cref="JsonException">It is something else.</exception>
    public static DeployPayload Read(string json) => JsonSerializer.Deserialize(json, RolloutPayloadContext.Default.DeployPayload) ?? throw new JsonException("The payload of a deploy task is null.");

    public RolloutStep ToStep() => new(Instances, Of, Share, Retires);
}

/// <summary>Payload of a task that watches a canary.</summary>
public sealed record WatchPayload(int Seconds, WatchPolicy Policy)
{
    public static string Write(RolloutStep step) => JsonSerializer.Serialize(new WatchPayload(step.WatchSeconds, step.Watch ?? new WatchPolicy()), RolloutPayloadContext.Default.WatchPayload);

    /// <exception cref="JsonException">It is something else.</exception>
    public static WatchPayload Read(string json) => JsonSerializer.Deserialize(json, RolloutPayloadContext.Default.WatchPayload) ?? throw new JsonException("The payload of a watch task is null.");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(DeployPayload))]
[JsonSerializable(typeof(WatchPayload))]
internal sealed partial class RolloutPayloadContext : JsonSerializerContext;
