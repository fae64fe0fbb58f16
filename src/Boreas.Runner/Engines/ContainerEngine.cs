using System.Text.Json;
using Boreas.Contracts.Problems;
using Boreas.Processes;
using Boreas.Runner.Jobs;
using Boreas.Runner.Registries;
using Boreas.Runner.Workspaces;

namespace Boreas.Runner.Engines;

/// <summary>
/// What an image build needs. Paths are absolute and inside the checkout. The commit is in the tag: as a label it would
/// make a new image of every build, also where nothing that is in the image has changed.
/// </summary>
/// <param name="Tag">Null where the image is pushed: it gets its name from the digest.</param>
internal sealed record ImageBuild(string ContextFolder, string Dockerfile, string? Tag, IReadOnlyDictionary<string, string> Arguments);

/// <summary>
/// Podman or Docker through its command line. Both take the same commands but for two things: how a login is given, and
/// how the digest of a pushed image is learned.
/// </summary>
/// <param name="Program"><c>podman</c> or <c>docker</c>.</param>
internal sealed record ContainerEngine(string Program)
{
    private static readonly TimeSpan BuildTimeout = TimeSpan.FromHours(2);
    private static readonly TimeSpan PushTimeout = TimeSpan.FromMinutes(30);

    public bool IsPodman => Program == "podman";

    /// <summary>Builds, and tags where a tag is asked for; returns the image id, <c>sha256:…</c>.</summary>
    public async Task<string> BuildAsync(ImageBuild build, RegistryLogin? login, Workspace workspace, JobLog log, CancellationToken cancellation)
    {
        var idFile = Path.Combine(workspace.Private, "image-id");
        var result = await ProgramRunner.RunAsync(Start(BuildCommand(build, idFile, login, workspace), login, workspace, BuildTimeout) with { WorkingDirectory = workspace.Root }, log.AddAsync, cancellation);
        if (!result.Succeeded)
        {
            if (await ContainerEngines.ProblemOfAsync(this, cancellation) is { } why) throw ContainerEngines.Unreachable(this, why);
            throw JobFailedException.Failed(
                ProblemCodes.BuildFailed, result.TimedOut ? $"The image was not built within {BuildTimeout.TotalMinutes:0} minutes." : $"The image could not be built ({Program} build ended with {result.ExitCode}): {LastLine(result)}",
                "The log shows the step that failed; 'docker build' or 'podman build' on your machine should fail in the same way.");
        }

        return WithAlgorithm((await File.ReadAllTextAsync(idFile, cancellation)).Trim());
    }

    /// <summary>The exact command; the base images may need the same login as the push.</summary>
    public IReadOnlyList<string> BuildCommand(ImageBuild build, string idFile, RegistryLogin? login, Workspace workspace) =>
    [
        "build", "--file", build.Dockerfile, "--iidfile", idFile,
        .. build.Tag is null ? (string[])[] : ["--tag", build.Tag],
        .. IsPodman && login is not null ? ["--authfile", login.PodmanFile(workspace)] : (string[])[],
        .. build.Arguments.SelectMany(argument => (string[])["--build-arg", $"{argument.Key}={argument.Value}"]),
        "--", build.ContextFolder,
    ];

    /// <summary>Pushes a local image; the digest that the registry gave it, null when this engine does not tell.</summary>
    public async Task<(ProgramResult Result, string? Digest)> PushAsync(string local, ImageAddress target, bool plainHttp, RegistryLogin? login, Workspace workspace, JobLog log, CancellationToken cancellation)
    {
        if (!IsPodman)
        {
            var tagged = await ProgramRunner.RunAsync(Start(["tag", "--", local, target.Text], login, workspace, PushTimeout), log.AddAsync, cancellation);
            return (tagged.Succeeded ? await ProgramRunner.RunAsync(Start(["push", "--", target.Text], login, workspace, PushTimeout), log.AddAsync, cancellation) : tagged, null);
        }

        var digestFile = Path.Combine(workspace.Private, "image-digest");
        IReadOnlyList<string> command =
        [
            "push", "--digestfile", digestFile,
            .. login is null ? (string[])[] : ["--authfile", login.PodmanFile(workspace)],
            .. plainHttp ? ["--tls-verify=false"] : (string[])[],
            "--", local, "docker://" + target.Text,
        ];
        var result = await ProgramRunner.RunAsync(Start(command, login, workspace, PushTimeout), log.AddAsync, cancellation);
        return (result, result.Succeeded ? (await File.ReadAllTextAsync(digestFile, cancellation)).Trim() : null);
    }

    /// <summary>Another name for a local image.</summary>
    public async Task<bool> TagAsync(string image, string name, CancellationToken cancellation) =>
        (await ProgramRunner.RunAsync(Start(["tag", "--", image, name], null, null, TimeSpan.FromMinutes(1)), null, cancellation)).Succeeded;

    /// <summary>Takes their names away from all but the newest <paramref name="keep"/> local images of <paramref name="repository"/>. Images that are in use stay.</summary>
    public async Task ForgetOldAsync(string repository, int keep, CancellationToken cancellation)
    {
        var listed = await ProgramRunner.RunAsync(Start(["images", "--format", "{{.Repository}}:{{.Tag}}", repository], null, null, TimeSpan.FromMinutes(1)), null, cancellation);
        var old = listed.Output.Split('\n').Where(line => line.StartsWith(repository + ":", StringComparison.Ordinal)).Skip(keep).ToList();
        if (old.Count > 0) await ProgramRunner.RunAsync(Start(["rmi", "--", .. old], null, null, TimeSpan.FromMinutes(5)), null, cancellation);
    }

    /// <summary>The id (<c>sha256:…</c>) of a local image; null when the engine does not have it.</summary>
    public async Task<string?> LocalIdAsync(string image, CancellationToken cancellation)
    {
        var result = await InspectAsync(image, "{{.Id}}", cancellation);
        return result.Succeeded ? WithAlgorithm(result.Output.Trim()) : null;
    }

    /// <summary>The one TCP port that the image exposes; null when it exposes none or several.</summary>
    public async Task<int?> ExposedPortAsync(string image, CancellationToken cancellation)
    {
        var result = await InspectAsync(image, "{{json .Config.ExposedPorts}}", cancellation);
        if (!result.Succeeded || result.Output.Trim() is "" or "null") return null;
        using var ports = JsonDocument.Parse(result.Output);
        var names = ports.RootElement.EnumerateObject().Select(port => port.Name.Split('/')).Where(parts => parts.Length == 1 || parts[1] == "tcp").ToList();
        return names.Count == 1 && int.TryParse(names[0][0], out var number) ? number : null;
    }

    /// <summary>Runs one command in a container that is removed afterwards, whatever happens.</summary>
    public async Task<ProgramResult> RunAsync(string image, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> variables, TimeSpan timeout, Workspace workspace, JobLog log, CancellationToken cancellation)
    {
        var name = "boreas-test-" + Path.GetFileName(workspace.Root);

        // Variables by file: values would stand in the process list.
        var variablesFile = workspace.WriteSecret("variables", string.Concat(variables.Where(pair => !pair.Value.Contains('\n', StringComparison.Ordinal)).Select(pair => $"{pair.Key}={pair.Value}\n")));
        try
        {
            return await ProgramRunner.RunAsync(
                Start(["run", "--rm", "--name", name, "--env-file", variablesFile, "--entrypoint", command[0], "--", image, .. command.Skip(1)], null, workspace, timeout), log.AddAsync, cancellation);
        }
        finally
        {
            await ProgramRunner.RunAsync(Start(["rm", "--force", "--", name], null, null, TimeSpan.FromMinutes(1)), null, CancellationToken.None);
        }
    }

    internal ProgramStart Start(IReadOnlyList<string> arguments, RegistryLogin? login, Workspace? workspace, TimeSpan timeout)
    {
        var environment = BaseEnvironment.Create();
        if (!IsPodman && login is not null && workspace is not null) environment["DOCKER_CONFIG"] = login.DockerFolder(workspace);
        return new ProgramStart(Program, arguments) { Environment = environment, Timeout = timeout, KillGrace = TimeSpan.FromSeconds(10) };
    }

    private Task<ProgramResult> InspectAsync(string image, string format, CancellationToken cancellation) =>
        ProgramRunner.RunAsync(Start(["image", "inspect", "--format", format, "--", image], null, null, TimeSpan.FromMinutes(1)), null, cancellation);

    private static string WithAlgorithm(string id) => id.StartsWith("sha256:", StringComparison.Ordinal) ? id : "sha256:" + id;

    private static string LastLine(ProgramResult result) =>
        result.ErrorTail.Split('\n').LastOrDefault(line => line.Trim().Length > 0) ?? result.Output.Split('\n')[^1];
}
