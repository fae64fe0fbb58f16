using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Processes;
using Boreas.Runner.Artifacts;
using Boreas.Runner.Engines;
using Boreas.Runner.Jobs;
using Boreas.Runner.Workspaces;

namespace Boreas.Runner.Executors;

/// <summary>Runs the test commands of the repository in what was built from it.</summary>
internal sealed class TestExecutor(WorkspaceFolders workspaces, ContainerEngines engines, ArtifactStore artifacts, TimeProvider time) : IExecutor
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(2);

    public string Name => ExecutorNames.Test;

    public async Task<JsonElement?> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var work = context.Work<TestWork>();
        if (work.Plan.Test.Count == 0)
        {
            context.Log.Info("The repository declares no tests (a 'test' in boreas.yaml or package.json would be run here)");
            return BoreasJson.ToElement(new TestResult(0));
        }

        using var workspace = workspaces.Create();
        var run = work.Build switch
        {
            { Image: { } image } => await InImageAsync(context, work, image, workspace, cancellation),
            { Artifact: { } artifact } => await InArtifactAsync(context, work, artifact, workspace, cancellation),
            _ => throw JobFailedException.Invalid("The build", "made neither an image nor an artifact"),
        };
        foreach (var command in work.Plan.Test)
        {
            var result = await run(command);
            if (!result.Succeeded) throw JobFailedException.Failed(ProblemCodes.TestsFailed, $"The tests failed: '{string.Join(' ', command)}' ended with {result.ExitCode}.", "The log shows which.");
        }

        return BoreasJson.ToElement(new TestResult(work.Plan.Test.Count));
    }

    private async Task<Func<IReadOnlyList<string>, Task<ProgramResult>>> InArtifactAsync(JobContext context, TestWork work, BuiltArtifact artifact, Workspace workspace, CancellationToken cancellation)
    {
        await artifacts.UnpackAsync(artifact, workspace.Source, Path.Combine(workspace.Private, "artifact.tar.gz"), cancellation);
        var commands = new UserCommands(workspaces, workspace, work.Variables, time);
        return command => commands.RunAsync(context, command, workspace.Source, new Dictionary<string, string>(), cancellation);
    }

    private async Task<Func<IReadOnlyList<string>, Task<ProgramResult>>> InImageAsync(JobContext context, TestWork work, BuiltImage image, Workspace workspace, CancellationToken cancellation)
    {
        var engine = await engines.RequireAsync(cancellation);
        var local = ImagePublisher.LocalNameOf(image.Digest);
        var name = image.Pushed && await engine.LocalIdAsync(local, cancellation) is not null ? local : image.Reference;
        return command =>
        {
            context.Log.Info("$ " + string.Join(' ', command));
            return engine.RunAsync(name, command, work.Variables, Longest, workspace, context.Log, cancellation);
        };
    }
}
