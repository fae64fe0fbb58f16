using System.Diagnostics.CodeAnalysis;
using Boreas.Processes;

namespace Boreas.Agent.Tests.Containers;

/// <summary>
/// A test that needs a podman that runs containers here, and a static busybox to make an image of. Where the engine
/// needs other settings than its defaults, CONTAINERS_CONF says so to podman and to these tests alike.
/// </summary>
[SuppressMessage("Performance", "CA1813", Justification = "xunit derives theories from facts.")]
public sealed class PodmanFactAttribute : FactAttribute
{
    private static readonly string? Missing = Look();

    public PodmanFactAttribute() => Skip = Missing;

    private static string? Look()
    {
        if (ProgramPath.Find("podman") is null) return "SKIPPED: podman is not installed";
        return BusyboxImage.Program is null ? "SKIPPED: no static busybox in the PATH (package busybox-static)" : null;
    }
}
