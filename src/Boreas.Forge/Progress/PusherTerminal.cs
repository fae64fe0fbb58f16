using System.IO.Pipelines;
using Boreas.Forge.Packets;

namespace Boreas.Forge.Progress;

/// <summary>
/// The terminal of the one who pushes: lines go into the answer to the push as packets of band 2, which Git prints as
/// <c>remote: …</c>. Nothing is shown to a client that did not ask for bands. That a client asked for quiet says nothing:
/// Git always does when its output is not a terminal, in every CI job. Used by one caller at a time.
/// </summary>
internal sealed class PusherTerminal(PipeWriter output, bool sideBand, TimeProvider time, CancellationToken gone)
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(5);
    private const byte ProgressBand = 2;

    /// <summary>Somebody reads along.</summary>
    public bool Shows => sideBand && !gone.IsCancellationRequested;

    public Task LineAsync(string text) => WriteAsync(TerminalText.Clean(text) + "\n");

    /// <summary>Awaits <paramref name="work"/>, with an empty packet every five seconds, so that no proxy between takes the connection for dead.</summary>
    public async Task<T> WhileAsync<T>(Task<T> work)
    {
        while (!work.IsCompleted)
        {
            using var enough = new CancellationTokenSource();
            var pause = Task.Delay(KeepAlive, time, enough.Token);
            if (await Task.WhenAny(work, pause) == pause) await WriteAsync("");
            await enough.CancelAsync();
        }

        return await work;
    }

    private async Task WriteAsync(string text)
    {
        if (!sideBand || gone.IsCancellationRequested) return;
        PktLine.WriteBand(output, ProgressBand, text);
        await output.FlushAsync(CancellationToken.None);
    }
}
