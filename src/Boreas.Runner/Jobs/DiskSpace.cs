namespace Boreas.Runner.Jobs;

internal static class DiskSpace
{
    private const int NoSpaceLeft = 28;

    /// <summary>Whether the disk, and not something else, stopped the writing.</summary>
    public static bool IsFull(IOException e) => (e.HResult & 0xffff) == NoSpaceLeft;
}
