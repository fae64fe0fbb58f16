using System.Net;
using System.Net.Sockets;

namespace Boreas.Gateway.Forwarding;

/// <summary>
/// The connection to an instance could not be made, so nothing of a request was sent on it. Thrown where connections are
/// made and nowhere else: this is how the gateway knows, and does not guess, that another instance may be tried.
/// </summary>
internal sealed class InstanceUnreachableException(string message, bool refused, Exception inner) : IOException(message, inner)
{
    /// <summary>Somebody is there and says that nobody listens; false when nobody answered.</summary>
    public bool Refused { get; } = refused;

    public static InstanceUnreachableException? In(Exception? failure)
    {
        while (failure is not null and not InstanceUnreachableException) failure = failure.InnerException;
        return (InstanceUnreachableException?)failure;
    }
}

/// <summary>
/// The one pool of connections to all instances.
/// </summary>
/// <remarks>
/// The gap that every HTTP/1.1 proxy has: an instance closes an idle connection at the very moment at which a request is
/// written to it. Three things make it small and safe. Idle connections are closed by the gateway before common servers
/// do it (<see cref="GatewayOptions.IdleConnectionTimeout"/>). A pooled connection on which the end has already arrived
/// is not used. And when the end arrives before the first byte of the answer, SocketsHttpHandler sends the request again
/// on another connection to the same instance, if it had no body to send: that is right for GET, HEAD, OPTIONS, TRACE,
/// PUT and DELETE (RFC 9110, 9.2.2), and wrong for the rest, which <see cref="ForwardedRequest"/> gives an empty body so
/// that they are never sent twice. A request whose body was begun is never sent twice by anybody.
/// </remarks>
internal sealed class InstanceConnections : IDisposable
{
    private readonly TimeSpan _timeout;

    public InstanceConnections(GatewayOptions options)
    {
        _timeout = options.ConnectTimeout;
#pragma warning disable RS0030 // What a client sent is passed on as it came, not called for this part.
        Client = new HttpMessageInvoker(new LostAtOnce(new SocketsHttpHandler
#pragma warning restore RS0030
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = options.IdleConnectionTimeout,
            // Trace headers of the client go through as they came; the gateway adds no span of its own.
            ActivityHeadersPropagator = null,
            ConnectCallback = ConnectAsync,
        }));
    }

    public HttpMessageInvoker Client { get; }

    public void Dispose() => Client.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ending.CancelAfter(_timeout);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, ending.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new InstanceUnreachableException(failure.Message, failure.SocketErrorCode == SocketError.ConnectionRefused, failure);
        }
        catch (OperationCanceledException failure) when (!cancellation.IsCancellationRequested)
        {
            socket.Dispose();
            throw new InstanceUnreachableException($"no connection in {_timeout.TotalSeconds:0.###} s", refused: false, failure);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// An instance that is killed between its kernel's accept and the first look at the connection: SocketsHttpHandler asks
    /// for the remote address then, and lets the socket's exception through.
    /// </summary>
    internal sealed class LostAtOnce(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (SocketException failure)
            {
                throw new InstanceUnreachableException(failure.Message, refused: false, failure);
            }
        }
    }
}
