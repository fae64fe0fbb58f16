using System.Net;

namespace Boreas.Runner;

/// <summary>Which container engine builds images.</summary>
public enum EnginePreference
{
    /// <summary>Podman when it works, else Docker when it works, else none.</summary>
    Auto,
    Podman,
    Docker,

    /// <summary>Dockerfiles are left alone; apps are built by their own commands.</summary>
    None,
}

/// <summary>How one runner process works.</summary>
public sealed record RunnerOptions
{
    public required Uri ControlPlane { get; init; }

    /// <summary>The runner's token; asked before every call, so that it may become known, or change, after the start.</summary>
    public required Func<string> Token { get; init; }

    /// <summary>Unique among the runners that use the same token.</summary>
    public string Name { get; init; } = Dns.GetHostName();

    /// <summary>Labels besides those that the runner finds itself (<c>linux</c>, architecture, engine, <c>process</c>).</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Jobs at a time, 1–256.</summary>
    public int Capacity { get; init; } = 4;

    /// <summary>Holds workspaces, the caches of repositories and of package managers. One running process per folder.</summary>
    public required string DataDirectory { get; init; }

    public EnginePreference EnginePreference { get; init; }

    /// <summary>Largest repository (its history as fetched) and largest checkout, in bytes.</summary>
    public long MaxRepositoryBytes { get; init; } = 4L << 30;

    /// <summary>Every problem of these options at once; empty when they are good.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (!ControlPlane.IsAbsoluteUri || ControlPlane.Scheme is not ("http" or "https")) problems.Add("ControlPlane must be an http or https URL, for example http://localhost:5080");
        if (Capacity is < 1 or > 256) problems.Add("Capacity must be 1 to 256");
        if (!Path.IsPathFullyQualified(DataDirectory) || DataDirectory.Contains('\'', StringComparison.Ordinal)) problems.Add("DataDirectory must be an absolute path without single quotes");
        if (string.IsNullOrWhiteSpace(Name)) problems.Add("Name must not be empty");
        if (MaxRepositoryBytes < 1 << 20) problems.Add("MaxRepositoryBytes must be at least 1 MiB");
        return problems;
    }
}
