using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Workspaces;

/// <summary>
/// Opens paths inside a checkout. A repository may hold symbolic links, and a link may point anywhere: each part of a
/// path is looked at, and a link that leads out of the checkout is refused, however it is written.
/// </summary>
internal static class CheckoutPath
{
    private const int MaxLinks = 40;

    /// <summary>The real path of <paramref name="path"/> within <paramref name="root"/>, all links resolved; it may not exist.</summary>
    /// <exception cref="JobFailedException">It leads outside.</exception>
    public static string Resolve(string root, RelativePath path)
    {
        return TryResolve(root, path.Value, out var resolved) ? resolved : throw JobFailedException.Failed(
            ProblemCodes.PathOutsideRepository, $"The path '{path.Value}' leads out of the repository through a symbolic link.", "Replace the link by the file or folder itself.");
    }

    /// <summary>False when the path, or a link on it, leads outside of <paramref name="root"/>.</summary>
    public static bool TryResolve(string root, string path, out string resolved)
    {
        root = root.TrimEnd('/');
        resolved = root;
        var links = 0;
        var parts = new Stack<string>(path.Split('/').Reverse());
        while (parts.TryPop(out var part))
        {
            if (part is "" or ".") continue;
            if (part == "..")
            {
                if (resolved == root) return false;
                resolved = resolved[..resolved.LastIndexOf('/')];
                continue;
            }

            var next = resolved + "/" + part;
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                resolved = next;
                continue;
            }

            if (target.StartsWith('/') || ++links > MaxLinks) return false;
            foreach (var step in target.Split('/').Reverse()) parts.Push(step);
        }

        return true;
    }
}
