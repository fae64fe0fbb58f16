using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Boreas.Contracts.Deployments;

namespace Boreas.Server.Templates;

/// <summary>
/// Texts with <c>${parameters}</c> in them. Each is read once: what is put in is never read again, so a value cannot
/// name another parameter. <c>$${name}</c> becomes <c>${name}</c>, for texts that mean it as it is.
/// </summary>
internal static partial class TemplateText
{
    /// <summary>The names that stand in <paramref name="text"/>.</summary>
    public static IEnumerable<string> Names(string text) =>
        Place().Matches(text).Where(m => !m.Groups["itself"].Success).Select(m => m.Groups["name"].Value);

    /// <param name="values">A value for every name that stands in the text.</param>
    public static string Fill(string text, IReadOnlyDictionary<string, string> values) =>
        Place().Replace(text, m => m.Groups["itself"].Success ? m.Value[1..] : values[m.Groups["name"].Value]);

    /// <summary>The text that <see cref="Fill(string, IReadOnlyDictionary{string, string})"/> makes into <paramref name="text"/>.</summary>
    public static string Escape(string text) => Braces().Replace(text, m => "$" + m.Value);

    /// <summary>The task with each of its texts changed; <c>blockBy</c> id by id.</summary>
    public static TaskInput Each(TaskInput task, Func<string, string> change) => task with
    {
        AppId = task.AppId is null ? null : change(task.AppId),
        Id = task.Id is null ? null : change(task.Id),
        Name = task.Name is null ? null : change(task.Name),
        BlockBy = task.BlockBy is null ? null : string.Join(',', Deployments.DeploymentRequest.SplitBlockBy(task.BlockBy).Select(change)),
        Payload = task.Payload is { } payload ? JsonSerializer.SerializeToElement(Each(JsonNode.Parse(payload.GetRawText()), change)) : null,
    };

    private static JsonNode? Each(JsonNode? node, Func<string, string> change) => node switch
    {
        JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Each(p.Value, change)))),
        JsonArray a => new JsonArray([.. a.Select(item => Each(item, change))]),
        JsonValue v when v.TryGetValue<string>(out var text) => JsonValue.Create(change(text)),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex(@"(?<itself>\$)?\$\{(?<name>[^}]*)\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"\$\{[^}]*\}")]
    private static partial Regex Braces();
}
