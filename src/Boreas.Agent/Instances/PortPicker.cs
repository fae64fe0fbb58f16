using System.Net;
using System.Net.Sockets;
using Boreas.Contracts.Problems;

namespace Boreas.Agent.Instances;

/// <summary>
/// Gives each instance a TCP port of the node and keeps it over restarts, because the gateway may route to it. Only while
/// no start of the instance was ever ready may it get another.
/// </summary>
internal sealed class PortPicker(AgentOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _given = new(StringComparer.Ordinal);

    public int For(InstanceRecord record)
    {
        lock (_gate)
        {
            if (record.Port is { } kept)
            {
                if (IsFree(kept))
                {
                    _given[record.InstanceId] = kept;
                    return kept;
                }

                if (record.Life.EverReady)
                    throw InstanceProblem.Errored(ProblemCodes.PortTaken, $"Port {kept}, at which the gateway reaches this instance, is taken by another program.", $"Find it with 'ss -ltnp sport = :{kept}' on the node and end it, or deploy again.");
            }

            return _given[record.InstanceId] = Choose();
        }
    }

    public void GiveBack(string instanceId)
    {
        lock (_gate) _given.Remove(instanceId);
    }

    private int Choose()
    {
        var (first, count) = (options.Ports.First, options.Ports.Last - options.Ports.First + 1);
        var start = Random.Shared.Next(count);
        for (var i = 0; i < count; i++)
        {
            var port = first + ((start + i) % count);
            if (!_given.ContainsValue(port) && IsFree(port)) return port;
        }

        throw InstanceProblem.Errored(ProblemCodes.PortTaken, $"No port of {options.Ports.First}–{options.Ports.Last} is free on the node.", "Stop some instances, or give the agent a larger range of ports.");
    }

    /// <summary>On every address: an app may listen on more than the one it was told.</summary>
    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
