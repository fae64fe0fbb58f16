using System.ComponentModel.DataAnnotations;
using Boreas.Contracts.Jobs;

namespace Boreas.Contracts.Apps;

/// <summary>Something that is built and run. Its source is a repository URL, the embedded Git (<c>Embedded</c>), or an image that exists.</summary>
/// <param name="StickySessions">Whether a client stays with one instance, by cookie, while that takes traffic; takes effect at once.</param>
public sealed record App(
    string Id,
    string Name,
    string Project,
    string Owner,
    AppSource Source,
    string? ImageRepository,
    string? Registry,
    int ContainerPort,
    HealthCheckSpec HealthCheck,
    int Replicas,
    LimitsSpec Limits,
    IReadOnlyDictionary<string, string> Variables,
    IReadOnlyList<string> Secrets,
    IReadOnlyList<AppEndpoint> Endpoints,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    bool StickySessions = false);

/// <param name="RepositoryUrl">Null for the embedded Git and for images.</param>
/// <param name="Image">An existing image to run; null when the app is built.</param>
/// <param name="CredentialSecret">The app's secret that holds the HTTP token or SSH key for the repository.</param>
public sealed record AppSource(
    string? RepositoryUrl = null,
    bool Embedded = false,
    string? Image = null,
    string Ref = "main",
    string DockerfilePath = "Dockerfile",
    string BuildContext = ".",
    string? CredentialSecret = null,
    string? KnownHosts = null,
    bool Submodules = false);

/// <summary>Where the app is reached, and what serves there now.</summary>
public sealed record AppEndpoint(string Environment, string Url, string? Version, string? Commit, int Instances, string Status);

/// <summary><c>GET /api/v1/apps/{id}/logs</c>: one JSON line each. An empty line says that there is nothing new.</summary>
/// <param name="Stream"><c>stdout</c> or <c>stderr</c> of the app, or <c>boreas</c>.</param>
public sealed record AppLogLine(string Instance, DateTimeOffset Timestamp, [property: AllowedValues("stdout", "stderr", AppLogLine.FromBoreas)] string Stream, string Message)
{
    /// <summary>The stream of remarks that are not the app's: why nothing of an instance comes.</summary>
    public const string FromBoreas = "boreas";
}

/// <summary><c>PUT /api/v1/apps/{id}</c> and <c>POST /api/v1/apps</c>; what is left out keeps its default (or its value, on PATCH).</summary>
public sealed record AppInput(
    string? Id = null,
    string? Name = null,
    string? Project = null,
    AppSource? Source = null,
    string? ImageRepository = null,
    string? Registry = null,
    int? ContainerPort = null,
    HealthCheckSpec? HealthCheck = null,
    int? Replicas = null,
    LimitsSpec? Limits = null,
    IReadOnlyDictionary<string, string>? Variables = null,
    bool? StickySessions = null);

/// <summary><c>PUT /api/v1/secrets/{app}/{name}</c>. Values go in and never come out.</summary>
public sealed record SecretInput(string Value);

/// <param name="Version">Counts the values that it had. A deployment runs with the versions that there were when it was made, also when it is brought back.</param>
public sealed record SecretInfo(string App, string Name, DateTimeOffset UpdatedAt, string UpdatedBy, int Version);

/// <summary>A container registry. <c>PlainHttp</c> declares one that speaks no TLS. The password goes in and never comes out.</summary>
public sealed record Registry(string Name, string Host, string Project, bool PlainHttp, string? UserName, bool HasPassword);

public sealed record RegistryInput(string? Name = null, string? Host = null, string? Project = null, bool PlainHttp = false, string? UserName = null, string? Password = null);
