using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Boreas.Agent;

/// <summary>
/// Serves a folder of files over HTTP: <c>index.html</c> for folders, the folder's <c>404.html</c> for what is not there,
/// ETag and Last-Modified, ranges. No listings, nothing whose name starts with a dot, GET and HEAD only. Redirects are
/// relative, because the site may stand under a prefix that a gateway strips.
/// </summary>
public static class StaticSite
{
    private static readonly FileExtensionContentTypeProvider ContentTypes = new();

    /// <summary>Serves until <paramref name="ct"/>, or until the process is asked to end.</summary>
    /// <param name="address">IP address to listen on; null takes the variable <c>HOST</c>, as every app does, else the loopback.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static async Task RunAsync(string folder, int port, CancellationToken ct, IPAddress? address = null)
    {
        var root = Path.GetFullPath(folder);
        if (!Directory.Exists(root)) throw new DirectoryNotFoundException($"There is no folder '{root}' to serve.");
        if (address is null && !IPAddress.TryParse(Environment.GetEnvironmentVariable("HOST"), out address)) address = IPAddress.Loopback;

        // Empty: neither a settings file in the served folder nor ASPNETCORE_URLS has a say.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(address, port);
        });
        await using var app = builder.Build();
        app.Run(context => ServeAsync(context, root));
        await app.StartAsync(ct);
        await app.WaitForShutdownAsync(ct);
    }

    internal static async Task ServeAsync(HttpContext context, string root)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        var path = Find(root, request.Path.Value ?? "/");
        if (path is not null && Directory.Exists(path))
        {
            if (request.Path.Value is { } asked && !asked.EndsWith('/'))
            {
                context.Response.Headers.Location = "./" + Uri.EscapeDataString(Path.GetFileName(path)) + "/" + request.QueryString;
                context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
                return;
            }

            path = Path.Combine(path, "index.html");
        }

        if (path is not null && File.Exists(path)) await SendAsync(context, path);
        else await NotFoundAsync(context, root);
    }

    /// <summary>The file or folder that a request path names, or null: dots in front, backslashes and empty parts name nothing.</summary>
    private static string? Find(string root, string requested)
    {
        var path = root;
        foreach (var part in requested.Trim('/').Split('/'))
        {
            if (part.Length == 0) return requested.Trim('/').Length == 0 ? root : null;
            if (part[0] == '.' || part.AsSpan().IndexOfAny("\\\0") >= 0) return null;
            path = Path.Combine(path, part);
        }

        return path;
    }

    private static Task SendAsync(HttpContext context, string path)
    {
        var file = new FileInfo(path);
        var modified = new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero);
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        var tag = new EntityTagHeaderValue($"\"{file.LastWriteTimeUtc.Ticks:x}-{file.Length:x}\"");
        return Results.File(path, ContentType(path), lastModified: modified, entityTag: tag, enableRangeProcessing: true).ExecuteAsync(context);
    }

    private static async Task NotFoundAsync(HttpContext context, string root)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        var page = Path.Combine(root, "404.html");
        if (!File.Exists(page))
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync("Not found\n");
            return;
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = new FileInfo(page).Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.SendFileAsync(page);
    }

    private static string ContentType(string path)
    {
        if (!ContentTypes.TryGetContentType(path, out var type)) return "application/octet-stream";
        return type.StartsWith("text/", StringComparison.Ordinal) || type is "application/javascript" or "application/json" ? type + "; charset=utf-8" : type;
    }
}
