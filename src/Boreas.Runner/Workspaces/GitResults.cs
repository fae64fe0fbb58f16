using Boreas.Contracts.Problems;
using Boreas.Processes;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Workspaces;

internal static class GitResults
{
    /// <summary>For git commands that talk to nobody: their failure is ours or the disk's, and may pass.</summary>
    public static ProgramResult ThrowIfFailed(this ProgramResult result, string what)
    {
        if (result.Succeeded) return result;
        var full = result.ErrorTail.Contains("No space left", StringComparison.OrdinalIgnoreCase);
        throw JobFailedException.Errored(full ? ProblemCodes.DiskFull : ProblemCodes.Internal, $"{what} failed ({result.ExitCode}): {result.ErrorTail}", full ? "Free space in the runner's data directory." : null);
    }
}
