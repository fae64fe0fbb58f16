namespace Boreas.Agent.Logs;

/// <summary>
/// Bounds a log file that its writer keeps open for appending: the content is copied to <c>{name}.1</c> and the file cut to
/// nothing. What is written between the two is lost; that is the price of a writer that knows nothing of us.
/// </summary>
internal static class LogTurnover
{
    public static void IfLarger(string path, long maxBytes)
    {
        if (new FileInfo(path) is not { Exists: true } file || file.Length <= maxBytes) return;
        File.Copy(path, path + ".1", overwrite: true);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.SetLength(0);
    }
}
