namespace Boreas.Runner.Workspaces;

internal static class FolderSize
{
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    /// <summary>Bytes of all files below, links not followed; files that vanish meanwhile count nothing.</summary>
    public static long Of(string folder)
    {
        long sum = 0;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", Everything))
        {
            try
            {
                sum += file.Length;
            }
            catch (FileNotFoundException)
            {
                // A temporary file of a fetch.
            }
        }

        return sum;
    }
}
