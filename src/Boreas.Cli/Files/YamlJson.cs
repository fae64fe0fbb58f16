using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Boreas.Contracts;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Boreas.Cli.Files;

/// <summary>
/// Reads a file that a person wrote, YAML or JSON (which is YAML), as JSON. Plain scalars are what YAML's core schema
/// says. What is written for people to edit is read as it was.
/// </summary>
internal static class YamlJson
{
    private const int MaxDepth = 32;
    private const int MaxNodes = 200_000;

    public static string Write<T>(T value)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(2, int.MaxValue, false, 1024));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, true));
        Emit(emitter, JsonSerializer.SerializeToNode(value, BoreasJson.Options));
        emitter.Emit(new DocumentEnd(true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    /// <exception cref="YamlException">It is neither, holds several documents, or refers to itself.</exception>
    public static JsonElement Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        if (stream.Documents.Count > 1) throw new YamlException("the file holds several documents; write one file for each");
        var left = MaxNodes;
        return JsonSerializer.SerializeToElement(stream.Documents.Count == 0 ? null : Convert(stream.Documents[0].RootNode, MaxDepth, ref left));
    }

    private static JsonNode? Convert(YamlNode node, int depth, ref int left)
    {
        if (depth == 0) throw new YamlException(node.Start, node.End, "is nested too deeply");

        // A few aliases of aliases are more nodes than there is memory for.
        if (--left < 0) throw new YamlException(node.Start, node.End, $"there are more than {MaxNodes} values");
        switch (node)
        {
            case YamlMappingNode map:
                var mapped = new JsonObject();
                foreach (var (key, value) in map.Children) mapped.Add(KeyOf(key), Convert(value, depth - 1, ref left));
                return mapped;
            case YamlSequenceNode list:
                var listed = new JsonArray();
                foreach (var item in list.Children) listed.Add(Convert(item, depth - 1, ref left));
                return listed;
            case YamlScalarNode { Style: ScalarStyle.Plain } scalar:
                return Plain(scalar.Value ?? "");
            case YamlScalarNode scalar:
                return JsonValue.Create(scalar.Value ?? "");
            default:
                throw new YamlException(node.Start, node.End, "is not supported here");
        }
    }

    private static void Emit(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject o:
                emitter.Emit(new MappingStart(null, null, true, o.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (key, value) in o)
                {
                    emitter.Emit(Text(key));
                    Emit(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray a:
                // Words of a command stand in a line, things stand below each other.
                emitter.Emit(new SequenceStart(null, null, true, a.Any(item => item is JsonObject or JsonArray) ? SequenceStyle.Block : SequenceStyle.Flow));
                foreach (var item in a) Emit(emitter, item);
                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue v when v.GetValueKind() == JsonValueKind.String:
                emitter.Emit(Text(v.GetValue<string>()));
                break;
            default:
                emitter.Emit(new Scalar(node?.ToJsonString() ?? "null"));
                break;
        }
    }

    /// <summary>Quoted where it would be read as something else, or as more than one line.</summary>
    private static Scalar Text(string text)
    {
        var style = Plain(text) is JsonValue v && v.GetValueKind() == JsonValueKind.String && !text.Any(char.IsControl) ? ScalarStyle.Any : ScalarStyle.DoubleQuoted;
        return new Scalar(null, null, text, style, true, true);
    }

    private static string KeyOf(YamlNode key) => (key as YamlScalarNode)?.Value ?? throw new YamlException(key.Start, key.End, "a key must be a word");

    private static JsonNode? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when text.Any(char.IsAsciiDigit) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };
}
