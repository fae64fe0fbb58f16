using Microsoft.Extensions.Hosting;

namespace Boreas.Server.Operations;

/// <summary>Ends the waits of long requests when the process is asked to stop, so that stopping does not wait for them.</summary>
internal sealed class Stopping(IHostApplicationLifetime lifetime)
{
    public bool IsRequested => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Cancelled by the request's end or the process's; the caller disposes it.</summary>
    public CancellationTokenSource Link(CancellationToken request) => CancellationTokenSource.CreateLinkedTokenSource(request, lifetime.ApplicationStopping);
}
