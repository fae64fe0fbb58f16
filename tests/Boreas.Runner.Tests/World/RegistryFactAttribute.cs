using System.Diagnostics.CodeAnalysis;
using Boreas.Processes;

namespace Boreas.Runner.Tests.World;

/// <summary>A test with a real registry and no container engine: skipped, loudly, where the registry is missing.</summary>
[SuppressMessage("Performance", "CA1813", Justification = "xunit derives theories from facts.")]
public sealed class RegistryFactAttribute : FactAttribute
{
    public RegistryFactAttribute()
    {
        if (ProgramPath.Find("docker-registry") is null) Skip = "SKIPPED: docker-registry is not installed";
    }
}
