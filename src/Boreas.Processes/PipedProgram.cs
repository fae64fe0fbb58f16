using Boreas.Processes.Native;

namespace Boreas.Processes;

/// <summary>
/// A running program whose input and output are streamed by the caller, who closes <see cref="StandardInput"/> when all
/// is written. Disposal ends the program and all that it started; so does <see cref="ProgramStart.Timeout"/>.
/// </summary>
public sealed class PipedProgram : IAsyncDisposable
{
    private readonly ProgramStart _start;
    private readonly ChildGroup _group;
    private readonly Stream _error;
    private readonly Tail _tail;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _stopReading = new();
    private readonly Task _reading;
    private int _disposed;

    internal PipedProgram(ProgramStart start, ChildGroup group, Stream input, Stream output, Stream error, Func<string, ValueTask>? onErrorLine)
    {
        (_start, _group, _error) = (start, group, error);
        (StandardInput, StandardOutput) = (input, output);
        _tail = new Tail(start.TailLength);
        _reading = new LineReader(line =>
        {
            _tail.Add(line);
            return onErrorLine is null ? ValueTask.CompletedTask : onErrorLine(line);
        }).ReadAsync(error, _stopReading.Token);
        _stop.CancelAfter(start.Timeout);
        Exit = WatchAsync();
    }

    public Stream StandardInput { get; }

    public Stream StandardOutput { get; }

    /// <summary>Completes with the exit code, 128 + signal when a signal ended the program; after that nothing of it runs.</summary>
    public Task<int> Exit { get; }

    /// <summary>The end of its standard error.</summary>
    public string ErrorTail => _tail.ToString();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stop.CancelAsync();
        await Exit;
        await StandardInput.DisposeAsync();
        await StandardOutput.DisposeAsync();
        _stopReading.CancelAfter(TimeSpan.FromSeconds(1));
        try
        {
            await _reading;
        }
        catch (OperationCanceledException)
        {
            // A process outside the group holds the pipe.
        }

        await _error.DisposeAsync();
        _stop.Dispose();
        _stopReading.Dispose();
    }

    private async Task<int> WatchAsync()
    {
        try
        {
            await _group.Ended.WaitAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            await _group.EndAsync(_start.KillGrace);
        }

        return await _group.ReapAsync();
    }
}
