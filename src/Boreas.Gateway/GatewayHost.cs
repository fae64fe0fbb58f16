using Boreas.Gateway.Draining;
using Boreas.Gateway.Forwarding;
using Boreas.Gateway.Routes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Boreas.Gateway;

/// <summary>The two calls that put a gateway into a host.</summary>
public static class GatewayHost
{
    /// <summary>Registers the gateway: it starts with the host, loads its last routes, and asks the control plane for new ones.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names all of them.</exception>
    public static IServiceCollection AddBoreasGateway(this IServiceCollection services, GatewayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton(options.Checked());
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddHttpForwarder();
        // The forwarder writes a line or two per request; what matters of it is counted, and logged by the middleware.
        services.AddLogging(logging => logging.AddFilter("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.None));
        services.AddSingleton<GatewayMeters>();
        services.AddSingleton<RouteSwitch>();
        services.AddSingleton<InstanceConnections>();
        services.AddSingleton<ControlPlaneClient>();
        services.AddSingleton<RouteFile>();
        services.AddHostedService<RoutePoller>();
        services.AddHostedService<StatusReporter>();
        return services;
    }

    /// <summary>
    /// Answers <c>/runtime/…</c> and passes everything else on. Put it first, and where the host maps endpoints call
    /// <c>UseRouting</c> after it: then a request to an app passes no other part of the host.
    /// </summary>
    public static IApplicationBuilder UseBoreasGateway(this IApplicationBuilder app) => app.UseMiddleware<GatewayMiddleware>();
}
