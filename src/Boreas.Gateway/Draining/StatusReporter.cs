using Boreas.Gateway.Routes;
using Microsoft.Extensions.Hosting;

namespace Boreas.Gateway.Draining;

/// <summary>
/// Tells the control plane which table serves and what is in flight: at once after a switch and after a drain, and
/// regularly. One status is under way at a time, so they arrive in the order in which they were true.
/// </summary>
internal sealed class StatusReporter(GatewayOptions options, ControlPlaneClient controlPlane, RouteSwitch routes, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff(clock);
        while (!stoppingToken.IsCancellationRequested)
        {
            var status = routes.Status(options.Name);
            if (await controlPlane.StatusAsync(status, stoppingToken))
            {
                routes.Forget(status);
                backoff.Reset();
                await routes.NewsAsync(options.StatusInterval, stoppingToken);
            }
            else
            {
                await backoff.PauseAsync(stoppingToken);
            }
        }
    }
}
