using System.Threading.Channels;
using Boreas.Contracts.Jobs;
using Boreas.Processes;

namespace Boreas.Runner.Jobs;

/// <summary>
/// The lines of one attempt on their way to the control plane: masked at once, sent in batches of at most 200 lines or
/// 100 ms, in order, each batch again until it is accepted. While the control plane is away, the newest lines beyond
/// 50,000 are left out, and a line says how many.
/// </summary>
internal sealed class JobLog(ClaimedJob job, SecretMask mask, ControlPlaneClient controlPlane, TimeProvider time)
{
    private const int BatchLines = 200;
    private const int MaxWaiting = 50_000;
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(100);

    private readonly Channel<LogLine> _lines = Channel.CreateUnbounded<LogLine>(new() { SingleReader = false });
    private long _next;
    private int _waiting;
    private int _leftOut;

    public void Info(string message) => Add(LogLevel.Info, message);

    public void Warn(string message) => Add(LogLevel.Warn, message);

    public void Error(string message) => Add(LogLevel.Error, message);

    /// <summary>Takes the lines of a program; what it writes to standard error is not an error by that alone.</summary>
    public ValueTask AddAsync(ProgramLine line)
    {
        Info(line.Text);
        return ValueTask.CompletedTask;
    }

    public string Mask(string text) => mask.Mask(text);

    /// <summary>No more lines; <see cref="SendAsync"/> ends when all are sent.</summary>
    public void Complete() => _lines.Writer.TryComplete();

    /// <summary>Sends until <see cref="Complete"/>.</summary>
    /// <exception cref="StaleLeaseException">The job is not ours any more.</exception>
    public async Task SendAsync(CancellationToken cancellation)
    {
        var backoff = new Backoff(time);
        while (await _lines.Reader.WaitToReadAsync(cancellation))
        {
            var batch = await BatchAsync(cancellation);
            backoff.Reset();
            while (true)
            {
                try
                {
                    await controlPlane.SendLogsAsync(job, _next, batch, cancellation);
                    break;
                }
                catch (ControlPlaneException e) when (e.Refused)
                {
                    break; // It will never take these lines; the next ones it may.
                }
                catch (ControlPlaneException)
                {
                    await backoff.WaitAsync(cancellation);
                }
            }

            _next += batch.Count;
        }
    }

    private void Add(LogLevel level, string message)
    {
        foreach (var line in message.Split('\n'))
        {
            if (Volatile.Read(ref _waiting) >= MaxWaiting)
            {
                Interlocked.Increment(ref _leftOut);
                continue;
            }

            Interlocked.Increment(ref _waiting);
            _lines.Writer.TryWrite(new LogLine(time.GetUtcNow(), level, mask.Mask(line.TrimEnd('\r'))));
        }
    }

    private async Task<List<LogLine>> BatchAsync(CancellationToken cancellation)
    {
        var batch = new List<LogLine>();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var timer = time.CreateTimer(_ => over.Cancel(), null, BatchTime, Timeout.InfiniteTimeSpan);
        try
        {
            while (batch.Count < BatchLines && await _lines.Reader.WaitToReadAsync(over.Token))
            {
                while (batch.Count < BatchLines && _lines.Reader.TryRead(out var line))
                {
                    Interlocked.Decrement(ref _waiting);
                    batch.Add(line);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The time for this batch is over.
        }

        if (Interlocked.Exchange(ref _leftOut, 0) is > 0 and var leftOut)
            batch.Add(new LogLine(time.GetUtcNow(), LogLevel.Warn, $"{leftOut} lines were left out here, because the control plane was away"));
        return batch;
    }
}
