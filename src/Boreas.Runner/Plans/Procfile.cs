using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Plans;

/// <summary>The <c>web:</c> line of a Procfile runs the app; a package.json beside it says how it is built.</summary>
internal static class Procfile
{
    private const string FileName = "Procfile";

    public static async Task<FoundPlan?> FindAsync(FileTree tree, CancellationToken cancellation)
    {
        if (await tree.ReadAsync(FileName, cancellation) is not { } text) return null;
        var lines = text.Split('\n').Select((line, index) => (Line: line.Trim(), Number: index + 1));
        var (web, number) = lines.FirstOrDefault(entry => entry.Line.StartsWith("web:", StringComparison.Ordinal));
        if (web is null) return null;
        if (!ProgramCommand.TrySplit(web["web:".Length..], out var run, out var error))
            throw JobFailedException.Failed(ProblemCodes.BuildPlanInvalid, $"Line {number} of the Procfile: the web command {error}.", "Correct the line and push again.");

        var node = await PackageJson.ReadAsync(tree, cancellation);
        return new FoundPlan(
            new BuildPlan(BuildKind.Commands, FileName, node?.BuildCommands(tree) ?? [], node?.TestCommands() ?? [], run),
            node is null ? "Running the web command of the Procfile" : "Building as package.json says, running the web command of the Procfile");
    }
}
