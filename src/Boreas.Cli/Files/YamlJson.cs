using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Boreas.Cli.Files;

/// <summary>Reads a file that a person wrote, YAML or JSON (which is YAML), as JSON. Plain scalars are what YAML's core schema says.</summary>
internal static class YamlJson
{
    private const int MaxDepth = 32;

    /// <exception cref="YamlException">It is neither, holds several documents, or refers to itself.</exception>
    public static JsonElement Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        if (stream.Documents.Count > 1) throw new YamlException("the file holds several documents; write one file for each");
        return JsonSerializer.SerializeToElement(stream.Documents.Count == 0 ? null : Convert(stream.Documents[0].RootNode, MaxDepth));
    }

    private static JsonNode? Convert(YamlNode node, int depth)
    {
        if (depth == 0) throw new YamlException(node.Start, node.End, "is nested too deeply");
        return node switch
        {
            YamlMappingNode map => new JsonObject(map.Children.Select(pair => KeyValuePair.Create(KeyOf(pair.Key), Convert(pair.Value, depth - 1)))),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(item => Convert(item, depth - 1))]),
            YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value ?? ""),
            YamlScalarNode scalar => JsonValue.Create(scalar.Value ?? ""),
            _ => throw new YamlException(node.Start, node.End, "is not supported here"),
        };
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
