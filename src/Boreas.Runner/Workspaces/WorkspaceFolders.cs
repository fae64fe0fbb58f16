using System.Security.Cryptography;

namespace Boreas.Runner.Workspaces;

/// <summary>A throw-away folder for one attempt. Disposal deletes it, whatever is in it.</summary>
internal sealed class Workspace : IDisposable
{
    public Workspace(string root)
    {
        Root = root;
        Source = Create("source");
        Home = Create("home");
        Temporary = Create("tmp");
        Private = Create("private");
    }

    public string Root { get; }

    /// <summary>The checkout.</summary>
    public string Source { get; }

    /// <summary>What programs of the user take for their home.</summary>
    public string Home { get; }

    public string Temporary { get; }

    /// <summary>Keys and logins: for our own programs only.</summary>
    public string Private { get; }

    /// <summary>Writes a file that only we can read.</summary>
    public string WriteSecret(string name, string content)
    {
        var file = Path.Combine(Private, name);
        using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        stream.Write(System.Text.Encoding.UTF8.GetBytes(content));
        return file;
    }

    public void Dispose() => WorkspaceFolders.Delete(Root);

    private string Create(string name) =>
        Directory.CreateDirectory(Path.Combine(Root, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
}

/// <summary>Where workspaces are, and the caches that outlive them.</summary>
internal sealed class WorkspaceFolders(RunnerOptions options)
{
    public string GitCaches { get; } = Path.Combine(options.DataDirectory, "git");

    private string Workspaces { get; } = Path.Combine(options.DataDirectory, "workspaces");

    public Workspace Create() => new(Path.Combine(Workspaces, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))));

    /// <summary>A folder for the cache of a package manager.</summary>
    public string PackageCache(string manager) => Directory.CreateDirectory(Path.Combine(options.DataDirectory, "packages", manager)).FullName;

    /// <summary>Removes what a runner that was killed has left.</summary>
    public void RemoveLeftovers()
    {
        if (!Directory.Exists(Workspaces)) return;
        foreach (var folder in Directory.EnumerateDirectories(Workspaces)) Delete(folder);
    }

    internal static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone already.
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // Package caches make their folders read-only (Go does); give ourselves the right and try once more.
            foreach (var inner in Directory.EnumerateDirectories(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
                File.SetUnixFileMode(inner, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Directory.Delete(folder, recursive: true);
        }
    }
}
