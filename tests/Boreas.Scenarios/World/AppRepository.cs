using Boreas.Contracts.Deployments;
using Boreas.Processes;

namespace Boreas.Scenarios.World;

/// <summary>A user's clone: a copy of a sample, changed, committed and pushed with the real Git and the credential helper of <c>boreas</c>.</summary>
internal sealed class AppRepository : IDisposable
{
    /// <summary>The app that answers slowly, takes uploads, sends events and speaks over WebSockets.</summary>
    public const string Streams = "streams";

    private readonly Dictionary<string, string> _environment;
    private readonly BoreasServer? _server;
    private readonly string _app;
    private int _commits;

    private AppRepository(string app, BoreasServer? server, string remote)
    {
        (_app, _server) = (app, server);
        Folder = Directory.CreateTempSubdirectory("boreas-clone-").FullName;
        Remote = remote;
        _environment = BaseEnvironment.With(new Dictionary<string, string>
        {
            ["HOME"] = Folder, ["GIT_CONFIG_NOSYSTEM"] = "1", ["GIT_TERMINAL_PROMPT"] = "0",
            ["GIT_AUTHOR_NAME"] = "Ada", ["GIT_AUTHOR_EMAIL"] = "ada@example.org", ["GIT_COMMITTER_NAME"] = "Ada", ["GIT_COMMITTER_EMAIL"] = "ada@example.org",
        });
        if (server is not null)
        {
            _environment["BOREAS_SERVER"] = server.Address.OriginalString;
            _environment["BOREAS_TOKEN"] = server.Token;
        }
    }

    public string Folder { get; }

    public string Remote { get; }

    private BoreasServer Server => _server ?? throw new InvalidOperationException("it is not pushed to a server");

    /// <summary>A folder of this repository.</summary>
    public static string RepositoryFolder(params string[] path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Boreas.slnx"))) return Path.Combine([folder.FullName, .. path]);
        }

        throw new DirectoryNotFoundException("There is no Boreas.slnx above the tests.");
    }

    /// <summary>A clone of the app's embedded repository with the sample in it, committed and not pushed.</summary>
    /// <param name="forge">Where the embedded Git is; null: at the server's address.</param>
    public static Task<AppRepository> CreateAsync(BoreasServer server, string app, string sample = "hello", Uri? forge = null) =>
        CreateAsync(new AppRepository(app, server, new Uri(forge ?? server.Address, $"/git/{app}.git").AbsoluteUri), sample);

    /// <summary>The same for a repository somewhere else.</summary>
    public static Task<AppRepository> CreateAsync(string remote, string sample = "hello") => CreateAsync(new AppRepository("", null, remote), sample);

    public Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(Folder, file), text);

    public async Task ReplaceAsync(string file, string old, string with)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, file));
        Assert.Contains(old, text, StringComparison.Ordinal);
        await WriteAsync(file, text.Replace(old, with, StringComparison.Ordinal));
    }

    /// <summary>Gives the sample's page another headline.</summary>
    public async Task SayAsync(string headline)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, "server.js"));
        await ReplaceAsync("server.js", text[text.IndexOf("<h1>", StringComparison.Ordinal)..(text.IndexOf("</h1>", StringComparison.Ordinal) + 5)], $"<h1>{headline}</h1>");
    }

    /// <returns>The commit's id.</returns>
    public async Task<string> CommitAsync()
    {
        await RequireAsync("add", "-A");
        await RequireAsync("commit", "-q", "--allow-empty", "-m", $"Change {++_commits}");
        return (await RequireAsync("rev-parse", "HEAD")).Output.Trim();
    }

    public Task<ProgramResult> PushAsync(string refspec = "main") =>
        GitAsync("-c", "credential.helper=", "-c", $"credential.helper=!'{BoreasProcess.Program}' git-credential", "push", "origin", refspec);

    /// <summary>Commits everything, pushes, and gives the deployment that the push made.</summary>
    public async Task<Deployment> DeployAsync()
    {
        var known = (await Server.Api.DeploymentsAsync(_app)).Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        await CommitAsync();
        var pushed = await PushAsync();
        Assert.True(pushed.Succeeded, pushed.ErrorTail);
        return await Eventually.GetAsync("the push makes a deployment", async () => (await Server.Api.DeploymentsAsync(_app)).FirstOrDefault(d => !known.Contains(d.Id)), otherwise: () => pushed.ErrorTail);
    }

    /// <summary>The same, and waits for its end.</summary>
    public async Task<Deployment> DeployToEndAsync() => await Server.Api.WhenEndedAsync((await DeployAsync()).Id);

    public Task<ProgramResult> GitAsync(params string[] arguments) =>
        ProgramRunner.RunAsync(new ProgramStart("git", arguments) { WorkingDirectory = Folder, Environment = _environment, Timeout = TimeSpan.FromSeconds(90) });

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static async Task<AppRepository> CreateAsync(AppRepository repository, string sample)
    {
        var folder = sample == Streams ? RepositoryFolder("tests", "Boreas.Scenarios", "Apps", sample) : RepositoryFolder("samples", sample);
        foreach (var file in Directory.EnumerateFiles(folder)) File.Copy(file, Path.Combine(repository.Folder, Path.GetFileName(file)));
        await repository.RequireAsync("init", "-q", "-b", "main");
        await repository.RequireAsync("remote", "add", "origin", repository.Remote);
        return repository;
    }

    private async Task<ProgramResult> RequireAsync(params string[] arguments)
    {
        var result = await GitAsync(arguments);
        Assert.True(result.Succeeded, result.ErrorTail);
        return result;
    }
}
