using System.Globalization;
using System.Text;
using Boreas.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Boreas.Scenarios.World;

/// <summary>Somebody else's Git server: bare repositories that anybody may fetch over HTTP, and that we push to by their path.</summary>
internal sealed class GitHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo _folder;

    private GitHost(WebApplication app, DirectoryInfo folder) => (_app, _folder) = (app, folder);

    public static async Task<GitHost> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("boreas-git-");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context => AnswerAsync(context, folder.FullName));
        await app.StartAsync();
        return new GitHost(app, folder);
    }

    public async Task<string> CreateAsync(string name)
    {
        var made = await ProgramRunner.RunAsync(new ProgramStart("git", ["init", "-q", "--bare", "-b", "main", PathOf(name)]));
        Assert.True(made.Succeeded, made.ErrorTail);
        return PathOf(name);
    }

    public string UrlOf(string name) => $"{_app.Urls.Single()}/{name}.git";

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name + ".git");

    /// <summary>What git-http-backend(1) answers, as RFC 3875 wants it to be asked.</summary>
    private static async Task AnswerAsync(HttpContext context, string folder)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var environment = BaseEnvironment.With(new Dictionary<string, string>
        {
            ["GIT_PROJECT_ROOT"] = folder, ["GIT_HTTP_EXPORT_ALL"] = "1", ["REQUEST_METHOD"] = context.Request.Method, ["PATH_INFO"] = context.Request.Path.Value ?? "",
            ["QUERY_STRING"] = context.Request.QueryString.Value?.TrimStart('?') ?? "", ["CONTENT_TYPE"] = context.Request.ContentType ?? "",
            ["CONTENT_LENGTH"] = body.Length.ToString(CultureInfo.InvariantCulture), ["HTTP_CONTENT_ENCODING"] = context.Request.Headers.ContentEncoding.ToString(),
            ["GIT_PROTOCOL"] = context.Request.Headers["Git-Protocol"].ToString(),
        });
        await using var git = ProgramRunner.StartPiped(new ProgramStart("git", ["http-backend"]) { Environment = environment });
        await git.StandardInput.WriteAsync(body.ToArray(), context.RequestAborted);
        await git.StandardInput.DisposeAsync();
        using var answer = new MemoryStream();
        await git.StandardOutput.CopyToAsync(answer, context.RequestAborted);
        var bytes = answer.ToArray();
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        foreach (var line in Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n"))
        {
            var (name, value) = (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
            if (name == "Status") context.Response.StatusCode = int.Parse(value.Split(' ')[0], CultureInfo.InvariantCulture);
            else context.Response.Headers[name] = value;
        }

        await context.Response.Body.WriteAsync(bytes.AsMemory(end + 4), context.RequestAborted);
    }
}
