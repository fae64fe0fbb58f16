using System.Text.Json;
using Boreas.Contracts.Values;

namespace Boreas.Server.Deployments;

/// <summary>The payload of a custom task: <c>{"command": ["program", "argument"]}</c>, or one line that is split like a shell splits words.</summary>
internal static class CustomCommand
{
    /// <summary>Null and the command, or what is wrong with the payload.</summary>
    public static string? TryRead(JsonElement? payload, out IReadOnlyList<string> command)
    {
        command = [];
        if (payload is not { ValueKind: JsonValueKind.Object } found || !found.TryGetProperty("command", out var given))
            return "must be an object with a 'command', for example {\"command\": [\"./smoke-test\", \"--fast\"]}";
        switch (given.ValueKind)
        {
            case JsonValueKind.Array when given.GetArrayLength() > 0 && given.EnumerateArray().All(a => a.ValueKind == JsonValueKind.String && !a.GetString()!.Contains('\0', StringComparison.Ordinal)):
                command = [.. given.EnumerateArray().Select(a => a.GetString()!)];
                return null;
            case JsonValueKind.String:
                if (!ProgramCommand.TrySplit(given.GetString(), out var split, out var error)) return $"has a command that {error}";
                command = split;
                return null;
            default:
                return "has a command that is neither a list of words nor one line";
        }
    }
}
