using System.Security.Cryptography;
using Boreas.Agent.Files;

namespace Boreas.Agent.Access;

/// <summary>
/// 32 random bytes, made at the first start and kept on the node's disk. The control plane learns them by the heartbeat
/// and signs tickets with them; whoever has them may start programs here.
/// </summary>
internal sealed class NodeKey
{
    private const int Length = 32;
    private readonly byte[] _key;

    private NodeKey(byte[] key) => _key = key;

    public ReadOnlySpan<byte> Bytes => _key;

    /// <summary>Tells this agent's processes and containers from those of another agent on the same machine; says nothing about the key.</summary>
    public string AgentId => Convert.ToHexStringLower(SHA256.HashData([.. "boreas-agent-id\0"u8, .. _key]))[..16];

    public static NodeKey LoadOrCreate(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, "node-key");
        if (File.Exists(path))
        {
            var kept = File.ReadAllBytes(path);
            return kept.Length == Length ? new NodeKey(kept)
                : throw new InvalidDataException($"{path} must hold {Length} bytes; delete it to make a new key (running jobs lose their tickets).");
        }

        var key = RandomNumberGenerator.GetBytes(Length);
        PrivateFile.Write(path, key);
        return new NodeKey(key);
    }
}
