using System.Collections.Concurrent;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Values;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Workspaces;

/// <summary>Fetches commits into caches and checks them out into workspaces; one job at a time per repository. Whenever a cache begins, those go that nobody has used for two weeks.</summary>
internal sealed class GitCaches(RunnerOptions options, WorkspaceFolders folders, TimeProvider time)
{
    private const int MaxSubmoduleDepth = 5;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(14);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = new(StringComparer.Ordinal);

    /// <summary>Fetches the source's commit and gives it to <paramref name="use"/> while the cache is ours.</summary>
    public async Task<T> WithCommitAsync<T>(SourceSpec source, Workspace workspace, JobContext context, Func<GitCommit, Task<T>> use, CancellationToken cancellation)
    {
        var remote = GitRemote.Of(source, context);
        var reference = source.Commit ?? source.Ref;
        if (!GitRef.TryParse(reference, out var parsed, out var error)) throw JobFailedException.Invalid("The ref", error);
        return await WithCommitAsync(remote, parsed, workspace, context, use, cancellation);
    }

    /// <summary>Fetches the source's commit and writes its files into the workspace.</summary>
    public async Task<string> CheckOutAsync(SourceSpec source, Workspace workspace, JobContext context, CancellationToken cancellation)
    {
        var commit = await WithCommitAsync(source, workspace, context, found => WriteAsync(found, workspace.Source, workspace), cancellation);
        if (source.Submodules) await CheckOutSubmodulesAsync(GitRemote.Of(source, context), commit, workspace.Source, workspace, context, 1, cancellation);
        return commit.Id;

        async Task<GitCommit> WriteAsync(GitCommit found, string folder, Workspace into)
        {
            await found.WriteToAsync(folder, into, options.MaxRepositoryBytes, cancellation);
            return found;
        }
    }

    private async Task<T> WithCommitAsync<T>(GitRemote remote, GitRef reference, Workspace workspace, JobContext context, Func<GitCommit, Task<T>> use, CancellationToken cancellation)
    {
        var name = GitCache.NameOf(remote);
        var gate = _locks.GetOrAdd(name, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(cancellation);
        try
        {
            Directory.CreateDirectory(folders.GitCaches);
            var cache = new GitCache(Path.Combine(folders.GitCaches, name), remote, workspace, context, options.MaxRepositoryBytes);
            if (await cache.PrepareAsync(cancellation)) DeleteUnused();
            Directory.SetLastWriteTimeUtc(cache.Folder, time.GetUtcNow().UtcDateTime);
            var commit = await cache.FetchAsync(reference, cancellation);
            return await use(await GitCommit.ReadAsync(cache, commit, cancellation));
        }
        finally
        {
            gate.Release();
        }
    }

    private void DeleteUnused()
    {
        foreach (var folder in Directory.EnumerateDirectories(folders.GitCaches).Where(f => time.GetUtcNow() - Directory.GetLastWriteTimeUtc(f) > Kept))
        {
            var gate = _locks.GetOrAdd(Path.GetFileName(folder), _ => new SemaphoreSlim(1));
            if (!gate.Wait(TimeSpan.Zero)) continue;
            try
            {
                WorkspaceFolders.Delete(folder);
            }
            finally
            {
                gate.Release();
            }
        }
    }

    private async Task CheckOutSubmodulesAsync(GitRemote parent, GitCommit commit, string folder, Workspace workspace, JobContext context, int depth, CancellationToken cancellation)
    {
        foreach (var module in Submodule.Read(commit, folder, parent.Url))
        {
            if (depth > MaxSubmoduleDepth) throw JobFailedException.Invalid("The submodules", $"are nested deeper than {MaxSubmoduleDepth}");
            context.Log.Info($"Submodule {module.Path} from {module.Url}, {module.Commit}");

            // A credential is shown to the host that it is for, and to no other that a repository names.
            var same = module.Url.Scheme == parent.Url.Scheme && module.Url.Host == parent.Url.Host;
            var remote = parent with { Url = module.Url, Credential = same ? parent.Credential : null, CachedAs = same ? parent.CachedAs : null };
            var target = CheckoutPath.Resolve(folder, module.Path);
            Directory.CreateDirectory(target);
            var inner = await WithCommitAsync(remote, module.Commit, workspace, context, async found =>
            {
                await found.WriteToAsync(target, workspace, options.MaxRepositoryBytes, cancellation);
                return found;
            }, cancellation);
            await CheckOutSubmodulesAsync(remote, inner, target, workspace, context, depth + 1, cancellation);
        }
    }
}
