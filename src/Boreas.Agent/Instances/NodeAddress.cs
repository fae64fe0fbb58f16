using System.Net;

namespace Boreas.Agent.Instances;

/// <summary>Where instances listen, and the host under which the gateway reaches them.</summary>
internal sealed class NodeAddress(AgentOptions options)
{
    public IPAddress Bind { get; } = IPAddress.Parse(options.BindAddress);

    public string InstanceHost
    {
        get
        {
            if (Bind.Equals(IPAddress.Any) || Bind.Equals(IPAddress.IPv6Any)) return options.Url.Host;
            return Bind.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{Bind}]" : Bind.ToString();
        }
    }
}
