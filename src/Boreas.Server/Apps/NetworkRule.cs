using System.Net;
using System.Net.Sockets;

namespace Boreas.Server.Apps;

/// <summary>
/// Which hosts are refused where private networks are not allowed: addresses that are written out, and names that only
/// mean something inside. A name that resolves to a private address is for the runner's network to refuse: the control
/// plane asks nobody, also no name server.
/// </summary>
internal static class NetworkRule
{
    public static bool IsPrivate(string host)
    {
        var name = host.Trim('[', ']').TrimEnd('.');
        if (IPAddress.TryParse(name, out var address)) return IsPrivate(address);
        return !name.Contains('.', StringComparison.Ordinal)
            || name.Split('.')[^1].ToLowerInvariant() is "localhost" or "local" or "internal" or "intranet" or "lan" or "home" or "corp";
    }

    private static bool IsPrivate(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address)) return true;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            return address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal || address.IsIPv6SiteLocal || address.IsIPv6Multicast || address.Equals(IPAddress.IPv6None);
        return address.GetAddressBytes() switch
        {
            [0 or 10 or 127, ..] => true,
            [100, >= 64 and <= 127, ..] => true,
            [169, 254, ..] => true,
            [172, >= 16 and <= 31, ..] => true,
            [192, 168, ..] => true,
            [192, 0, 0, _] => true,
            [198, 18 or 19, ..] => true,
            [>= 224, ..] => true,
            _ => false,
        };
    }
}
