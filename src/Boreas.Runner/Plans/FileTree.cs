namespace Boreas.Runner.Plans;

/// <summary>The files of a repository by their paths (<c>/</c> between the parts), and a way to read the small ones.</summary>
/// <param name="read">The text of a file; null when it is a link, too large, or missing.</param>
internal sealed class FileTree
{
    public const long MaxRead = 1 << 20;

    private readonly HashSet<string> _files;
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal) { "." };
    private readonly Func<string, CancellationToken, Task<string?>> _read;

    public FileTree(IEnumerable<string> files, Func<string, CancellationToken, Task<string?>> read)
    {
        _files = [.. files];
        _read = read;
        foreach (var file in _files)
        {
            for (var at = file.LastIndexOf('/'); at > 0 && _folders.Add(file[..at]);) at = file.LastIndexOf('/', at - 1);
        }
    }

    public IEnumerable<string> Files => _files;

    public bool HasFile(string path) => _files.Contains(path);

    public bool HasFolder(string path) => _folders.Contains(path);

    public Task<string?> ReadAsync(string path, CancellationToken cancellation) => _files.Contains(path) ? _read(path, cancellation) : Task.FromResult<string?>(null);

    /// <summary>The part below <paramref name="folder"/>, with paths from there.</summary>
    public FileTree Below(string folder)
    {
        if (folder == ".") return this;
        var prefix = folder.TrimEnd('/') + "/";
        return new FileTree(_files.Where(file => file.StartsWith(prefix, StringComparison.Ordinal)).Select(file => file[prefix.Length..]), (path, cancellation) => _read(prefix + path, cancellation));
    }
}
