namespace Boreas.Server.Secrets;

/// <summary>
/// Where the keys are that secrets, cookies and tickets are encrypted with: <c>keys</c> in the data folder, for its owner
/// only. Whoever has the database without it has no secret. Several control planes of one installation share it.
/// </summary>
internal static class KeyFolder
{
    public static DirectoryInfo Create(string dataDirectory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(dataDirectory);
            return Directory.CreateDirectory(Path.Combine(dataDirectory, "keys"));
        }

        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(dataDirectory, Owner);
        var keys = Directory.CreateDirectory(Path.Combine(dataDirectory, "keys"), Owner);
        File.SetUnixFileMode(keys.FullName, Owner);
        return keys;
    }
}
