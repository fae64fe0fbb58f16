using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Boreas.Cli.Files;
using Boreas.Cli.Output;
using Boreas.Contracts;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Jobs;

namespace Boreas.Cli.Commands;

/// <summary>What can be said about an app, for 'create' and 'set'.</summary>
internal sealed class AppOptions
{
    private static readonly JsonSerializerOptions WithNulls = new(BoreasJson.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    private readonly Option<bool> embedded = new("--embedded") { Description = "Its source is the embedded Git: 'git push' deploys it" };
    private readonly Option<string?> repository = new("--repo") { Description = "Its source is this Git repository", HelpName = "URL" };
    private readonly Option<string?> image = new("--image") { Description = "It runs this image; nothing is built", HelpName = "REFERENCE" };
    private readonly Option<string?> gitRef = new("--ref") { Description = "Branch, tag or commit (default: main)", HelpName = "REF" };
    private readonly Option<string?> dockerfile = new("--dockerfile") { Description = "Path of the Dockerfile", HelpName = "PATH" };
    private readonly Option<string?> buildContext = new("--build-context") { Description = "Folder that is built (default: the root)", HelpName = "PATH" };
    private readonly Option<string?> credential = new("--credential") { Description = "Name of the app's secret with the token or SSH key for the repository", HelpName = "NAME" };
    private readonly Option<FileInfo?> knownHosts = new("--known-hosts") { Description = "File with the SSH host keys of the repository's server", HelpName = "FILE" };
    private readonly Option<string?> name = new("--name") { Description = "Name for people", HelpName = "NAME" };
    private readonly Option<string?> project = new("--project") { Description = "Project that it belongs to", HelpName = "PROJECT" };
    private readonly Option<string?> registry = new("--registry") { Description = "Registry that its images go to", HelpName = "NAME" };
    private readonly Option<int?> port = new("--port") { Description = "Port that it listens on (default: 3000)", HelpName = "N" };
    private readonly Option<int?> replicas = new("--replicas") { Description = "Number of instances", HelpName = "N" };
    private readonly Option<string?> health = new("--health") { Description = "Path that answers 200–399 when it is well", HelpName = "PATH" };
    private readonly Option<int?> startSeconds = new("--start-seconds") { Description = "How long an instance may take to start", HelpName = "N" };
    private readonly Option<int?> memory = new("--memory") { Description = "Megabytes per instance, 0 for no limit", HelpName = "MB" };
    private readonly Option<double?> cpus = new("--cpus") { Description = "Cores per instance, 0 for no limit", HelpName = "N" };

    private readonly Option<bool?> sticky = new("--sticky") { Description = "Whether a client stays with one instance, by cookie; takes effect at once" };

    public IEnumerable<Option> All =>
        [embedded, repository, image, gitRef, dockerfile, buildContext, credential, knownHosts, name, project, registry, port, replicas, health, startSeconds, memory, cpus, sticky];

    /// <summary>What was typed; parts of records that were not named come from <paramref name="present"/>.</summary>
    public AppInput Read(Call call, App? present = null)
    {
        return new AppInput(
            Name: call.Get(name),
            Project: call.Get(project),
            Source: Source(call, present),
            Registry: call.Get(registry),
            ContainerPort: call.Get(port),
            HealthCheck: Has(call, health, startSeconds) ? HealthCheck(call, present?.HealthCheck ?? new HealthCheckSpec()) : null,
            Replicas: call.Get(replicas),
            Limits: Has(call, memory, cpus) ? Limits(call, present?.Limits ?? new LimitsSpec()) : null,
            StickySessions: call.Get(sticky));
    }

    /// <summary>
    /// The change as a merge patch. Nulls are left out, because they would take values away, except in the source: there
    /// they do just that, so that an app has the one source that was named and not the old one beside it.
    /// </summary>
    public static JsonNode Patch(AppInput input)
    {
        var patch = JsonSerializer.SerializeToNode(input, BoreasJson.Options)!;
        if (input.Source is not null) patch["source"] = JsonSerializer.SerializeToNode(input.Source, WithNulls);
        return patch;
    }

    private AppSource? Source(Call call, App? present)
    {
        if (new Option[] { embedded, repository, image }.Count(call.Has) > 1)
            throw new CommandFailure(ExitCode.Usage, "An app has one source.", "Name one of --embedded, --repo and --image.");
        if (!Has(call, embedded, repository, image, gitRef, dockerfile, buildContext, credential, knownHosts)) return null;
        var source = present?.Source ?? new AppSource();
        if (Has(call, embedded, repository, image)) source = source with { Embedded = call.Get(embedded), RepositoryUrl = call.Get(repository), Image = call.Get(image) };
        if (source is { Embedded: false, RepositoryUrl: null, Image: null }) return null;
        return source with
        {
            Ref = call.Get(gitRef) ?? source.Ref,
            DockerfilePath = call.Get(dockerfile) ?? source.DockerfilePath,
            BuildContext = call.Get(buildContext) ?? source.BuildContext,
            CredentialSecret = call.Get(credential) ?? source.CredentialSecret,
            KnownHosts = call.Get(knownHosts) is { } file ? TextFiles.Read(file.FullName, "The file with host keys") : source.KnownHosts,
        };
    }

    private HealthCheckSpec HealthCheck(Call call, HealthCheckSpec present) =>
        present with { Path = call.Get(health) ?? present.Path, StartSeconds = call.Get(startSeconds) ?? present.StartSeconds };

    private LimitsSpec Limits(Call call, LimitsSpec present) =>
        present with { MemoryMb = call.Get(memory) ?? present.MemoryMb, Cpus = call.Get(cpus) ?? present.Cpus };

    private static bool Has(Call call, params IEnumerable<Option> options) => options.Any(call.Has);
}
