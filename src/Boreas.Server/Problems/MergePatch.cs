using System.Text.Json;
using System.Text.Json.Nodes;
using Boreas.Contracts;
using Boreas.Contracts.Problems;

namespace Boreas.Server.Problems;

/// <summary>A partial change by RFC 7396: what is named is set, what is null goes back to its default, the rest stays.</summary>
internal static class MergePatch
{
    /// <exception cref="RequestRefusedException">The result is no <typeparamref name="T"/>.</exception>
    public static T Apply<T>(T present, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object) throw RequestRefusedException.Invalid(new FieldProblem("body", "must be a JSON object"));
        var target = JsonSerializer.SerializeToNode(present, BoreasJson.Options)!.AsObject();
        Merge(target, patch);
        try
        {
            return target.Deserialize<T>(BoreasJson.Options)!;
        }
        catch (JsonException e)
        {
            throw ProblemAnswers.Refusal(e);
        }
    }

    private static void Merge(JsonObject target, JsonElement patch)
    {
        foreach (var property in patch.EnumerateObject())
        {
            // Keys are read without regard to case, also where one replaces another; names of variables are told apart.
            var key = target.Any(p => p.Key == property.Name) ? property.Name
                : target.Select(p => p.Key).FirstOrDefault(k => char.IsAsciiLetterLower(k[0]) && k.Equals(property.Name, StringComparison.OrdinalIgnoreCase)) ?? property.Name;
            if (property.Value.ValueKind == JsonValueKind.Null) target.Remove(key);
            else if (property.Value.ValueKind == JsonValueKind.Object)
            {
                if (target[key] is not JsonObject inner) target[key] = inner = [];
                Merge(inner, property.Value);
            }
            else target[key] = JsonNode.Parse(property.Value.GetRawText());
        }
    }
}
