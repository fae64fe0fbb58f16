using Boreas.Contracts.Apps;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Values;
using Boreas.Engine.Images;
using Boreas.Server.Problems;

namespace Boreas.Server.Apps;

/// <summary>What a user sets about an app, checked field by field and completed with the defaults.</summary>
internal sealed record AppSettings(
    string Name,
    AppSource Source,
    string? ImageRepository,
    string? Registry,
    int ContainerPort,
    HealthCheckSpec HealthCheck,
    int Replicas,
    LimitsSpec Limits,
    IReadOnlyDictionary<string, string> Variables,
    bool StickySessions)
{
    private const int DefaultPort = 3000;

    /// <summary>Reads <paramref name="input"/>; what is wrong is in <paramref name="fields"/>.</summary>
    public static AppSettings Of(AppInput input, string id, Fields fields, ServerOptions options)
    {
        var settings = new AppSettings(
            input.Name is null ? id : fields.Text("name", input.Name, 100),
            SourceOf(input.Source ?? new AppSource(), fields, options),
            input.ImageRepository,
            fields.Optional<Slug>("registry", input.Registry)?.Value,
            fields.Range("containerPort", input.ContainerPort ?? DefaultPort, 1, 65535),
            HealthCheckOf(input.HealthCheck ?? new HealthCheckSpec(), fields),
            fields.Range("replicas", input.Replicas ?? 1, 1, 100),
            LimitsOf(input.Limits ?? new LimitsSpec(), fields),
            input.Variables ?? new Dictionary<string, string>(),
            input.StickySessions ?? false);
        if (input.ImageRepository is { } repository) ImageRepositoryOf(repository, fields);
        fields.Variables("variables", settings.Variables);
        return settings;
    }

    private static AppSource SourceOf(AppSource source, Fields fields, ServerOptions options)
    {
        var given = (source.RepositoryUrl is null ? 0 : 1) + (source.Embedded ? 1 : 0) + (source.Image is null ? 0 : 1);
        if (given != 1) fields.Refuse("source", "needs exactly one of repositoryUrl, embedded and image");
        if (source.RepositoryUrl is not null) Reachable(fields, "source.repositoryUrl", fields.Required<RepositoryUrl>("source.repositoryUrl", source.RepositoryUrl).Host, options);
        if (source.Image is not null && !ImageReference.TryParse(source.Image, out _, out var error)) fields.Refuse("source.image", error);
        fields.Required<GitRef>("source.ref", source.Ref);
        fields.Required<RelativePath>("source.dockerfilePath", source.DockerfilePath);
        fields.Required<RelativePath>("source.buildContext", source.BuildContext);
        fields.Optional<VariableName>("source.credentialSecret", source.CredentialSecret);
        if (source.KnownHosts is { } hosts)
        {
            if (hosts.Length > 16 * 1024) fields.Refuse("source.knownHosts", "must be at most 16384 characters");
            else if (hosts.Any(c => c is not ('\n' or (>= ' ' and <= '~')))) fields.Refuse("source.knownHosts", "must be lines of a known_hosts file: printable ASCII, ended by line feeds");
        }

        return source;
    }

    private static HealthCheckSpec HealthCheckOf(HealthCheckSpec check, Fields fields)
    {
        fields.Required<UrlPath>("healthCheck.path", check.Path);
        fields.Range("healthCheck.startSeconds", check.StartSeconds, 1, 3600);
        fields.Range("healthCheck.timeoutSeconds", check.TimeoutSeconds, 1, 300);
        fields.Range("healthCheck.successes", check.Successes, 1, 100);
        fields.Range("healthCheck.intervalMilliseconds", check.IntervalMilliseconds, 10, 60_000);
        return check;
    }

    private static LimitsSpec LimitsOf(LimitsSpec limits, Fields fields)
    {
        if (limits.MemoryMb != 0) fields.Range("limits.memoryMb", limits.MemoryMb, 6, 4 * 1024 * 1024);
        if (!(limits.Cpus is 0 or (>= 0.01 and <= 1024))) fields.Refuse("limits.cpus", "must be 0 (unlimited) or 0.01 to 1024");
        if (limits.Processes != 0) fields.Range("limits.processes", limits.Processes, 1, 1_000_000);
        return limits;
    }

    private static void ImageRepositoryOf(string text, Fields fields)
    {
        if (!ImageReference.TryParse(text, out var image, out var error)) fields.Refuse("imageRepository", error);
        else if (image.Tag is not null || image.Digest is not null) fields.Refuse("imageRepository", "must not have a tag or a digest: Boreas adds them");
    }

    private static void Reachable(Fields fields, string field, string? host, ServerOptions options)
    {
        if (!options.AllowPrivateNetworks && host is not null && NetworkRule.IsPrivate(host))
            fields.Refuse(field, "is on a private network or this machine, which the administrator has not allowed");
    }
}
