using System.Runtime.CompilerServices;
using Boreas.Contracts.Agents;

namespace Boreas.Agent.Logs;

/// <summary>Several log files as one stream: the last lines of all in the order of their times, then what comes.</summary>
internal static class LogStream
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(150);

    public static async IAsyncEnumerable<InstanceLogLine> ReadAsync(
        IReadOnlyList<LogFile> files, int tail, bool follow, TimeProvider time, [EnumeratorCancellation] CancellationToken until)
    {
        foreach (var line in files.SelectMany(file => file.Tail(tail)).OrderBy(line => line.Timestamp).TakeLast(tail)) yield return line;
        var last = !follow;
        while (!last)
        {
            last = until.IsCancellationRequested;
            foreach (var line in files.SelectMany(file => file.Read()).OrderBy(line => line.Timestamp)) yield return line;
            if (!last) await Task.Delay(Look, time, until).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
