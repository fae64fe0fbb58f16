using System.Text.Json;
using Boreas.Cli.Output;
using Boreas.Contracts;

namespace Boreas.Cli.Api;

/// <summary>What the server answered, byte for byte (<c>Json</c>, empty for 204), to be shown as it is or read; <c>Tag</c> is its ETag.</summary>
internal sealed record Answer(int Status, string Json, string? Tag = null)
{
    public T Read<T>()
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Json, BoreasJson.Options) ?? throw new JsonException("null was found");
        }
        catch (JsonException unreadable)
        {
            throw new CommandFailure(
                ExitCode.Failed,
                $"The server's answer is not what this version of boreas understands: {unreadable.Message}",
                "Compare 'boreas --version' with the server's version; '--output json' shows the answer as it came.",
                unreadable);
        }
    }
}
