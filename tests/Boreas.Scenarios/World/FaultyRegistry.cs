using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Boreas.Scenarios.World;

/// <summary>Stands before a real registry and answers 500 to what a test names, as a registry with a full disk does.</summary>
internal sealed class FaultyRegistry : IAsyncDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false });
    private readonly WebApplication _proxy;
    private volatile Func<HttpRequest, bool>? _breaks;
    private int _broken;

    private FaultyRegistry(TestRegistry registry, Uri address)
    {
        Address = address;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, address.Port);
        });
        _proxy = builder.Build();
        _proxy.Run(context =>
        {
            if (_breaks?.Invoke(context.Request) != true) return ForwardAsync(context, registry.Address);
            Interlocked.Increment(ref _broken);
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        });
    }

    public Uri Address { get; }

    public string Host => Address.Authority;

    /// <summary>How many requests were answered with 500.</summary>
    public int Broken => Volatile.Read(ref _broken);

    public static async Task<FaultyRegistry> StartAsync(TestRegistry registry)
    {
        var faulty = new FaultyRegistry(registry, BoreasProcess.FreeAddress());
        await faulty._proxy.StartAsync();
        return faulty;
    }

    public void Break(Func<HttpRequest, bool> what) => _breaks = what;

    public void Mend() => _breaks = null;

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _client.Dispose();
    }

    private async Task ForwardAsync(HttpContext context, Uri registry)
    {
        var (asked, given) = (context.Request, context.Response);
        using var request = new HttpRequestMessage(new HttpMethod(asked.Method), new Uri(registry, asked.Path + asked.QueryString.Value));
        if (asked.ContentLength > 0 || asked.Headers.TransferEncoding.Count > 0) request.Content = new StreamContent(asked.Body);
        foreach (var (name, values) in asked.Headers.Where(h => h.Key != "Transfer-Encoding"))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable())) request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        // The host as it was asked for: answers name where an upload goes on.
        request.Headers.Host = Host;
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        given.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key != "Transfer-Encoding")) given.Headers[name] = values.ToArray();
        if (asked.Method != "HEAD") await answer.Content.CopyToAsync(given.Body, context.RequestAborted);
    }
}
