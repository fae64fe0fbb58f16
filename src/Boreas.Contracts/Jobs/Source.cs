namespace Boreas.Contracts.Jobs;

/// <summary>What to fetch. <c>Commit</c>, once known, wins over <c>Ref</c>.</summary>
/// <param name="CredentialSecret">Name of the job secret with the HTTP token or SSH private key; null for public repositories.</param>
/// <param name="User">User name that goes with an HTTP token; default <c>git</c>.</param>
/// <param name="KnownHosts">Lines of a known_hosts file for SSH; null accepts no host that the runner's own file does not know.</param>
/// <param name="CachedAs">Under what name the runner keeps what it fetched, where the credential is another one in every job; null: under the credential.</param>
public sealed record SourceSpec(
    string RepositoryUrl,
    string Ref,
    string? Commit = null,
    string BuildContext = ".",
    string DockerfilePath = "Dockerfile",
    string? CredentialSecret = null,
    string? User = null,
    string? KnownHosts = null,
    bool Submodules = false,
    string? CachedAs = null);

/// <summary>How a checkout becomes a running app; found by looking at its files.</summary>
/// <param name="Build">Commands in order, each a list of arguments; empty when nothing is built.</param>
/// <param name="Test">Commands in order; empty when the repository declares none.</param>
/// <param name="Run">Command that starts the app, which must listen on <c>$PORT</c>; null for images (the image's own) and static files.</param>
/// <param name="StaticFolder">Folder to serve when <c>Kind</c> is <see cref="BuildKind.Static"/>.</param>
/// <param name="Port">Port that the app says it listens on; null when it follows <c>$PORT</c>.</param>
/// <param name="HealthPath">Health path from the repository; null when it says nothing.</param>
/// <param name="Origin">The file that decided, for the log: <c>Dockerfile</c>, <c>boreas.yaml</c>, …</param>
public sealed record BuildPlan(
    BuildKind Kind,
    string Origin,
    IReadOnlyList<IReadOnlyList<string>> Build,
    IReadOnlyList<IReadOnlyList<string>> Test,
    IReadOnlyList<string>? Run = null,
    string? StaticFolder = null,
    int? Port = null,
    string? HealthPath = null);

public enum BuildKind
{
    /// <summary>A container image from a Dockerfile.</summary>
    Dockerfile,

    /// <summary>Commands that leave a folder which a plain process runs from.</summary>
    Commands,

    /// <summary>Files that are served as they are.</summary>
    Static,

    /// <summary>An image that exists already; nothing is built.</summary>
    Image,
}

/// <summary>Where an image is pushed to or pulled from.</summary>
/// <param name="Reference">Full reference: <c>{registry}/{project}/apps/app-{appId}:{gitSha}</c>, or with <c>@sha256:…</c>.</param>
/// <param name="PlainHttp">The registry was declared to speak plain HTTP.</param>
/// <param name="UserName">Login; null when the registry asks for none.</param>
/// <param name="PasswordSecret">Name of the job secret with the password.</param>
public sealed record ImageTarget(string Reference, bool PlainHttp = false, string? UserName = null, string? PasswordSecret = null);
