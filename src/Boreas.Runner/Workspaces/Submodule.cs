using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Workspaces;

/// <summary>One submodule that <c>.gitmodules</c> names and the commit pins.</summary>
internal sealed record Submodule(RelativePath Path, RepositoryUrl Url, GitRef Commit)
{
    /// <summary>All of them; a path or URL that is not allowed for us is not allowed here either.</summary>
    public static IReadOnlyList<Submodule> Read(GitCommit commit, string folder, RepositoryUrl parent)
    {
        if (!CheckoutPath.TryResolve(folder, ".gitmodules", out var file) || !File.Exists(file)) return [];
        var result = new List<Submodule>();
        foreach (var (path, url) in Sections(File.ReadLines(file)))
        {
            if (commit.SubmoduleCommit(path) is not { } pinned) continue;
            if (!RelativePath.TryParse(path, out var parsedPath, out var error)) throw Refuse(path, error);
            if (!RepositoryUrl.TryParse(Absolute(url, parent), out var parsedUrl, out error)) throw Refuse(url, error);
            result.Add(new Submodule(parsedPath, parsedUrl, ParsedValue.Parse<GitRef>(pinned)));
        }

        return result;
    }

    private static JobFailedException Refuse(string text, string? error) =>
        JobFailedException.Failed(ProblemCodes.Invalid, $"'{text}' in .gitmodules {error}");

    private static IEnumerable<(string Path, string Url)> Sections(IEnumerable<string> lines)
    {
        string? path = null, url = null;
        foreach (var line in lines.Select(line => line.Trim()).Append("["))
        {
            if (line.StartsWith('['))
            {
                if (path is not null && url is not null) yield return (path, url);
                (path, url) = (null, null);
            }
            else if (line.Split('=', 2, StringSplitOptions.TrimEntries) is [var key, var value])
            {
                if (key == "path") path = value;
                if (key == "url") url = value;
            }
        }
    }

    /// <summary>URLs that begin with ./ or ../ are relative to the parent's.</summary>
    private static string Absolute(string url, RepositoryUrl parent)
    {
        if (!url.StartsWith("./", StringComparison.Ordinal) && !url.StartsWith("../", StringComparison.Ordinal)) return url;
        var result = parent.Value.TrimEnd('/');
        while (true)
        {
            if (url.StartsWith("./", StringComparison.Ordinal)) url = url[2..];
            else if (url.StartsWith("../", StringComparison.Ordinal) && result.LastIndexOfAny(['/', ':']) is > 0 and var at) (url, result) = (url[3..], result[..at]);
            else return result + "/" + url;
        }
    }
}
