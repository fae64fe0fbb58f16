using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;

namespace Boreas.Agent.Files;

/// <summary>Tells a full disk from other trouble with files.</summary>
internal static class DiskSpace
{
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;

    public static bool IsFull(IOException error) => (error.HResult & 0xFFFF) is NoSpaceLeft or QuotaExceeded;

    public static JobFailure Failure(string folder) => new(
        FailureKind.Errored,
        ProblemCodes.DiskFull,
        $"The disk of the node is full: {folder} could not be written.",
        "Free space on the node, or give the agent a data directory on a larger disk.");
}
