using Boreas.Gateway.Routes;
using Microsoft.Extensions.Hosting;

namespace Boreas.Gateway.Draining;

/// <summary>
/// Tells the control plane which table serves and what is in flight: at once after a switch and after a drain, and
/// regularly. One status is under way at a time, so they arrive in the order in which they were true. The first comes when
/// the host listens: roll-outs count on every gateway that has reported.
/// </summary>
internal sealed class StatusReporter(GatewayOptions options, ControlPlaneClient controlPlane, RouteSwitch routes, IHostApplicationLifetime host, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var begin = CancellationTokenSource.CreateLinkedTokenSource(host.ApplicationStarted, stoppingToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, begin.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
