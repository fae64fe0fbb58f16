using System.Reflection;
using Boreas.Contracts.Values;

namespace Boreas.Agent;

/// <summary>What starts the images that are deployed to this node. Artifacts always run as plain processes.</summary>
public enum AgentEngine
{
    /// <summary>Podman where it answers, else Docker where it answers, else none.</summary>
    Auto,
    Podman,
    Docker,

    /// <summary>No container engine: images are refused.</summary>
    Process,
}

/// <summary>How an agent is set up. What has a default here is fit for one machine.</summary>
public sealed record AgentOptions
{
    /// <summary>Base URL of the control plane.</summary>
    public required Uri ControlPlane { get; init; }

    /// <summary>The agent's token, asked for before every call, so that it may become known after start.</summary>
    public required Func<string> Token { get; init; }

    /// <summary>Base URL at which runners reach this agent.</summary>
    public required Uri Url { get; init; }

    /// <summary>Folder of the node key, the instances and the artifacts. One agent at a time.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Name of the node, a slug.</summary>
    public string Name { get; init; } = Slug.Near(Environment.MachineName, "node").Value;

    public AgentEngine Engine { get; init; } = AgentEngine.Auto;

    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>How many instances the node takes, 1–10,000.</summary>
    public int Capacity { get; init; } = 50;

    /// <summary>
    /// True: a clean stop of the agent ends its apps, and the next start starts them again. False: apps outlive the agent
    /// and are adopted by the next one.
    /// </summary>
    public bool StopAppsOnExit { get; init; }

    /// <summary>IP address on which instances accept connections. With <c>0.0.0.0</c> they are reached at the host of <see cref="Url"/>.</summary>
    public string BindAddress { get; init; } = "127.0.0.1";

    /// <summary>First and last TCP port that is given to instances; below the range that the kernel gives to outgoing connections.</summary>
    public (int First, int Last) Ports { get; init; } = (20000, 29999);

    /// <summary>The command that is this executable, to which <c>serve-static FOLDER --port N</c> is added.</summary>
    public IReadOnlyList<string> SelfCommand { get; init; } = OwnCommand();

    /// <summary>Artifacts kept for the next instance, in bytes and in number; the ones used longest ago go first.</summary>
    public long ArtifactCacheBytes { get; init; } = 5L << 30;

    public int ArtifactCacheCount { get; init; } = 50;

    /// <summary>Caps on one unpacked artifact.</summary>
    public long MaxUnpackedBytes { get; init; } = 4L << 30;

    public int MaxUnpackedEntries { get; init; } = 300_000;

    /// <summary>Size at which a log file of a plain process is turned over; the one before it is kept.</summary>
    public long LogFileBytes { get; init; } = 10 << 20;

    /// <summary>Everything that is wrong with these options, each with the fix; empty when they are fine.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (!Slug.TryParse(Name, out _, out var error)) problems.Add($"Name '{Name}' {error}");
        if (!ControlPlane.IsAbsoluteUri) problems.Add($"ControlPlane '{ControlPlane}' must be a URL such as http://127.0.0.1:5080");
        if (!Url.IsAbsoluteUri) problems.Add($"Url '{Url}' must be a URL such as http://node-1:5090");
        if (!System.Net.IPAddress.TryParse(BindAddress, out _)) problems.Add($"BindAddress '{BindAddress}' must be an IP address such as 127.0.0.1");
        if (Capacity is < 1 or > 10_000) problems.Add($"Capacity {Capacity} must be 1 to 10,000");
        if (Ports.First < 1024 || Ports.Last > 65535 || Ports.Last < Ports.First) problems.Add($"Ports {Ports.First}–{Ports.Last} must be a range within 1024–65535");
        if (SelfCommand.Count == 0) problems.Add("SelfCommand must name the boreas executable");
        if (string.IsNullOrWhiteSpace(DataDirectory)) problems.Add("DataDirectory must name a folder");
        return problems;
    }

    private static IReadOnlyList<string> OwnCommand()
    {
        if (Environment.ProcessPath is not { } program) return [];
        var byHost = Path.GetFileNameWithoutExtension(program) == "dotnet" && Assembly.GetEntryAssembly()?.Location is { Length: > 0 };
        return byHost ? [program, Assembly.GetEntryAssembly()!.Location] : [program];
    }
}
