using System.Diagnostics.CodeAnalysis;
using Boreas.Processes;

namespace Boreas.Runner.Tests.World;

/// <summary>
/// A test with real images: skipped, loudly, where podman, a static busybox or a registry is missing. Where podman needs
/// other settings than its defaults, CONTAINERS_CONF says so to podman and to these tests alike.
/// </summary>
[SuppressMessage("Performance", "CA1813", Justification = "xunit derives theories from facts.")]
public sealed class PodmanFactAttribute : FactAttribute
{
    public PodmanFactAttribute()
    {
        if (((string[])["podman", "busybox", "docker-registry"]).FirstOrDefault(program => ProgramPath.Find(program) is null) is { } missing) Skip = $"SKIPPED: {missing} is not installed";
    }
}
