using System.Security.Cryptography;
using System.Text;
using Boreas.Contracts.Problems;
using Boreas.Contracts.Values;
using Boreas.Processes;
using Boreas.Runner.Diagnosis;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Workspaces;

/// <summary>
/// The local copy of one repository as one credential sees it: bare, shallow where the server allows it, one at a time.
/// It only grows, by packs of what was asked for; when it has too many, it is thrown away and begun anew. Who has another
/// credential has another copy, so that nobody is shown what their own credential would not fetch.
/// </summary>
internal sealed class GitCache(string folder, GitRemote remote, Workspace workspace, JobContext context, long maxBytes)
{
    private const int MaxPacks = 60;
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan SizeCheck = TimeSpan.FromMilliseconds(500);

    /// <summary>A folder name for the pair of URL and credential (or who it stands for), which reveals neither.</summary>
    public static string NameOf(GitRemote remote) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{remote.Url.Value}\0{remote.User}\0{remote.CachedAs}\0{(remote.CachedAs is null ? remote.Credential : null)}")))[..32] + ".git";

    public string Folder => folder;

    /// <returns>Whether it has just begun.</returns>
    public async Task<bool> PrepareAsync(CancellationToken cancellation)
    {
        if (Directory.Exists(folder) && (Directory.GetFiles(Path.Combine(folder, "objects", "pack"), "*.pack").Length > MaxPacks || !File.Exists(Path.Combine(folder, "HEAD"))))
            WorkspaceFolders.Delete(folder);
        if (Directory.Exists(folder)) return false;
        var fresh = folder + ".new";
        WorkspaceFolders.Delete(fresh);
        Directory.CreateDirectory(fresh);
        (await GitAsync(fresh, ["init", "--quiet", "--bare", "--template=", "--", "."], GitAccess.LocalEnvironment(), cancellation)).ThrowIfFailed("git init");
        Directory.Move(fresh, folder);
        return true;
    }

    /// <summary>The full commit id of a branch, tag, full or short commit; after this the commit and its files are here.</summary>
    public async Task<string> FetchAsync(GitRef reference, CancellationToken cancellation)
    {
        if (reference.IsCommit)
        {
            await FetchCommitAsync(reference.Value, null, cancellation);
            return reference.Value;
        }

        if (await FindRemoteAsync(reference, cancellation) is { } found)
        {
            await FetchCommitAsync(found.Commit, found.Name, cancellation);
            return found.Commit;
        }

        if (IsShortCommit(reference.Value))
        {
            if (await LocalCommitAsync(reference.Value, cancellation) is { } known) return known;
            await FetchAllAsync(cancellation);
            if (await LocalCommitAsync(reference.Value, cancellation) is { } fetched) return fetched;
        }

        // A web page passes for a repository without refs.
        throw await RepositoryDiagnosis.NoRepositoryAsync(remote, cancellation) ?? NotFound(reference.Value);
    }

    public Task<ProgramResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation) =>
        GitAsync(folder, arguments, GitAccess.LocalEnvironment(), cancellation);

    /// <summary>Runs git here with more environment (another index, a work tree).</summary>
    public Task<ProgramResult> RunAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> more, CancellationToken cancellation)
    {
        var environment = GitAccess.LocalEnvironment();
        foreach (var (name, value) in more) environment[name] = value;
        return GitAsync(folder, arguments, environment, cancellation);
    }

    private static bool IsShortCommit(string text) => text.Length is >= 7 and < 40 && text.All(char.IsAsciiHexDigitLower);

    private JobFailedException NotFound(string reference) => JobFailedException.Failed(
        ProblemCodes.RefNotFound, $"'{reference}' is neither a branch, nor a tag, nor a commit of {remote.Url}.", "Push it, or name one that exists.");

    private async Task<(string Commit, string Name)?> FindRemoteAsync(GitRef reference, CancellationToken cancellation)
    {
        string[] names = reference.Value is "HEAD" || reference.Value.StartsWith("refs/", StringComparison.Ordinal)
            ? [reference.Value, reference.Value + "^{}"]
            : [$"refs/heads/{reference}", $"refs/tags/{reference}^{{}}", $"refs/tags/{reference}"];
        var listed = new Dictionary<string, string>(StringComparer.Ordinal);
        var result = await RemoteAsync(["ls-remote", "--quiet", "--end-of-options", remote.Url.Value, .. names], cancellation);
        if (!result.Succeeded) throw await RepositoryDiagnosis.ExplainAsync(remote, result, context.Log, cancellation);
        foreach (var line in result.Output.Split('\n'))
        {
            if (line.Split('\t') is [var commit, var name]) listed[name] = commit;
        }

        if (names.FirstOrDefault(listed.ContainsKey) is not { } chosen) return null;
        if (listed.TryGetValue(chosen + "^{}", out var peeled)) return (peeled, chosen);
        return (listed[chosen], chosen.Replace("^{}", "", StringComparison.Ordinal));
    }

    private async Task FetchCommitAsync(string commit, string? name, CancellationToken cancellation)
    {
        if (await HasAsync(commit, cancellation)) return;
        var result = await RemoteAsync(["fetch", "--quiet", "--no-tags", "--depth=1", "--no-write-fetch-head", "--end-of-options", remote.Url.Value, $"+{commit}:refs/boreas/{commit}"], cancellation);
        if (await HasAsync(commit, cancellation)) return;
        if (result.TimedOut) throw await RepositoryDiagnosis.ExplainAsync(remote, result, context.Log, cancellation);

        // Servers may refuse to give a commit by its id; then everything is fetched, or at least the branch that names it.
        if (name is not null) await RemoteAsync(["fetch", "--quiet", "--no-tags", "--depth=1", "--no-write-fetch-head", "--end-of-options", remote.Url.Value, $"+{name}:refs/boreas/{commit}"], cancellation);
        if (!await HasAsync(commit, cancellation)) await FetchAllAsync(cancellation);
        if (!await HasAsync(commit, cancellation)) throw NotFound(commit);
    }

    private async Task FetchAllAsync(CancellationToken cancellation)
    {
        context.Log.Info("Fetching the whole history");
        List<string> arguments = ["fetch", "--quiet", "--tags", "--force", "--no-write-fetch-head"];
        if (File.Exists(Path.Combine(folder, "shallow"))) arguments.Add("--unshallow");
        var result = await RemoteAsync([.. arguments, "--end-of-options", remote.Url.Value, "+refs/heads/*:refs/boreas-heads/*"], cancellation);
        if (!result.Succeeded) throw await RepositoryDiagnosis.ExplainAsync(remote, result, context.Log, cancellation);
    }

    private async Task<bool> HasAsync(string commit, CancellationToken cancellation) => await LocalCommitAsync(commit, cancellation) == commit;

    private async Task<string?> LocalCommitAsync(string commit, CancellationToken cancellation)
    {
        // The tree too: a fetch that was cut off may have left the commit without its files.
        var result = await RunAsync(["rev-parse", "--verify", "--quiet", "--end-of-options", commit + "^{commit}"], cancellation);
        return result.Succeeded && (await RunAsync(["cat-file", "-e", commit + "^{tree}"], cancellation)).Succeeded ? result.Output.Trim() : null;
    }

    private async Task<ProgramResult> RemoteAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        using var watch = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var run = GitAsync(folder, arguments, GitAccess.RemoteEnvironment(remote, workspace), watch.Token);
        while (await Task.WhenAny(run, Task.Delay(SizeCheck, cancellation)) != run)
        {
            if (FolderSize.Of(folder) <= maxBytes) continue;
            await watch.CancelAsync();
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            WorkspaceFolders.Delete(folder);
            throw TooLarge(maxBytes);
        }

        return await run;
    }

    public static JobFailedException TooLarge(long maxBytes) => JobFailedException.Failed(
        ProblemCodes.RepositoryTooLarge, $"The repository is larger than this runner takes ({maxBytes >> 20} MiB).", "Keep large files out of Git, or raise the runner's limit.");

    private async Task<ProgramResult> GitAsync(string directory, IReadOnlyList<string> arguments, Dictionary<string, string> environment, CancellationToken cancellation)
    {
        environment["GIT_DIR"] = directory;
        return await ProgramRunner.RunAsync(new ProgramStart("git", arguments) { WorkingDirectory = directory, Environment = environment, Timeout = FetchTimeout, TailLength = 64 << 20 }, null, cancellation);
    }
}
