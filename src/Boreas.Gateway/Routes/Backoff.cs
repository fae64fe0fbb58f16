namespace Boreas.Gateway.Routes;

/// <summary>Pauses of 0.2 s, growing to 5 s, with jitter so that many gateways do not come back as one.</summary>
internal sealed class Backoff(TimeProvider clock)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(5);
    private TimeSpan _next = First;

    public void Reset() => _next = First;

    public Task PauseAsync(CancellationToken cancellation)
    {
        var pause = _next * (0.75 + (Random.Shared.NextDouble() / 2));
        _next = _next * 2 < Most ? _next * 2 : Most;
        return Task.Delay(pause, clock, cancellation);
    }
}
