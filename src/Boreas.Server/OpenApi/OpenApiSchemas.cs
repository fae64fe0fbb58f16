using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Boreas.Contracts.Apps;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Boreas.Server.OpenApi;

/// <summary>Where the schemas that are made from the types differ from what <see cref="Contracts.BoreasJson"/> reads and writes.</summary>
internal static partial class OpenApiSchemas
{
    /// <summary>A text that is one of a few is shown as such. Nulls are left out, so what may be null is not required.</summary>
    public static Task Correct(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: false) is [AllowedValuesAttribute allowed])
            schema.Enum = [.. allowed.Values.OfType<string>().Select(v => (JsonNode)v)];
        if (schema.Enum is { Count: > 0 }) schema.Type ??= JsonSchemaType.String;
        foreach (var property in context.JsonTypeInfo.Properties.Where(p => p.IsGetNullable)) schema.Required?.Remove(property.Name);
        return Task.CompletedTask;
    }

    /// <summary>What is missing need not be null as well. Only a patch tells the two apart: there null goes back to the default.</summary>
    public static void LeaveNullsOut(OpenApiDocument document)
    {
        foreach (var (name, schema) in document.Components!.Schemas!)
        {
            if (name == nameof(AppInput)) continue;
            foreach (var (property, value) in schema.Properties?.ToList() ?? [])
            {
                if (WithoutNull(value) is { } rest) schema.Properties![property] = rest;
            }
        }
    }

    /// <summary>A body that may be left out is not required, and that is all that its null means.</summary>
    public static void LeaveNullsOut(OpenApiOperation operation)
    {
        if (operation.RequestBody?.Content is not { } contents) return;
        foreach (var content in contents.Values)
        {
            if (content.Schema is { } schema && WithoutNull(schema) is { } rest) content.Schema = rest;
        }
    }

    /// <summary>Comments in the code are broken into lines and name properties as C# does; here they are sentences about the JSON.</summary>
    public static void TidyDescriptions(OpenApiDocument document)
    {
        foreach (var schema in document.Components!.Schemas!.Values)
        {
            foreach (var described in schema.Properties?.Values.Prepend(schema) ?? [schema])
            {
                if (described.Description is not { } text) continue;
                described.Description = QuotedProperty().Replace(LineBreak().Replace(WebUtility.HtmlDecode(text), " "), first => first.Value.ToLowerInvariant());
            }
        }
    }

    [GeneratedRegex(@"\s*\n\s*")]
    private static partial Regex LineBreak();

    [GeneratedRegex("(?<=`)[A-Z](?=[a-z][A-Za-z]*`)")]
    private static partial Regex QuotedProperty();

    /// <summary>The schema of the values that are not null; null when null was none of them.</summary>
    private static IOpenApiSchema? WithoutNull(IOpenApiSchema schema)
    {
        if (schema.OneOf is { Count: 2 } either && either.Any(s => s.Type == JsonSchemaType.Null)) return either.First(s => s.Type != JsonSchemaType.Null);
        if (schema is not OpenApiSchema { Type: { } type } inline || !type.HasFlag(JsonSchemaType.Null)) return null;
        var rest = (OpenApiSchema)inline.CreateShallowCopy();
        rest.Type = type & ~JsonSchemaType.Null;
        return rest;
    }
}
