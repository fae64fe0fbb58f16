using Boreas.Processes;

namespace Boreas.Forge.Tests;

/// <summary>The real Git in a working copy.</summary>
internal sealed class GitClient(string folder, string home)
{
    public string Folder => folder;

    public Task<ProgramResult> TryAsync(params string[] arguments) => ProgramRunner.RunAsync(Start(arguments));

    /// <summary>Runs until cancelled, then is killed.</summary>
    public Task RunUntilAsync(CancellationToken cancel, params string[] arguments) => ProgramRunner.RunAsync(Start(arguments), cancellation: cancel);

    public async Task<string> RunAsync(params string[] arguments)
    {
        var result = await TryAsync(arguments);
        Assert.True(result.Succeeded, $"git {string.Join(' ', arguments)}: {result.ErrorTail}");
        return result.Output.Trim();
    }

    /// <summary>Writes a file and commits it; the new commit.</summary>
    public async Task<string> CommitAsync(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, file))!);
        await File.WriteAllTextAsync(Path.Combine(folder, file), text);
        await RunAsync("add", "--all");
        await RunAsync("commit", "-q", "-m", "change " + file);
        return await HeadAsync();
    }

    public Task<string> HeadAsync() => RunAsync("rev-parse", "HEAD");

    /// <summary>A pack of everything that HEAD needs.</summary>
    public async Task<byte[]> PackAsync()
    {
        await using var git = ProgramRunner.StartPiped(Start(["pack-objects", "--revs", "--stdout", "-q"]));
        await git.StandardInput.WriteAsync("HEAD\n"u8.ToArray());
        await git.StandardInput.DisposeAsync();
        using var pack = new MemoryStream();
        await git.StandardOutput.CopyToAsync(pack);
        return pack.ToArray();
    }

    private ProgramStart Start(string[] arguments) => new("git", arguments)
    {
        WorkingDirectory = folder,
        Environment = new Dictionary<string, string>
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? ProgramPath.Default,
            ["HOME"] = home,
            ["LANG"] = "C.UTF-8",
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_TERMINAL_PROMPT"] = "0",
            ["GIT_AUTHOR_NAME"] = "Ada",
            ["GIT_AUTHOR_EMAIL"] = "ada@example.com",
            ["GIT_COMMITTER_NAME"] = "Ada",
            ["GIT_COMMITTER_EMAIL"] = "ada@example.com",
        },
    };
}
