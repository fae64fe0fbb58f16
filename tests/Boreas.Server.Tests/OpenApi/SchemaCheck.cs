using System.Text.Json;

namespace Boreas.Server.Tests.OpenApi;

/// <summary>Whether JSON fits a schema of the document, for the part of JSON Schema that the document uses. A property that the schema does not name is wrong.</summary>
internal static class SchemaCheck
{
    public static IEnumerable<string> Problems(JsonElement document, JsonElement schema, JsonElement value, string path = "$")
    {
        if (schema.TryGetProperty("$ref", out var reference)) return Problems(document, Resolve(document, reference.GetString()!), value, path);
        if (schema.TryGetProperty("enum", out var allowed) && !allowed.EnumerateArray().Any(a => JsonElement.DeepEquals(a, value))) return [$"{path} is {value.GetRawText()}, one of {allowed.GetRawText()} was expected"];
        if (schema.TryGetProperty("type", out var type) && !TypesOf(type).Any(t => Is(value, t))) return [$"{path} is {value.GetRawText()}, {type.GetRawText()} was expected"];
        if (schema.TryGetProperty("format", out var format) && format.ValueEquals("date-time") && !value.TryGetDateTimeOffset(out _)) return [$"{path} is no time"];
        return value.ValueKind switch
        {
            JsonValueKind.Array when schema.TryGetProperty("items", out var items) => value.EnumerateArray().SelectMany((v, i) => Problems(document, items, v, $"{path}[{i}]")),
            JsonValueKind.Object when schema.TryGetProperty("type", out _) => OfObject(document, schema, value, path),
            _ => [],
        };
    }

    public static JsonElement Resolve(JsonElement document, string reference) =>
        reference.TrimStart('#', '/').Split('/').Aggregate(document, (element, name) => element.GetProperty(name.Replace("~1", "/", StringComparison.Ordinal)));

    private static IEnumerable<string> OfObject(JsonElement document, JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Select(r => r.GetString()!).Where(name => !value.TryGetProperty(name, out _))) yield return $"{path}.{name} is missing";
        }

        foreach (var property in value.EnumerateObject())
        {
            var at = $"{path}.{property.Name}";
            var known = schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(property.Name, out var named) ? named
                : schema.TryGetProperty("additionalProperties", out var any) ? any : (JsonElement?)null;
            foreach (var problem in known is { } inner ? Problems(document, inner, property.Value, at) : [at + " is not in the schema"]) yield return problem;
        }
    }

    private static IEnumerable<string> TypesOf(JsonElement type) => type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()!) : [type.GetString()!];

    private static bool Is(JsonElement value, string type) => type switch
    {
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => false,
    };
}
