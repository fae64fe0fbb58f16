using System.Diagnostics.Metrics;
using Boreas.Gateway.Draining;
using Boreas.Gateway.Routes;

namespace Boreas.Gateway;

/// <summary>The meter <c>Boreas.Gateway</c>. Nothing is computed for an instrument that nobody listens to.</summary>
internal sealed class GatewayMeters
{
    private readonly Counter<long> _requests;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _refused;

    public GatewayMeters(IMeterFactory meters, RouteSwitch routes)
    {
        var meter = meters.Create("Boreas.Gateway");
        _requests = meter.CreateCounter<long>("boreas.gateway.requests", "{request}", "Requests given to an instance.");
        _retries = meter.CreateCounter<long>("boreas.gateway.retries", "{request}", "Requests tried on another instance because the connection could not be made.");
        _refused = meter.CreateCounter<long>("boreas.gateway.refused", "{request}", "Requests answered by the gateway itself, by problem code.");
        meter.CreateObservableGauge("boreas.gateway.in_flight", routes.InFlight, "{request}", "Requests and open WebSockets now.");
        meter.CreateObservableGauge("boreas.gateway.route_version", () => routes.Current.Version, null, "Version of the route table that serves.");
    }

    public void Request(Route route, int status)
    {
        if (!_requests.Enabled) return;
        _requests.Add(1, new("app", route.AppId), new("environment", route.Environment), new("status", status));
    }

    public void Retry(Route route)
    {
        if (_retries.Enabled) _retries.Add(1, new("app", route.AppId), new("environment", route.Environment));
    }

    public void Refused(string code)
    {
        if (_refused.Enabled) _refused.Add(1, new KeyValuePair<string, object?>("code", code));
    }
}
