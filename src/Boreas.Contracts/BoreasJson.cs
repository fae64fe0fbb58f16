using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Gateways;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;

namespace Boreas.Contracts;

/// <summary>How everything crosses the wire: camelCase, snake_case enum values, RFC 3339 times, nulls left out, keys read without regard to case.</summary>
public static class BoreasJson
{
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions());

    /// <summary>Gives <paramref name="options"/> the conventions above.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = true;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = 32;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        options.TypeInfoResolver = JsonTypeInfoResolver.Combine(HotPath.Default, new DefaultJsonTypeInfoResolver()).WithAddedModifier(NullMayBeLeftOut);
        return options;
    }

    /// <summary>Nulls are left out when writing, so a nullable parameter cannot be required when reading.</summary>
    private static void NullMayBeLeftOut(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AssociatedParameter is not { } parameter) continue;
            if (parameter.IsNullable || Nullable.GetUnderlyingType(parameter.ParameterType) is not null) property.IsRequired = false;
        }
    }

    public static JsonElement ToElement<T>(T value) => JsonSerializer.SerializeToElement(value, Options);

    public static T Read<T>(JsonElement element) =>
        element.Deserialize<T>(Options) ?? throw new JsonException($"A {typeof(T).Name} was expected and null was found.");
}

/// <summary>Generated metadata for what is read and written most often.</summary>
[JsonSerializable(typeof(ClaimRequest))]
[JsonSerializable(typeof(ClaimedJob))]
[JsonSerializable(typeof(HeartbeatRequest))]
[JsonSerializable(typeof(HeartbeatResponse))]
[JsonSerializable(typeof(LogsRequest))]
[JsonSerializable(typeof(ReportRequest))]
[JsonSerializable(typeof(RouteStatus))]
[JsonSerializable(typeof(RouteTable))]
[JsonSerializable(typeof(GatewayStatus))]
[JsonSerializable(typeof(NodeHeartbeat))]
[JsonSerializable(typeof(NodeInstructions))]
[JsonSerializable(typeof(Deployment))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class HotPath : JsonSerializerContext;
