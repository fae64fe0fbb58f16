using System.Globalization;
using System.Text.Json;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Follow;

/// <summary>
/// The lines of one task as they come, each once and in order: the stream is asked from the last line that was seen, and
/// when the task has ended the rest is read whole.
/// </summary>
internal sealed class TaskLogReader(ApiClient api, string deployment, string task, string? level, Action<TaskLogLine> write, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the stream of an ended task may take to end by itself.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource ended = new();
    private long last;

    /// <summary>Reads until <see cref="End"/> was called and everything was read.</summary>
    public async Task ReadAsync(CancellationToken cancel)
    {
        while (!ended.IsCancellationRequested)
        {
            await StreamAsync(cancel);
            if (!ended.IsCancellationRequested) await PauseAsync(cancel);
        }

        await ReadRestAsync(cancel);
        ended.Dispose();
    }

    /// <summary>The task has ended: no lines come after those that are there.</summary>
    public void End() => ended.Cancel();

    public async Task ReadRestAsync(CancellationToken cancel)
    {
        foreach (var line in (await api.GetAsync(Path(follow: false), cancel)).Read<TaskLogs>().Logs) Take(line);
    }

    private async Task StreamAsync(CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var farewell = ended.Token.Register(() => stop.CancelAfter(Farewell));
        try
        {
            await foreach (var line in api.LinesAsync(Path(follow: true), stop.Token)) Take(JsonSerializer.Deserialize<TaskLogLine>(line, BoreasJson.Options)!);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The stream outlived its task; the rest is read whole.
        }
        catch (CommandFailure lost) when (lost.Exit == ExitCode.Unreachable)
        {
            // The feed of the deployment tells about it, and gives up when it lasts.
        }
    }

    private async Task PauseAsync(CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, ended.Token);
        await Task.Delay(Pause, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
    }

    private void Take(TaskLogLine line)
    {
        if (line.Sequence <= last) return;
        last = line.Sequence;
        write(line);
    }

    private string Path(bool follow) => ApiPath.With(
        ApiPath.Of("deployments", deployment, "tasks", task, "logs"),
        ("after", last > 0 ? last.ToString(CultureInfo.InvariantCulture) : null),
        ("level", level),
        ("follow", follow ? "true" : null));
}
