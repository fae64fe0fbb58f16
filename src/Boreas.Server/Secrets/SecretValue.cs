using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Boreas.Server.Secrets;

/// <summary>A secret in the clear. It does not print, compare or serialise; who needs the text says so with <see cref="Reveal"/>.</summary>
[DebuggerDisplay("***")]
[JsonConverter(typeof(Refuse))]
public sealed class SecretValue(string value)
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _value = value;

    public string Reveal() => _value;

    public override string ToString() => "***";

    private sealed class Refuse : JsonConverter<SecretValue>
    {
        public override SecretValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("A secret is not read from JSON.");

        public override void Write(Utf8JsonWriter writer, SecretValue value, JsonSerializerOptions options) => throw new NotSupportedException("A secret is not written to JSON.");
    }
}
