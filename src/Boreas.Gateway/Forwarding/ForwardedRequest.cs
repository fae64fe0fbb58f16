using System.Buffers;
using Boreas.Gateway.Routes;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Boreas.Gateway.Forwarding;

/// <summary>
/// One attempt at one instance: how the request looks to the instance, and what came back. Hop-by-hop headers are left
/// out by the base class; here come those that the client names in <c>Connection</c>, and everything that is ours.
/// </summary>
internal sealed class ForwardedRequest(Route route, Target target, RuntimePath path, GatewayOptions options, TimeProvider clock) : HttpTransformer
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private static readonly SearchValues<char> HeaderName =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~");

    private readonly long _started = clock.GetTimestamp();

    public Target Target { get; } = target;

    /// <summary>Called when the head of the answer is there.</summary>
    public Action? Answered { get; set; }

    /// <summary>Status that the instance answered; 0 while it has not.</summary>
    public int Status { get; private set; }

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        // The path was checked to be plain printable text without dot segments: it goes on byte by byte as it came.
        proxyRequest.RequestUri = new Uri(string.Concat(Target.Address, path.Rest), AsWritten);
        // See InstanceConnections: a body, even an empty one, keeps the request from being sent a second time.
        if (proxyRequest.Content is null && !MayBeSentTwice(httpContext.Request.Method)) proxyRequest.Content = new ByteArrayContent([]);
        var from = httpContext.Request.Headers;
        if (from.Connection.Count > 0) DropNamed(from.Connection.ToString(), proxyRequest);
        if (from.Cookie.Count > 0) OwnCookies.Drop(proxyRequest);
        SetForwarded(httpContext, proxyRequest);
    }

    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null) return base.TransformResponseAsync(httpContext, null, cancellationToken);
        Target.Instance.FirstByte(clock.GetElapsedTime(_started));
        Status = (int)proxyResponse.StatusCode;
        Answered?.Invoke();
        var copied = base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        if (route.Sticky) OwnCookies.Stick(httpContext, route, Target);
        return copied;
    }

    private static bool MayBeSentTwice(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method)
        || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method) || HttpMethods.IsConnect(method);

    private static void DropNamed(string connection, HttpRequestMessage proxyRequest)
    {
        // Where 'close' is among them Kestrel has already reduced the header to that word; the names are lost then.
        foreach (var part in connection.AsSpan().Split(','))
        {
            var name = connection.AsSpan(part).Trim();
            if (name.IsEmpty || name.Equals("close", StringComparison.OrdinalIgnoreCase) || name.Equals("keep-alive", StringComparison.OrdinalIgnoreCase)) continue;
            // What frames the message or names the host is not the client's to take away, nor is the upgrade itself.
            if (name.Equals("upgrade", StringComparison.OrdinalIgnoreCase) || name.Equals("host", StringComparison.OrdinalIgnoreCase)
                || name.Equals("te", StringComparison.OrdinalIgnoreCase) || name.StartsWith("sec-websocket-", StringComparison.OrdinalIgnoreCase)) continue;
            if (name.IndexOfAnyExcept(HeaderName) < 0) proxyRequest.Headers.Remove(name.ToString());
        }
    }

    private void SetForwarded(HttpContext context, HttpRequestMessage proxyRequest)
    {
        var from = context.Request.Headers;
        var to = proxyRequest.Headers;
        var client = context.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : null;
        var trusted = options.TrustForwardedHeaders;
        if (!trusted && from.ContainsKey("Forwarded")) to.Remove("Forwarded");
        Set("X-Forwarded-For", client, append: trusted);
        Set("X-Forwarded-Host", context.Request.Host.Value, append: false);
        Set("X-Forwarded-Proto", context.Request.Scheme, append: false);
        if (from.ContainsKey("X-Forwarded-Prefix")) to.Remove("X-Forwarded-Prefix");
        to.TryAddWithoutValidation("X-Forwarded-Prefix", route.Prefix);

        void Set(string name, string? value, bool append)
        {
            if (from.TryGetValue(name, out var present))
            {
                if (trusted && !append) return;
                to.Remove(name);
                if (append) value = value is null ? present.ToString() : $"{present}, {value}";
            }

            if (!string.IsNullOrEmpty(value)) to.TryAddWithoutValidation(name, value);
        }
    }
}
