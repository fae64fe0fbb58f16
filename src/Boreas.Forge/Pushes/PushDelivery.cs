using System.Net;
using System.Threading.Channels;
using Boreas.Contracts.Pushes;
using Boreas.Forge.ControlPlane;
using Microsoft.Extensions.Logging;

namespace Boreas.Forge.Pushes;

/// <summary>
/// Tells the control plane of pushes. Git's repositories are the truth about what was pushed, the control plane about what
/// was deployed; a notice may be sent any number of times, because it is recorded once per repository, ref and commit.
/// A pusher's request delivers its own notices; what cannot be delivered in time, or has no pusher any more, goes to
/// <see cref="Later"/>, which <see cref="PushBacklog"/> works off. What is in memory only is found again at the next start,
/// by looking at the branches; lost then is nothing but the pusher's name.
/// </summary>
internal sealed partial class PushDelivery(ControlPlaneClient controlPlane, TimeProvider time, ILogger<PushDelivery> log)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Channel<PushNotice> _later = Channel.CreateUnbounded<PushNotice>();
    private int _away;

    public ChannelReader<PushNotice> Backlog => _later.Reader;

    public void Later(PushNotice notice) => _later.Writer.TryWrite(notice);

    /// <summary>Tries until the control plane has answered, with pauses that grow, or until cancelled.</summary>
    /// <exception cref="RefusedException">The control plane does not take this notice.</exception>
    public async Task<PushResult> DeliverAsync(PushNotice notice, CancellationToken cancel)
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            try
            {
                var result = await controlPlane.NotifyAsync(notice, cancel);
                if (Interlocked.Exchange(ref _away, 0) == 1) Back();
                return result;
            }
            catch (Exception e) when (e is AwayException or RefusedException { Status: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden })
            {
                // Also a forge whose token is not known yet is not known for ever.
                if (Interlocked.Exchange(ref _away, 1) == 0) Away(e.Message);
                await Task.Delay(pause * (0.75 + (Random.Shared.NextDouble() / 2)), time, cancel);
            }
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Pushes cannot be reported to the control plane and are kept until they can: {Why}")]
    private partial void Away(string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "The control plane takes reports of pushes again")]
    private partial void Back();
}
