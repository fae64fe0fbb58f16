using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Environments;
using Boreas.Contracts.Versions;

namespace Boreas.Contracts.Systems;

/// <summary>A whole system in one file: its apps, its environments, a version of it and how that is rolled out. All parts are optional, and say what the API's requests say.</summary>
/// <param name="Project">Of everything in it; default: <c>default</c>.</param>
/// <param name="Deploy">Without apps and a version of its own: the <c>Version</c> above, or all <c>Apps</c>.</param>
public sealed record SystemDocument(
    string? Project = null,
    IReadOnlyList<AppInput>? Apps = null,
    IReadOnlyList<EnvironmentInput>? Environments = null,
    VersionInput? Version = null,
    CreateDeployment? Deploy = null)
{
    /// <summary>The deployment that the file asks for; null when it asks for none.</summary>
    public CreateDeployment? ToDeployment() => Deploy is not { Version: null, ApplicationIds: null or { Count: 0 }, Template: null } ? Deploy
        : Version?.Name is { } version ? Deploy with { Version = version }
        : Deploy with { ApplicationIds = [.. (Apps ?? []).Select(a => a.Id ?? "")] };
}
