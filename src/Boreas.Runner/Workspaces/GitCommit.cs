using System.Globalization;
using Boreas.Runner.Plans;

namespace Boreas.Runner.Workspaces;

/// <summary>A commit that is in the cache, and the list of its files. Usable while the cache is held.</summary>
internal sealed class GitCommit
{
    private const string Link = "120000";
    private const string Module = "160000";
    private readonly GitCache _cache;
    private readonly Dictionary<string, Entry> _entries;

    private GitCommit(GitCache cache, string id, string subject, string author, Dictionary<string, Entry> entries)
    {
        (_cache, Id, Subject, Author, _entries) = (cache, id, subject, author, entries);
        Tree = new FileTree(entries.Where(entry => entry.Value.Mode != Module).Select(entry => entry.Key), ReadAsync);
    }

    public string Id { get; }

    /// <summary>First line of the commit's message.</summary>
    public string Subject { get; }

    public string Author { get; }

    /// <summary>Its files as the plans see them.</summary>
    public FileTree Tree { get; }

    public static async Task<GitCommit> ReadAsync(GitCache cache, string commit, CancellationToken cancellation)
    {
        var about = (await cache.RunAsync(["log", "-1", "--no-show-signature", "--format=%s%n%an", "--end-of-options", commit], cancellation)).ThrowIfFailed("git log").Output.Split('\n');
        var listed = (await cache.RunAsync(["-c", "core.quotePath=false", "ls-tree", "-r", "-l", "--full-tree", "--end-of-options", commit], cancellation)).ThrowIfFailed("git ls-tree");
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var line in listed.Output.Split('\n'))
        {
            if (line.Split('\t', 2) is not [var left, var path]) continue;
            if (left.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var mode, _, var id, var size]) continue;
            entries[path] = new Entry(mode, id, long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0);
        }

        return new GitCommit(cache, commit, about[0], about.ElementAtOrDefault(1) ?? "", entries);
    }

    public string? SubmoduleCommit(string path) => _entries.TryGetValue(path, out var entry) && entry.Mode == Module ? entry.Id : null;

    /// <summary>Writes all files into <paramref name="folder"/>; nothing of Git itself comes along.</summary>
    public async Task WriteToAsync(string folder, Workspace workspace, long maxBytes, CancellationToken cancellation)
    {
        if (_entries.Values.Sum(entry => entry.Size) > maxBytes) throw GitCache.TooLarge(maxBytes);
        var index = Path.Combine(workspace.Private, "index-" + Id);
        var environment = new Dictionary<string, string> { ["GIT_INDEX_FILE"] = index, ["GIT_WORK_TREE"] = folder };
        (await _cache.RunAsync(["read-tree", "--end-of-options", Id], environment, cancellation)).ThrowIfFailed("git read-tree");
        (await _cache.RunAsync(["checkout-index", "--all", "--force", "--quiet", "--prefix=" + folder + "/"], environment, cancellation)).ThrowIfFailed("git checkout-index");
        File.Delete(index);
    }

    private async Task<string?> ReadAsync(string path, CancellationToken cancellation)
    {
        if (!_entries.TryGetValue(path, out var entry) || entry.Mode is Link or Module || entry.Size > FileTree.MaxRead) return null;
        return (await _cache.RunAsync(["cat-file", "blob", entry.Id], cancellation)).ThrowIfFailed("git cat-file").Output;
    }

    private readonly record struct Entry(string Mode, string Id, long Size);
}
