using System.Net;
using System.Net.Sockets;
using Boreas.Contracts.Http;

namespace Boreas.Contracts.Tests.Http;

public sealed class OutboundHandlerTests
{
    private static readonly Uri Anywhere = new("http://boreas.invalid/");

    [Fact]
    public async Task AConnectionThatIsLostAsSoonAsItIsMadeIsAFailedRequest()
    {
        using var http = new HttpClient(new OutboundHandler(new SocketsHttpHandler { UseProxy = false, ConnectCallback = LostAsync }));
        AssertLost(await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(Anywhere)));
    }

    [Fact]
    public void ACallThatBlocksFailsTheSameWay()
    {
        using var http = new HttpClient(new OutboundHandler(new SocketsHttpHandler { UseProxy = false, ConnectCallback = LostAsync }));
        using var request = new HttpRequestMessage(HttpMethod.Get, Anywhere);
        AssertLost(Assert.Throws<HttpRequestException>(() => http.Send(request)));
    }

    private static void AssertLost(HttpRequestException failure)
    {
        Assert.Equal(HttpRequestError.ConnectionError, failure.HttpRequestError);
        Assert.Equal(SocketError.NotConnected, Assert.IsType<SocketException>(failure.InnerException).SocketErrorCode);
    }

    /// <summary>The other side accepts and is killed at once.</summary>
    private static async ValueTask<Stream> LostAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndpoint, cancellation);
        using (var other = await listener.AcceptSocketAsync(cancellation)) other.LingerState = new LingerOption(enable: true, 0);
        Assert.True(socket.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead));
        return new NetworkStream(socket, ownsSocket: true);
    }
}
