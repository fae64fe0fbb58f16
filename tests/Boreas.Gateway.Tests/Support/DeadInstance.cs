using System.Net;
using System.Net.Sockets;
using Boreas.Contracts.Gateways;

namespace Boreas.Gateway.Tests.Support;

/// <summary>An address where nobody listens: bound, so that nobody else gets the port, but never listening.</summary>
internal sealed class DeadInstance : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public DeadInstance() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public RouteTarget Target(string id, int weight = 100) => new(id, $"http://127.0.0.1:{((IPEndPoint)_socket.LocalEndPoint!).Port}", weight);

    public void Dispose() => _socket.Dispose();
}
