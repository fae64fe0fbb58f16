using System.Globalization;
using Boreas.Agent.Instances;
using Boreas.Contracts.Jobs;
using Boreas.Processes;

namespace Boreas.Agent.Containers;

/// <summary>
/// The exact commands of podman and docker. Values of variables are never arguments: <c>--env NAME</c> takes them from
/// the engine program's own environment, or, for names that the engine program itself would act upon, from a private file.
/// </summary>
internal sealed record ContainerProgram(string Name)
{
    public const string InstanceLabel = "boreas.instance";
    public const string AgentLabel = "boreas.agent";

    private static readonly TimeSpan PullTimeout = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private static readonly string[] OwnNames = ["PATH", "HOME", "USER", "LANG", "TMPDIR", "TZ", "TERM", "SHELL", "HOSTNAME", "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
    private static readonly string[] OwnPrefixes = ["LD_", "GO", "XDG_", "DBUS_", "CONTAINER", "_CONTAINER", "DOCKER", "PODMAN", "BUILDAH", "BUILDKIT", "STORAGE", "REGISTRY", "SSL_", "LC_", "MALLOC_", "GLIBC_", "GCONV_", "TMP", "NETAVARK", "RUNC", "CRUN"];

    public static ContainerProgram Podman { get; } = new("podman");

    public static ContainerProgram Docker { get; } = new("docker");

    public bool IsPodman => Name == "podman";

    public static string NameOf(string instanceId) => "boreas-" + instanceId;

    /// <summary>Whether the engine program would change its own behaviour if this variable were set for it.</summary>
    public static bool IsOwn(string variable) =>
        OwnNames.Contains(variable, StringComparer.OrdinalIgnoreCase) || OwnPrefixes.Any(prefix => variable.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <param name="image">Id of the image: what was checked is what runs.</param>
    /// <param name="environmentFile">Holds the variables that <see cref="IsOwn"/>; null when there are none.</param>
    public ProgramStart Run(InstanceRecord record, string image, string bind, IReadOnlyDictionary<string, string> variables, string? environmentFile, string logFile, string agentId, long logBytes)
    {
        var (release, port) = (record.Release, record.Port!.Value);
        var arguments = new List<string>
        {
            "run", "--detach", "--name", NameOf(record.InstanceId), "--pull=never", "--restart=no", "--stop-timeout=10", "--security-opt=no-new-privileges",
            Text($"--publish={(bind.Contains(':', StringComparison.Ordinal) ? $"[{bind}]" : bind)}:{port}:{release.ContainerPort}/tcp"),
        };
        arguments.AddRange(IsPodman
            ? ["--log-driver=k8s-file", "--log-opt=path=" + logFile, Text($"--log-opt=max-size={logBytes}")]
            : ["--log-driver=json-file", Text($"--log-opt=max-size={logBytes}"), "--log-opt=max-file=2"]);
        if (release.Limits.MemoryMb > 0) arguments.AddRange([Text($"--memory={release.Limits.MemoryMb}m"), Text($"--memory-swap={release.Limits.MemoryMb}m")]);
        if (release.Limits.Cpus > 0) arguments.Add(Text($"--cpus={release.Limits.Cpus}"));
        if (release.Limits.Processes > 0) arguments.Add(Text($"--pids-limit={release.Limits.Processes}"));
        foreach (var (name, value) in Labels(record, agentId)) arguments.AddRange(["--label", name + "=" + value]);
        foreach (var name in variables.Keys.Where(name => !IsOwn(name)).Order(StringComparer.Ordinal)) arguments.AddRange(["--env", name]);
        if (environmentFile is not null) arguments.Add("--env-file=" + environmentFile);
        arguments.AddRange(["--", image, .. release.Command is null ? [] : Contracts.Values.ProgramCommand.Expand(release.Command, variables)]);
        return Of(arguments) with { Environment = BaseEnvironment.With(variables.Where(variable => !IsOwn(variable.Key))) };
    }

    public ProgramStart Start(string instanceId) => Of(["start", "--", NameOf(instanceId)]);

    public ProgramStart Stop(string instanceId, TimeSpan grace)
    {
        var seconds = (int)Math.Ceiling(grace.TotalSeconds);
        return Of(["stop", Text($"--time={seconds}"), "--", NameOf(instanceId)]) with { Timeout = grace + Timeout };
    }

    public ProgramStart Remove(string nameOrId) => Of(["rm", "--force", "--volumes", "--", nameOrId]);

    public ProgramStart Inspect(IEnumerable<string> namesOrIds) => Of(["container", "inspect", "--", .. namesOrIds]);

    public ProgramStart InspectImage(string image) => Of(["image", "inspect", "--", image]);

    public ProgramStart ListOwn(string agentId) => Of(["ps", "--all", "--quiet", "--no-trunc", $"--filter=label={AgentLabel}={agentId}"]);

    /// <param name="loginFolder">Folder with a <c>config.json</c> that holds the login; null for none.</param>
    public ProgramStart Pull(string reference, ImageTarget target, string? loginFolder)
    {
        var before = !IsPodman && loginFolder is not null ? new[] { "--config", loginFolder } : [];
        var options = new List<string> { "--quiet" };
        if (IsPodman && target.PlainHttp) options.Add("--tls-verify=false");
        if (IsPodman && loginFolder is not null) options.Add("--authfile=" + Path.Combine(loginFolder, "config.json"));
        return Of([.. before, "pull", .. options, "--", reference]) with { Timeout = PullTimeout };
    }

    public ProgramStart Logs(string instanceId, int tail, bool follow) =>
        Of(["logs", "--timestamps", Text($"--tail={tail}"), .. follow ? ["--follow"] : Array.Empty<string>(), "--", NameOf(instanceId)])
            with { Timeout = follow ? TimeSpan.FromDays(1) : Timeout };

    private static IEnumerable<(string Name, string Value)> Labels(InstanceRecord record, string agentId)
    {
        var release = record.Release;
        var app = release.AppId;
        yield return (InstanceLabel, record.InstanceId);
        yield return (AgentLabel, agentId);
        yield return ("boreas.app", app);
        yield return ("boreas.environment", release.Environment);
        yield return ("boreas.version", release.Version);
        yield return ("traefik.enable", "true");
        yield return ($"traefik.http.routers.{app}.rule", $"PathPrefix(`/runtime/{app}`)");
        yield return ($"traefik.http.routers.{app}.middlewares", $"{app}-strip");
        yield return ($"traefik.http.middlewares.{app}-strip.stripprefix.prefixes", $"/runtime/{app}");
        yield return ($"traefik.http.services.{app}.loadbalancer.server.port", Text($"{release.ContainerPort}"));
    }

    private ProgramStart Of(IReadOnlyList<string> arguments) => new(Name, arguments) { Timeout = Timeout };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
