using System.Text.Json;
using Boreas.Processes;

namespace Boreas.Agent.Containers;

/// <summary>What an engine says about a container; the same shape in podman and docker.</summary>
internal sealed record InspectedContainer(string Id, string Image, InspectedState State, InspectedConfig Config)
{
    public string? Label(string name) => Config.Labels?.GetValueOrDefault(name);

    public static IReadOnlyList<InspectedContainer> Read(string json) => JsonSerializer.Deserialize<List<InspectedContainer>>(json) ?? [];
}

internal sealed record InspectedState(bool Running, int Pid, int ExitCode, bool OOMKilled)
{
    public long StartTicks => ProcessTable.Identify(Pid)?.StartTicks ?? 0;
}

internal sealed record InspectedConfig(IReadOnlyDictionary<string, string>? Labels);

/// <summary>What an engine says about an image; podman leaves 'sha256:' out of its ids.</summary>
internal sealed record InspectedImage(string Id, IReadOnlyList<string>? RepoDigests)
{
    public string FullId => Id.StartsWith("sha256:", StringComparison.Ordinal) ? Id : "sha256:" + Id;

    /// <summary>Whether <paramref name="digest"/> is this image's id or the digest that a registry knows it by.</summary>
    public bool Is(string digest) => FullId == digest || (RepoDigests ?? []).Any(known => known.EndsWith("@" + digest, StringComparison.Ordinal));

    /// <summary>The digest in the registry where it was pulled from, else the id.</summary>
    public string Digest(string? expected)
    {
        if (expected is not null && Is(expected)) return expected;
        return RepoDigests is [var first, ..] && first.Contains('@', StringComparison.Ordinal) ? first.Split('@')[1] : FullId;
    }

    public static InspectedImage? Read(string json) => JsonSerializer.Deserialize<List<InspectedImage>>(json) is [var image, ..] ? image : null;
}
