using System.Text.Json;
using System.Text.Json.Serialization;

namespace Boreas.Engine.Runs;

/// <summary>
/// How events are written: a stable name with a version, and JSON. A name is never given another meaning; an event that
/// changes its shape gets a new version, and the old one is upcast in <see cref="Read"/>.
/// </summary>
public static class RunEventJson
{
    private static readonly (string Name, Type Type)[] Known =
    [
        ("run.created.1", typeof(RunCreated)),
        ("run.status.1", typeof(RunStatusChanged)),
        ("run.cancel_requested.1", typeof(CancelRequested)),
        ("run.rollback_started.1", typeof(RollbackStarted)),
        ("run.rollback_ended.1", typeof(RollbackEnded)),
        ("run.graph_edited.1", typeof(GraphEdited)),
        ("task.claimed.1", typeof(TaskClaimed)),
        ("task.held.1", typeof(TaskHeld)),
        ("task.succeeded.1", typeof(TaskSucceeded)),
        ("task.questioned.1", typeof(TaskQuestioned)),
        ("task.attempt_failed.1", typeof(TaskAttemptFailed)),
        ("task.approved.1", typeof(TaskApproved)),
        ("task.confirmed.1", typeof(TaskConfirmed)),
        ("task.cancelled.1", typeof(TaskCancelled)),
    ];

    private static readonly Dictionary<Type, string> NameOfType = Known.ToDictionary(k => k.Type, k => k.Name);
    private static readonly Dictionary<string, Type> TypeOfName = Known.ToDictionary(k => k.Name, k => k.Type);

    public static string NameOf(RunEvent happened) => NameOfType[happened.GetType()];

    public static string Write(RunEvent happened) => JsonSerializer.Serialize(happened, happened.GetType(), RunEventContext.Default);

    /// <summary>Reads an event that was written by this or an earlier release; one of a later release is a <see cref="JsonException"/> that says so.</summary>
    public static RunEvent Read(string name, string json)
    {
        if (!TypeOfName.TryGetValue(name, out var type))
            throw new JsonException($"The event '{name}' is not known here: it was written by a newer release of Boreas. Start that release, or a newer one.");
        return (RunEvent?)JsonSerializer.Deserialize(json, type, RunEventContext.Default) ?? throw new JsonException($"The event '{name}' is null.");
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(RunCreated))]
[JsonSerializable(typeof(RunStatusChanged))]
[JsonSerializable(typeof(CancelRequested))]
[JsonSerializable(typeof(RollbackStarted))]
[JsonSerializable(typeof(RollbackEnded))]
[JsonSerializable(typeof(GraphEdited))]
[JsonSerializable(typeof(TaskClaimed))]
[JsonSerializable(typeof(TaskHeld))]
[JsonSerializable(typeof(TaskSucceeded))]
[JsonSerializable(typeof(TaskQuestioned))]
[JsonSerializable(typeof(TaskAttemptFailed))]
[JsonSerializable(typeof(TaskApproved))]
[JsonSerializable(typeof(TaskConfirmed))]
[JsonSerializable(typeof(TaskCancelled))]
internal sealed partial class RunEventContext : JsonSerializerContext;
