using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Plans;

/// <summary>A plan, and the sentence that says why it is this one.</summary>
internal sealed record FoundPlan(BuildPlan Plan, string Why);

/// <summary>
/// Decides how a repository is built, by its files, in this order: Dockerfile (when a container engine works),
/// <c>boreas.yaml</c>, Procfile, package.json, a .NET project, index.html. What <c>boreas.yaml</c> says about test, port and
/// health holds in any case.
/// </summary>
internal static class PlanFinder
{
    /// <param name="engine">Whether images can be built here.</param>
    /// <exception cref="JobFailedException">There is no plan, or a file that decides is wrong.</exception>
    public static async Task<FoundPlan> FindAsync(FileTree repository, SourceSpec source, bool engine, CancellationToken cancellation)
    {
        var context = Checked(source.BuildContext, "The build context");
        if (!repository.HasFolder(context)) throw JobFailedException.Failed(ProblemCodes.BuildPlanMissing, $"The build context '{context}' is not a folder of the repository.", "Correct buildContext of the app.");
        var tree = repository.Below(context);
        var declared = await BoreasYaml.ReadAsync(tree, cancellation);
        var dockerfile = DockerfileOf(repository, source);
        if (dockerfile is not null && engine)
            return Declare(new FoundPlan(new BuildPlan(BuildKind.Dockerfile, dockerfile, [], []), $"Building an image from {dockerfile}"), declared);

        var found = declared?.Decides == true ? new FoundPlan(declared.ToPlan(), "Building as boreas.yaml says")
            : await Procfile.FindAsync(tree, cancellation)
            ?? await PackageJson.FindAsync(tree, cancellation)
            ?? await DotnetProject.FindAsync(tree, cancellation)
            ?? StaticSite.Find(tree)
            ?? throw Missing(dockerfile);
        var skipped = dockerfile is null ? "" : $" ({dockerfile} is not used, because no container engine works here)";
        return Declare(found with { Why = found.Why + skipped }, declared);
    }

    /// <summary>Where the Dockerfile is, from the root of the repository: as its path says, or the same below the build context.</summary>
    public static string? DockerfileOf(FileTree repository, SourceSpec source)
    {
        var path = Checked(source.DockerfilePath, "The path of the Dockerfile");
        var context = Checked(source.BuildContext, "The build context");
        var inContext = context == "." ? path : context + "/" + path;
        return repository.HasFile(inContext) ? inContext : repository.HasFile(path) ? path : null;
    }

    private static FoundPlan Declare(FoundPlan found, BoreasYaml? declared) => declared is null ? found : found with
    {
        Plan = found.Plan with
        {
            Test = declared.Test ?? found.Plan.Test,
            Port = declared.Port ?? found.Plan.Port,
            HealthPath = declared.Health ?? found.Plan.HealthPath,
        },
    };

    private static string Checked(string path, string what) =>
        RelativePath.TryParse(path, out var parsed, out var error) ? parsed.Value : throw JobFailedException.Invalid($"{what} '{path}'", error);

    private static JobFailedException Missing(string? dockerfile) => JobFailedException.Failed(
        ProblemCodes.BuildPlanMissing,
        dockerfile is null ? "Nothing in the repository says how to build and run it."
            : $"There is a {dockerfile}, but no container engine works on this runner, and nothing else says how to build and run the app.",
        (dockerfile is null ? "" : "Install Podman or Docker on the runner, or ")
            + "add one of: a Dockerfile; a boreas.yaml with 'run: …' (the command must listen on $PORT); a Procfile with 'web: …'; a package.json with a start script; a .NET web project; an index.html.");
}
