using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Runner.Artifacts;
using Boreas.Runner.Engines;
using Boreas.Runner.Jobs;
using Boreas.Runner.Plans;
using Boreas.Runner.Workspaces;

namespace Boreas.Runner.Executors;

/// <summary>Builds what the checkout planned: an image, or a folder that is packed and stored.</summary>
internal sealed class BuildExecutor(WorkspaceFolders workspaces, GitCaches git, ContainerEngines engines, ArtifactStore artifacts, TimeProvider time) : IExecutor
{
    public string Name => ExecutorNames.Build;

    public async Task<JsonElement?> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var work = context.Work<BuildWork>();
        using var workspace = workspaces.Create();
        if (work.Plan.Kind == BuildKind.Image) throw JobFailedException.Invalid("The plan", "is an image that exists; there is nothing to build");
        var commit = await git.CheckOutAsync(work.Source, workspace, context, cancellation);
        context.Log.Info($"Checked out {commit[..12]}");
        var result = work.Plan.Kind == BuildKind.Dockerfile
            ? new BuildResult(await ImageAsync(context, work, workspace, cancellation), null)
            : new BuildResult(null, await ArtifactAsync(context, work, workspace, cancellation));
        return BoreasJson.ToElement(result);
    }

    private async Task<BuiltImage> ImageAsync(JobContext context, BuildWork work, Workspace workspace, CancellationToken cancellation)
    {
        var engine = await engines.RequireAsync(cancellation);
        var build = new ImageBuild(
            Folder(workspace, work.Source.BuildContext), CheckoutPath.Resolve(workspace.Source, Path(work.Plan.Origin, "The Dockerfile")), work.Target is null ? work.LocalName : null, work.Variables);
        return await new ImagePublisher(engines, engine, workspace, context).PublishAsync(build, work.Target, cancellation);
    }

    private async Task<BuiltArtifact> ArtifactAsync(JobContext context, BuildWork work, Workspace workspace, CancellationToken cancellation)
    {
        var folder = Folder(workspace, work.Source.BuildContext);
        var commands = new UserCommands(workspaces, workspace, work.Variables, time);
        foreach (var command in work.Plan.Build)
        {
            var result = await commands.RunAsync(context, command, folder, new Dictionary<string, string>(), cancellation);
            if (!result.Succeeded)
                throw JobFailedException.Failed(ProblemCodes.BuildFailed, $"'{string.Join(' ', command)}' ended with {result.ExitCode}.", "The log shows what it said; the same command should fail in the same way on your machine.");
        }

        if (work.Plan.StaticFolder is { } site && !Directory.Exists(CheckoutPath.Resolve(folder, Path(site, "The static folder"))))
            throw JobFailedException.Failed(ProblemCodes.BuildFailed, $"After the build there is no folder '{site}' to serve.", "Say in boreas.yaml which folder the build makes: static: FOLDER");

        var packed = await ArtifactPacker.PackAsync(
            folder, System.IO.Path.Combine(workspace.Private, "artifact.tar.gz"), IsLeftOut(work.Plan),
            path => context.Log.Warn($"The link {path} leads out of the folder and was left out"), cancellation);
        var built = await artifacts.PutAsync(context, packed, cancellation);
        context.Log.Info($"Stored {packed.Digest[..12]}, {packed.Size >> 10} KiB");
        return built;
    }

    /// <summary>What no instance needs: intermediate files of .NET, and the packages of a site that only its build used.</summary>
    private static Func<string, bool> IsLeftOut(BuildPlan plan)
    {
        if (plan.Origin.EndsWith("proj", StringComparison.Ordinal)) return path => System.IO.Path.GetFileName(path) is "obj" or "bin";
        if (plan is { Kind: BuildKind.Static, Test.Count: 0, StaticFolder: not "." }) return path => path == "node_modules";
        return _ => false;
    }

    private static string Folder(Workspace workspace, string context)
    {
        var folder = CheckoutPath.Resolve(workspace.Source, Path(context, "The build context"));
        return Directory.Exists(folder) ? folder : throw JobFailedException.Failed(ProblemCodes.BuildPlanMissing, $"The build context '{context}' is not a folder of the repository.", "Correct buildContext of the app.");
    }

    private static RelativePath Path(string text, string what) =>
        RelativePath.TryParse(text, out var path, out var error) ? path : throw JobFailedException.Invalid($"{what} '{text}'", error);
}
