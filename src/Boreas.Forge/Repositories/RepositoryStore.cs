using System.Collections.Concurrent;
using Boreas.Contracts.Values;
using Boreas.Processes;

namespace Boreas.Forge.Repositories;

/// <summary>A branch and the commit that it points to.</summary>
internal sealed record BranchHead(string Ref, string Commit);

/// <summary>The folders of the repositories: one bare repository per app, made when it is first used.</summary>
internal sealed class RepositoryStore(ForgeOptions options)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _makers = new(StringComparer.Ordinal);

    public string Root { get; } = Path.GetFullPath(Path.Combine(options.DataDirectory, "repositories"));

    /// <summary>A folder that stays empty: what Git takes for the home.</summary>
    public string Home { get; } = Path.GetFullPath(Path.Combine(options.DataDirectory, "git-home"));

    /// <summary>Makes the repository where there is none, and lets its HEAD name <paramref name="deployBranch"/>.</summary>
    /// <returns>Its folder.</returns>
    public async Task<string> OpenAsync(Slug name, string? deployBranch, CancellationToken cancel)
    {
        var folder = Folder(name);
        var maker = _makers.GetOrAdd(name.Value, _ => new SemaphoreSlim(1));
        await maker.WaitAsync(cancel);
        try
        {
            if (!Directory.Exists(folder)) await CreateAsync(folder, cancel);
            if (deployBranch is not null) await PointHeadAsync(folder, "refs/heads/" + deployBranch, cancel);
        }
        finally
        {
            maker.Release();
        }

        return folder;
    }

    /// <summary>The repositories that are there.</summary>
    public IReadOnlyList<Slug> Names()
    {
        if (!Directory.Exists(Root)) return [];
        return [.. Directory.EnumerateDirectories(Root, "*.git")
            .Select(folder => Slug.TryParse(Path.GetFileNameWithoutExtension(folder), out var name, out _) ? name : (Slug?)null)
            .OfType<Slug>()
            .OrderBy(name => name.Value, StringComparer.Ordinal)];
    }

    public async Task<IReadOnlyList<BranchHead>> HeadsAsync(Slug name, CancellationToken cancel)
    {
        var heads = new List<BranchHead>();
        await GitAsync(
            ["--git-dir", Folder(name), "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/"],
            line =>
            {
                if (line.Split(' ', 2) is [var commit, var branch]) heads.Add(new BranchHead(branch, commit));
            },
            cancel);
        return heads;
    }

    /// <summary>Packs the repository where it has gathered many loose objects.</summary>
    public Task TidyAsync(Slug name, CancellationToken cancel) =>
        GitAsync(["--git-dir", Folder(name), "gc", "--auto", "--quiet"], _ => { }, cancel);

    public string Folder(Slug name) => Path.Combine(Root, name.Value + ".git");

    /// <summary>Made beside its place and then moved there, so that a crash leaves no half of one.</summary>
    private async Task CreateAsync(string folder, CancellationToken cancel)
    {
        Directory.CreateDirectory(Home);
        Directory.CreateDirectory(Root);
        var draft = Path.Combine(Root, ".new-" + Guid.NewGuid().ToString("N"));
        try
        {
            await GitAsync(["init", "--bare", "--quiet", "--template=", "--initial-branch=main", draft], _ => { }, cancel);
            Directory.Move(draft, folder);
        }
        finally
        {
            if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        }
    }

    private async Task PointHeadAsync(string folder, string branch, CancellationToken cancel)
    {
        var head = await File.ReadAllTextAsync(Path.Combine(folder, "HEAD"), cancel);
        if (head.TrimEnd() != "ref: " + branch) await GitAsync(["--git-dir", folder, "symbolic-ref", "HEAD", branch], _ => { }, cancel);
    }

    private async Task GitAsync(IReadOnlyList<string> arguments, Action<string> onLine, CancellationToken cancel)
    {
        var start = new ProgramStart("git", arguments) { Environment = GitProfile.Environment(Home) };
        var result = await ProgramRunner.RunAsync(
            start,
            line =>
            {
                if (!line.IsError) onLine(line.Text);
                return ValueTask.CompletedTask;
            },
            cancel);
        if (!result.Succeeded) throw new IOException($"git {arguments[^1]}: exit code {result.ExitCode}. {result.ErrorTail}");
    }
}
