using Microsoft.Extensions.Logging;

namespace Boreas.Runner.Jobs;

/// <summary>Says once that a peer is away, and once that it is back, however often it was tried in between.</summary>
internal sealed partial class Outage(ILogger log, string peer)
{
    private int _away;

    public void Began(string why)
    {
        if (Interlocked.Exchange(ref _away, 1) == 0) LogAway(peer, why);
    }

    public void Over()
    {
        if (Volatile.Read(ref _away) == 1 && Interlocked.Exchange(ref _away, 0) == 1) LogBack(peer);
    }

    [LoggerMessage(Level = Microsoft.Extensions.Logging.LogLevel.Warning, Message = "Cannot reach {Peer}: {Why}. Trying again until it is back")]
    private partial void LogAway(string peer, string why);

    [LoggerMessage(Level = Microsoft.Extensions.Logging.LogLevel.Information, Message = "{Peer} is back")]
    private partial void LogBack(string peer);
}
