using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Boreas.Server.Web;

/// <summary>Serves the built web UI: its files, and its one page for every address that is nobody else's.</summary>
public static class WebUi
{
    private const string Policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
    private static readonly string[] NotPages = ["/api", "/agent", "/artifacts", "/deploy", "/forge", "/gateway", "/git", "/nodes", "/openapi", "/runtime", "/webhooks", "/healthz", "/readyz", "/metrics"];

    /// <param name="folder">The build's output; null or missing: the address says where the API is.</param>
    public static void UseBoreasWeb(this WebApplication app, string? folder)
    {
        if (folder is null || !File.Exists(Path.Combine(folder, "index.html")))
        {
            app.MapGet("/", () => Results.Text("Boreas runs. The web UI was not built; the API is described at /openapi/v1.json.\n")).AllowAnonymous().ExcludeFromDescription();
            return;
        }

        var files = new PhysicalFileProvider(Path.GetFullPath(folder));
        var options = new StaticFileOptions { FileProvider = files, OnPrepareResponse = Prepare };
        app.UseStaticFiles(options);

        // No endpoint: one for every address would take the calls whose body may be left out from those they are for.
        app.Use((context, next) => IsPage(context) ? SendPageAsync(context, files) : next(context));
    }

    private static bool IsPage(HttpContext context) =>
        context.GetEndpoint() is null && HttpMethods.IsGet(context.Request.Method) && !NotPages.Any(p => context.Request.Path.StartsWithSegments(p, StringComparison.Ordinal));

    private static async Task SendPageAsync(HttpContext context, PhysicalFileProvider files)
    {
        Protect(context.Response);
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        await context.Response.SendFileAsync(files.GetFileInfo("index.html"), context.RequestAborted);
    }

    /// <summary>Files under <c>assets</c> carry a hash in their names and never change.</summary>
    private static void Prepare(StaticFileResponseContext file)
    {
        Protect(file.Context.Response);
        file.Context.Response.Headers.CacheControl = file.Context.Request.Path.StartsWithSegments("/assets") ? "public, max-age=31536000, immutable" : "no-cache";
    }

    private static void Protect(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "same-origin";
    }
}
