using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Boreas.Server.Access;

/// <summary>
/// Slows down guessing: five failures a minute for a name from an address, fifty from an address for all names. An
/// attempt counts when it begins, so that many at once are no way around it, and is given back when it succeeds.
/// </summary>
internal sealed class LoginThrottle(TimeProvider time)
{
    private const int PerName = 5, PerAddress = 50, MaxEntries = 20_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Counter> _counters = new(StringComparer.Ordinal);

    private sealed class Counter(long since)
    {
        public long Since { get; set; } = since;

        public int Count { get; set; }
    }

    /// <summary>Null when the attempt may go on; else how long to wait.</summary>
    public TimeSpan? Begin(string name, IPAddress? address)
    {
        if (_counters.Count > MaxEntries) RemoveOld();
        return Take(ByName(name, address), PerName) ?? Take(ByAddress(address), PerAddress);
    }

    public void Succeeded(string name, IPAddress? address)
    {
        _counters.TryRemove(ByName(name, address), out _);
        if (!_counters.TryGetValue(ByAddress(address), out var counter)) return;
        lock (counter) counter.Count = Math.Max(0, counter.Count - 1);
    }

    private TimeSpan? Take(string key, int limit)
    {
        var counter = _counters.GetOrAdd(key, _ => new Counter(time.GetTimestamp()));
        lock (counter)
        {
            var age = time.GetElapsedTime(counter.Since);
            if (age >= Window) (counter.Since, counter.Count, age) = (time.GetTimestamp(), 0, TimeSpan.Zero);
            if (counter.Count >= limit) return Window - age;
            counter.Count++;
            return null;
        }
    }

    private void RemoveOld()
    {
        foreach (var (key, counter) in _counters)
        {
            if (time.GetElapsedTime(counter.Since) >= Window) _counters.TryRemove(key, out _);
        }
    }

    private static string ByName(string name, IPAddress? address) => $"{Network(address)} {name}";

    private static string ByAddress(IPAddress? address) => Network(address);

    /// <remarks>Whoever has one IPv6 address has a network of them.</remarks>
    private static string Network(IPAddress? address)
    {
        if (address is null) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }
}
