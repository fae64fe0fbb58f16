using System.Globalization;
using System.Text;
using Boreas.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Boreas.Runner.Tests.World;

/// <summary>Real Git over HTTP: <c>git http-backend</c> as a CGI program, with a login when a password is set.</summary>
internal sealed class GitServer : IAsyncDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("boreas-git-server");
    private readonly WebApplication _app;

    private GitServer(WebApplication app) => _app = app;

    /// <summary>When set: what Basic login is asked for, as <c>user:password</c>.</summary>
    public string? Login { get; set; }

    public int Requests { get; private set; }

    public string Base => _app.Urls.First();

    public string UrlOf(string name) => $"{Base}/{name}.git";

    /// <summary>Where the repository lies.</summary>
    public string PathOf(string name) => Path.Combine(_root.FullName, name + ".git");

    public static async Task<GitServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new GitServer(app);
        app.MapGet("/moved.git/{**path}", () => Results.Redirect("http://127.0.0.1:1/elsewhere.git/info/refs"));
        app.MapGet("/page.git/{**path}", () => Results.Text("<html>", "text/html"));
        app.Map("/{**path}", server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>A repository with one commit of these files; content that begins with <c>-> </c> is a link, with <c>@/</c> a copy of that file. Returns the commit.</summary>
    public async Task<string> CommitAsync(string name, IReadOnlyDictionary<string, string> files, string branch = "main")
    {
        var bare = Path.Combine(_root.FullName, name + ".git");
        var work = Path.Combine(_root.FullName, name + ".work");
        if (!Directory.Exists(bare))
        {
            await GitAsync(_root.FullName, "init", "-q", "--bare", "-b", "main", bare);
            await GitAsync(_root.FullName, "init", "-q", "-b", "main", work);
            await GitAsync(work, "remote", "add", "origin", bare);
        }

        await GitAsync(work, "symbolic-ref", "HEAD", "refs/heads/" + branch);
        foreach (var (path, content) in files)
        {
            var file = Path.Combine(work, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            if (content.StartsWith("-> ", StringComparison.Ordinal)) File.CreateSymbolicLink(file, content[3..]);
            else if (content.StartsWith("@/", StringComparison.Ordinal)) File.Copy(content[1..], file, overwrite: true);
            else await File.WriteAllTextAsync(file, content);
        }

        await GitAsync(work, "add", "-A");
        await GitAsync(work, "commit", "-q", "-m", "Change " + string.Join(", ", files.Keys));
        await GitAsync(work, "push", "-q", "origin", "HEAD:refs/heads/" + branch);
        return await GitAsync(work, "rev-parse", "HEAD");
    }

    /// <summary>Takes the main branch of a clone.</summary>
    public Task<string> FetchIntoAsync(string name, string clone) => GitAsync(Path.Combine(_root.FullName, name + ".git"), "fetch", "-q", clone, "+HEAD:refs/heads/main");

    public Task<string> TagAsync(string name, params string[] arguments) => GitAsync(Path.Combine(_root.FullName, name + ".git"), ["tag", .. arguments]);

    public static async Task<string> GitAsync(string folder, params string[] arguments)
    {
        var environment = BaseEnvironment.With(
            new("GIT_CONFIG_GLOBAL", "/dev/null"), new("GIT_CONFIG_NOSYSTEM", "1"), new("GIT_AUTHOR_NAME", "Ada"), new("GIT_AUTHOR_EMAIL", "ada@example.org"), new("GIT_COMMITTER_NAME", "Ada"), new("GIT_COMMITTER_EMAIL", "ada@example.org"));
        var result = await ProgramRunner.RunAsync(new ProgramStart("git", arguments) { WorkingDirectory = folder, Environment = environment });
        Assert.True(result.Succeeded, result.ErrorTail);
        return result.Output;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _root.Delete(recursive: true);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Requests++;
        if (Login is not null && context.Request.Headers.Authorization != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Login)))
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"git\"";
            return;
        }

        var environment = BaseEnvironment.With(
            new("GIT_PROJECT_ROOT", _root.FullName), new("GIT_HTTP_EXPORT_ALL", "1"), new("GIT_CONFIG_GLOBAL", "/dev/null"), new("PATH_INFO", context.Request.Path.Value!),
            new("QUERY_STRING", context.Request.QueryString.Value!.TrimStart('?')), new("REQUEST_METHOD", context.Request.Method), new("CONTENT_TYPE", context.Request.ContentType ?? ""),
            new("HTTP_CONTENT_ENCODING", context.Request.Headers.ContentEncoding.ToString()), new("GIT_PROTOCOL", context.Request.Headers["Git-Protocol"].ToString()));
        await using var program = ProgramRunner.StartPiped(new ProgramStart("git", ["http-backend"]) { Environment = environment });
        await context.Request.Body.CopyToAsync(program.StandardInput);
        await program.StandardInput.DisposeAsync();
        using var output = new MemoryStream();
        await program.StandardOutput.CopyToAsync(output);
        var bytes = output.ToArray();
        var head = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        foreach (var line in Encoding.ASCII.GetString(bytes, 0, Math.Max(0, head)).Split("\r\n").Select(line => line.Split(": ", 2)))
        {
            if (line[0] == "Status") context.Response.StatusCode = int.Parse(line[1].Split(' ')[0], CultureInfo.InvariantCulture);
            else if (line.Length == 2) context.Response.Headers.Append(line[0], line[1]);
        }

        context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        if (head >= 0) await context.Response.Body.WriteAsync(bytes.AsMemory(head + 4));
    }
}
