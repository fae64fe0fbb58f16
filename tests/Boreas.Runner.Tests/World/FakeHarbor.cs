using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Boreas.Runner.Tests.World;

/// <summary>
/// One repository of Harbor as its published contract describes it: the registry behind a token service that grants what
/// was asked for, and Harbor's own API with Basic, in which a repository's name is encoded twice. Tags come in pages of two.
/// </summary>
internal sealed class FakeHarbor : IAsyncDisposable
{
    public const string Robot = "robot$shop";
    public const string Password = "harbor-pw";
    private const string Repository = "shop/apps/app-hello";
    private const string Artifacts = "/api/v2.0/projects/shop/repositories/apps%252Fapp-hello/artifacts/";
    private const string Type = "application/vnd.oci.image.manifest.v1+json";
    private readonly WebApplication _app;

    private FakeHarbor(WebApplication app) => _app = app;

    public string Host => new Uri(_app.Urls.First()).Authority;

    public string Name => $"{Host}/{Repository}";

    /// <summary>Digest of each tag.</summary>
    public ConcurrentDictionary<string, string> Tags { get; } = new();

    public ConcurrentDictionary<string, byte[]> Manifests { get; } = new();

    /// <summary>What was asked for with DELETE, as it was written.</summary>
    public ConcurrentQueue<string> Deleted { get; } = new();

    public bool MayDelete { get; set; } = true;

    public static async Task<FakeHarbor> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").UseKestrelCore();
        builder.Services.AddRouting();
        var app = builder.Build();
        var harbor = new FakeHarbor(app);
        app.Run(harbor.AnswerAsync);
        await app.StartAsync();
        return harbor;
    }

    public string Push(string tag, string content)
    {
        var bytes = Encoding.UTF8.GetBytes($$$"""{"schemaVersion":2,"mediaType":"{{{Type}}}","annotations":{"content":"{{{content}}}"}}""");
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
        Manifests[digest] = bytes;
        return Tags[tag] = digest;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return path.Split('?')[0] switch
        {
            "/service/token" => TokenAsync(context),
            "/api/v2.0/ping" => context.Response.WriteAsync("Pong"),
            var own when own.StartsWith("/api/", StringComparison.Ordinal) => DeleteAsync(context, own),
            var registry => RegistryAsync(context, registry),
        };
    }

    private static Task TokenAsync(HttpContext context)
    {
        if (!HasLogin(context)) return RefuseAsync(context, 401, "UNAUTHORIZED");
        Assert.Equal("harbor-registry", context.Request.Query["service"]);
        return context.Response.WriteAsJsonAsync(new { token = context.Request.Query["scope"].ToString(), expires_in = 1800 });
    }

    private Task RegistryAsync(HttpContext context, string path)
    {
        var actions = context.Request.Method switch { "PUT" => "pull,push", "DELETE" => "pull,delete", _ => "pull" };
        if (context.Request.Headers.Authorization != $"Bearer repository:{Repository}:{actions}")
        {
            context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"http://{Host}/service/token\",service=\"harbor-registry\",scope=\"repository:{Repository}:{actions}\"";
            return RefuseAsync(context, 401, "UNAUTHORIZED");
        }

        return path == $"/v2/{Repository}/tags/list" ? ListAsync(context) : ManifestAsync(context, path[$"/v2/{Repository}/manifests/".Length..]);
    }

    private Task ListAsync(HttpContext context)
    {
        var left = Tags.Keys.Order(StringComparer.Ordinal).Where(tag => string.CompareOrdinal(tag, context.Request.Query["last"].ToString()) > 0).ToList();
        if (left.Count > 2) context.Response.Headers.Link = $"</v2/{Repository}/tags/list?last={left[1]}&n=2>; rel=\"next\"";
        return context.Response.WriteAsJsonAsync(new { name = Repository, tags = left.Take(2) });
    }

    private async Task ManifestAsync(HttpContext context, string reference)
    {
        if (context.Request.Method == "PUT")
        {
            using var sent = new MemoryStream();
            await context.Request.Body.CopyToAsync(sent);
            Assert.Equal(Type, context.Request.ContentType);
            Tags[reference] = Manifests.Single(manifest => manifest.Value.AsSpan().SequenceEqual(sent.ToArray())).Key;
            context.Response.StatusCode = 201;
            return;
        }

        Assert.True(context.Request.Method is "GET" or "HEAD", context.Request.Method);
        var digest = Tags.GetValueOrDefault(reference, reference);
        if (!Manifests.TryGetValue(digest, out var bytes))
        {
            await RefuseAsync(context, 404, "MANIFEST_UNKNOWN");
            return;
        }

        (context.Response.ContentType, context.Response.ContentLength) = (Type, bytes.Length);
        context.Response.Headers["Docker-Content-Digest"] = digest;
        if (context.Request.Method == "GET") await context.Response.Body.WriteAsync(bytes);
    }

    private Task DeleteAsync(HttpContext context, string path)
    {
        Assert.Equal("DELETE", context.Request.Method);
        if (!HasLogin(context))
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"harbor\"";
            return RefuseAsync(context, 401, "UNAUTHORIZED");
        }

        if (!MayDelete) return RefuseAsync(context, 403, "FORBIDDEN");
        Deleted.Enqueue(path);
        if (!path.StartsWith(Artifacts, StringComparison.Ordinal)) return RefuseAsync(context, 404, "NOT_FOUND");
        if (path[Artifacts.Length..].Split("/tags/") is [var of, var tag])
            return Tags.TryGetValue(tag, out var named) && named == of && Tags.TryRemove(tag, out _) ? Task.CompletedTask : RefuseAsync(context, 404, "NOT_FOUND");
        var digest = path[Artifacts.Length..];
        foreach (var gone in Tags.Where(pair => pair.Value == digest).ToList()) Tags.TryRemove(gone);
        return Manifests.TryRemove(digest, out _) ? Task.CompletedTask : RefuseAsync(context, 404, "NOT_FOUND");
    }

    private static bool HasLogin(HttpContext context) =>
        context.Request.Headers.Authorization == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Robot}:{Password}"));

    private static Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(JsonSerializer.Serialize(new { errors = new[] { new { code, message = "no" } } }));
    }
}
