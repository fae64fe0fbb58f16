namespace Boreas.Agent.Files;

/// <summary>Files that only the agent's own user reads (mode 0600, in folders of mode 0700).</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Makes <paramref name="path"/> hold exactly <paramref name="bytes"/>, durably: after a crash it has the old content or the new.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var draft = path + ".new";
        File.Delete(draft);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        using (var stream = new FileStream(draft, options))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    public static void CreateFolder(string path)
    {
        if (Directory.Exists(path)) File.SetUnixFileMode(path, OwnerFolder);
        else Directory.CreateDirectory(path, OwnerFolder);
    }
}
