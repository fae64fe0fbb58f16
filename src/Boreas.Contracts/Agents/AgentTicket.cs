using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Boreas.Contracts.Agents;

/// <summary>
/// The right to call one agent for one instance until a moment: <c>{instanceId}.{unixSeconds}.{hmac}</c>, signed by the
/// control plane with the node's key (HMAC-SHA256, base64url). The runner carries it and never sees the key. The
/// instance <c>*</c> stands for every instance of the node.
/// </summary>
public static class AgentTicket
{
    public const string AnyInstance = "*";

    public static string Issue(ReadOnlySpan<byte> key, string instanceId, DateTimeOffset expires)
    {
        var body = instanceId + "." + expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return body + "." + Sign(key, body);
    }

    /// <summary>Whether <paramref name="ticket"/> is genuine, has not expired at <paramref name="now"/> and covers <paramref name="instanceId"/>.</summary>
    public static bool Covers(ReadOnlySpan<byte> key, string? ticket, string instanceId, DateTimeOffset now)
    {
        if (ticket?.Split('.') is not [var instance, var expires, var signature]) return false;
        if (!long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds < now.ToUnixTimeSeconds()) return false;
        var expected = Sign(key, instance + "." + expires);
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature), Encoding.ASCII.GetBytes(expected))
            && (instance == instanceId || instance == AnyInstance);
    }

    private static string Sign(ReadOnlySpan<byte> key, string body) =>
        System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("boreas-agent-ticket\0" + body)));
}
