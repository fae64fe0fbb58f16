using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Boreas.Contracts.Gateways;
using Boreas.Gateway.Draining;

namespace Boreas.Gateway.Routes;

/// <summary>A route table ready to be asked: never changes, and is asked without allocation.</summary>
internal sealed class RouteSnapshot
{
    private readonly FrozenDictionary<string, Route>.AlternateLookup<ReadOnlySpan<char>> _routes;

    private RouteSnapshot(RouteTable table, IEnumerable<KeyValuePair<string, Route>> routes)
    {
        Table = table;
        _routes = routes.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public static RouteSnapshot Empty { get; } = new(new RouteTable(0, []), []);

    public RouteTable Table { get; }

    public long Version => Table.Version;

    /// <exception cref="FormatException">A prefix, an address or a weight cannot be served, or two routes have one prefix.</exception>
    public static RouteSnapshot From(RouteTable table, Func<string, Instance> instanceOf)
    {
        var routes = new Dictionary<string, Route>(StringComparer.Ordinal);
        foreach (var route in table.Routes)
        {
            // JSON may hold nulls where the records cannot.
            if (route is null || route.Targets.Any(target => target is null)) throw new FormatException("a route or a target is null");
            var segment = Segment(route.Prefix);
            var targets = route.Targets.Select(target => Read(target, instanceOf)).ToArray();
            if (!routes.TryAdd(segment, new Route(route.AppId, route.Environment, route.Prefix, route.Sticky, targets)))
                throw new FormatException($"two routes have the prefix '{route.Prefix}'");
        }

        return new(table, routes);
    }

    /// <summary>Whether <see cref="From"/> would take the table.</summary>
    /// <exception cref="FormatException">It would not; the message says why.</exception>
    public static void Check(RouteTable table) => From(table, static id => new Instance(id, static () => { }));

    /// <param name="segment">The part after <c>/runtime/</c>, as it came: <c>hello</c> or <c>hello.staging</c>.</param>
    public Route? Find(ReadOnlySpan<char> segment) => _routes.TryGetValue(segment, out var route) ? route : null;

    private static string Segment(string prefix)
    {
        if (prefix.StartsWith(RuntimePath.Root, StringComparison.Ordinal) && prefix.Length > RuntimePath.Root.Length)
        {
            var segment = prefix[RuntimePath.Root.Length..];
            if (segment[0] != '.' && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_')) return segment;
        }

        throw new FormatException($"the prefix '{prefix}' is not '{RuntimePath.Root}' and one name");
    }

    private static Target Read(RouteTarget target, Func<string, Instance> instanceOf)
    {
        if (!Uri.TryCreate(target.Address, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttp
            || address.PathAndQuery != "/" || address.UserInfo.Length > 0 || address.Fragment.Length > 0)
            throw new FormatException($"the address '{target.Address}' of instance '{target.InstanceId}' is not http://host:port");
        if (target.Weight is < 0 or > 1000)
            throw new FormatException($"the weight {target.Weight} of instance '{target.InstanceId}' is not 0 to 1000");
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(target.InstanceId)).AsSpan(0, 10));
        return new(instanceOf(target.InstanceId), address.GetLeftPart(UriPartial.Authority), target.Weight, key);
    }
}
