using Boreas.Contracts.Gateways;
using Boreas.Gateway.Draining;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Boreas.Gateway.Routes;

/// <summary>
/// Keeps the routes up to date: first those on disk, then what the control plane answers. A table is on disk before it
/// serves, and serves before <see cref="StatusReporter"/> can confirm it: so nobody stops an instance that a restarted
/// gateway would go back to.
/// </summary>
/// <remarks>
/// After a start and after every failed call the whole table is asked for (<c>after=0</c>). A control plane that was
/// reset counts from the beginning again, and a gateway that asks only for what is newer than its own version would
/// never hear of it. What the control plane says explicitly is applied, whatever its number.
/// </remarks>
internal sealed partial class RoutePoller(
    ControlPlaneClient controlPlane, RouteSwitch routes, RouteFile file, IHostApplicationLifetime host, TimeProvider clock, ILogger<RoutePoller> log) : BackgroundService
{
    private static readonly TimeSpan TooSoon = TimeSpan.FromMilliseconds(500);

    /// <summary>The routes on disk serve before the host accepts its first request.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await file.LoadAsync(cancellationToken) is { } saved)
        {
            try
            {
                routes.Apply(saved);
                Loaded(saved.Version, saved.Routes.Count);
            }
            catch (FormatException broken)
            {
                file.SetAside(broken.Message);
            }
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Ends as soon as the host begins to stop: where the control plane is in the same process, its server would wait
        // for the open question, and this service be stopped only after the server.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, host.ApplicationStopping);
        // In one process with the control plane there is nobody to ask before that.
        using var begin = CancellationTokenSource.CreateLinkedTokenSource(host.ApplicationStarted, ending.Token);
        await Task.Delay(Timeout.InfiniteTimeSpan, begin.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await FollowAsync(ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            Stopped(routes.Current.Version);
        }
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        var backoff = new Backoff(clock);
        var after = 0L;
        while (true)
        {
            var asked = clock.GetTimestamp();
            var answer = await controlPlane.RoutesAsync(after, cancellation);
            var good = answer.Reached && (answer.Table is null || await TryApplyAsync(answer.Table, cancellation));
            after = good ? routes.Current.Version : 0;
            if (good) backoff.Reset();
            // 'Nothing new' without having waited would otherwise be asked for again in a tight loop.
            if (!good || (answer.Table is null && clock.GetElapsedTime(asked) < TooSoon)) await backoff.PauseAsync(cancellation);
        }
    }

    private async Task<bool> TryApplyAsync(RouteTable table, CancellationToken cancellation)
    {
        try
        {
            RouteSnapshot.Check(table);
            await file.SaveAsync(table, cancellation);
            routes.Apply(table);
            Applied(table.Version, table.Routes.Count);
            return true;
        }
        catch (FormatException refused)
        {
            Refused(table.Version, refused.Message, routes.Current.Version);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Information, "Serving the saved route table {Version} ({Routes} routes) until the control plane answers.")]
    private partial void Loaded(long version, int routes);

    [LoggerMessage(LogLevel.Information, "Serving route table {Version} ({Routes} routes).")]
    private partial void Applied(long version, int routes);

    [LoggerMessage(LogLevel.Debug, "Stopping with route table {Version}.")]
    private partial void Stopped(long version);

    [LoggerMessage(LogLevel.Error, "Route table {Version} is refused: {Why}. Table {Serving} serves on; correct the route in the control plane.")]
    private partial void Refused(long version, string why, long serving);
}
