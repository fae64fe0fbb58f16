using System.Net.Http;
using System.Net.Sockets;

namespace Boreas.Contracts.Http;

/// <summary>
/// How every part calls others: without redirects, because its token goes with each request, and with every failure to
/// reach the other as an <see cref="HttpRequestException"/>.
/// </summary>
/// <remarks>
/// <see cref="SocketsHttpHandler"/> asks a connection that it has just made for its remote address, and lets the
/// <see cref="SocketException"/> through when the other has been killed in between. Nobody who calls expects that one: it
/// would end a worker, and with it the part.
/// </remarks>
public sealed class OutboundHandler : DelegatingHandler
{
    private static readonly TimeSpan DefaultConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DefaultConnectionLife = TimeSpan.FromMinutes(2);

    /// <param name="connectTimeout">10 s unless said otherwise.</param>
    /// <param name="connectionLife">How long a connection is used again, so that a name that has moved is noticed: 2 min unless said otherwise.</param>
    public OutboundHandler(bool useProxy = true, bool useCookies = false, TimeSpan? connectTimeout = null, TimeSpan? connectionLife = null)
#pragma warning disable RS0030 // The place that the ban points to.
        : this(new SocketsHttpHandler
#pragma warning restore RS0030
        {
            AllowAutoRedirect = false,
            UseProxy = useProxy,
            UseCookies = useCookies,
            ConnectTimeout = connectTimeout ?? DefaultConnectTimeout,
            PooledConnectionLifetime = connectionLife ?? DefaultConnectionLife,
        })
    {
    }

    internal OutboundHandler(HttpMessageHandler inner)
        : base(inner)
    {
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return base.Send(request, cancellationToken);
        }
        catch (SocketException reset)
        {
            throw Lost(reset);
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (SocketException reset)
        {
            throw Lost(reset);
        }
    }

    private static HttpRequestException Lost(SocketException reset) =>
        new(HttpRequestError.ConnectionError, $"The connection was lost as soon as it was made: {reset.Message}", reset);
}
