namespace Boreas.Processes;

/// <summary>Where programs are.</summary>
public static class ProgramPath
{
    public const string Default = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The absolute path of the program, or null. <paramref name="path"/> defaults to this process's own <c>PATH</c>.</summary>
    public static string? Find(string name, string? path = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('/', StringComparison.Ordinal)) return Path.IsPathFullyQualified(name) && IsProgram(name) ? name : null;
        path ??= Environment.GetEnvironmentVariable("PATH") ?? Default;
        return path.Split(':')
            .Where(Path.IsPathFullyQualified)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(IsProgram);
    }

    private static bool IsProgram(string file)
    {
        try
        {
            return File.Exists(file) && (File.GetUnixFileMode(file) & AnyExecute) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

/// <summary>The program is not installed, or not on the <c>PATH</c> that it was looked for on.</summary>
public sealed class ProgramMissingException : Exception
{
    public ProgramMissingException(string program)
        : base($"The program '{program}' was not found.") => Program = program;

    /// <summary>The name as it was asked for.</summary>
    public string Program { get; }
}
