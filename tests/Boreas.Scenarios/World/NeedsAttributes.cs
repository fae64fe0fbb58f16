using Boreas.Processes;
using Boreas.Testing;

namespace Boreas.Scenarios.World;

/// <summary>Needs podman, docker-registry and a static busybox; where podman's defaults do not work, CONTAINERS_CONF says so to podman and to Boreas alike.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContainerFactAttribute : FactAttribute
{
    public ContainerFactAttribute() =>
        Skip = ProgramPath.Find("podman") is null ? "SKIPPED: podman is not installed"
            : ProgramPath.Find("docker-registry") is null ? "SKIPPED: docker-registry is not installed"
            : ProgramPath.Find("busybox") is null ? "SKIPPED: no static busybox in the PATH (package busybox-static)"
            : null;
}

/// <summary>Needs the PostgreSQL that BOREAS_TEST_POSTGRES names.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = TestDatabase.Postgres is null ? $"SKIPPED: {TestDatabase.PostgresVariable} names no PostgreSQL" : null;
}

/// <summary>Needs Chromium and the built web UI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() =>
        Skip = Browser.Program is null ? "SKIPPED: chromium is not installed"
            : !File.Exists(Path.Combine(Browser.WebFolder, "index.html")) ? "SKIPPED: the web UI is not built (npm ci && npm run build in web/)"
            : null;
}
