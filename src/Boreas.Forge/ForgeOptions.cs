namespace Boreas.Forge;

/// <summary>How the embedded Git host runs.</summary>
public sealed record ForgeOptions
{
    /// <summary>Base URL of the control plane, which says who may read and push, and hears of pushes.</summary>
    public required Uri ControlPlane { get; init; }

    /// <summary>The forge's own token; asked for at every call, so that it may become known after the start.</summary>
    public required Func<string> Token { get; init; }

    /// <summary>Repositories are kept in <c>repositories/{name}.git</c> below this folder.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Name in the log and in the <c>User-Agent</c> of calls to the control plane.</summary>
    public string Name { get; init; } = "forge";

    /// <summary>Most bytes that one push may send, after decompression. The control plane may allow less, not more.</summary>
    public long MaxPushBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>How long a pusher's terminal follows the deployment; 0 shows only that it began. 0–1440.</summary>
    public int FollowMinutes { get; init; } = 15;

    /// <summary>Git processes at a time; further requests wait, and are told to come again after half a minute. 1–1000.</summary>
    public int MaxConcurrent { get; init; } = 16;

    /// <summary>A transfer in which no byte moves for so long is ended. 1–3600.</summary>
    public int IdleSeconds { get; init; } = 120;

    /// <exception cref="ArgumentException">Names every option that is out of range, and its range.</exception>
    internal void Validate()
    {
        var problems = new List<string>();
        if (!ControlPlane.IsAbsoluteUri || ControlPlane.Scheme is not ("http" or "https")) problems.Add("ControlPlane must be an absolute http or https URL");
        if (string.IsNullOrWhiteSpace(DataDirectory)) problems.Add("DataDirectory must name a folder");
        if (MaxPushBytes < 1024) problems.Add("MaxPushBytes must be at least 1024");
        if (FollowMinutes is < 0 or > 1440) problems.Add("FollowMinutes must be 0 to 1440");
        if (MaxConcurrent is < 1 or > 1000) problems.Add("MaxConcurrent must be 1 to 1000");
        if (IdleSeconds is < 1 or > 3600) problems.Add("IdleSeconds must be 1 to 3600");
        if (problems.Count > 0) throw new ArgumentException("The forge's options are not right: " + string.Join("; ", problems) + ".");
    }
}
