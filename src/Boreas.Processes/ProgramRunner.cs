using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.ExceptionServices;
using Boreas.Processes.Native;
using Microsoft.Win32.SafeHandles;

namespace Boreas.Processes;

/// <summary>
/// Runs programs to their end. Each is the leader of its own session. Whatever way a call ends (exit, timeout,
/// cancellation, an exception of the listener), the program and all that it started in its group are gone before it
/// returns, also when a grandchild still holds the pipes.
/// </summary>
public static class ProgramRunner
{
    // What a program wrote before it ended is in the pipe already; a stray that holds the pipe must not hold us.
    private static readonly TimeSpan DrainPipes = TimeSpan.FromSeconds(2);

    /// <summary>Runs the program and hands each line to <paramref name="onLine"/>, one at a time, in the order of each stream.</summary>
    /// <exception cref="ProgramMissingException">The program is not on the <c>PATH</c>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing of the program runs any more.</exception>
    public static async Task<ProgramResult> RunAsync(ProgramStart start, Func<ProgramLine, ValueTask>? onLine = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var clock = Stopwatch.StartNew();
        using var gate = new SemaphoreSlim(1);
        ExceptionDispatchInfo? broken = null;
        var (output, error) = (new Tail(start.TailLength), new Tail(start.TailLength));
        var (group, input, outputPipe, errorPipe) = Start(start, start.StandardInput is not null);
        await using var outputStream = outputPipe;
        await using var errorStream = errorPipe;
        using var stopReading = new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(start.Timeout);

        var writing = WriteAsync(start.StandardInput, input, stop.Token);
        var reading = Task.WhenAll(
            new LineReader(line => HandAsync(isError: false, line)).ReadAsync(outputStream, stopReading.Token),
            new LineReader(line => HandAsync(isError: true, line)).ReadAsync(errorStream, stopReading.Token));
        var ended = true;
        try
        {
            await group.Ended.WaitAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            ended = group.Ended.IsCompleted;
            await group.EndAsync(start.KillGrace);
        }

        var exitCode = await group.ReapAsync();
        await stop.CancelAsync();
        await writing;
        stopReading.CancelAfter(DrainPipes);
        try
        {
            await reading;
        }
        catch (OperationCanceledException) when (stopReading.IsCancellationRequested)
        {
            // A process outside the group holds the pipe; what the program itself wrote was read.
        }

        broken?.Throw();
        cancellation.ThrowIfCancellationRequested();
        return new ProgramResult(exitCode, !ended, output.ToString(), error.ToString(), clock.Elapsed);

        async ValueTask HandAsync(bool isError, string line)
        {
            (isError ? error : output).Add(line);
            if (onLine is null) return;
            await gate.WaitAsync(CancellationToken.None);
            try
            {
                if (broken is null) await onLine(new ProgramLine(isError, line));
            }
            catch (Exception e)
            {
                // Thrown again below, when nothing of the program runs any more.
                broken = ExceptionDispatchInfo.Capture(e);
                await stop.CancelAsync();
            }
            finally
            {
                gate.Release();
            }
        }
    }

    /// <summary>Starts a program whose input and output the caller streams; its standard error comes line by line.</summary>
    /// <exception cref="ProgramMissingException">The program is not on the <c>PATH</c>.</exception>
    public static PipedProgram StartPiped(ProgramStart start, Func<string, ValueTask>? onErrorLine = null)
    {
        var (group, input, output, error) = Start(start, withInput: true);
        return new PipedProgram(start, group, input!, output, error, onErrorLine);
    }

    private static (ChildGroup Group, Stream? Input, Stream Output, Stream Error) Start(ProgramStart start, bool withInput)
    {
        var theirs = new List<int>();
        var ours = new List<Stream>();
        try
        {
            var input = StandardStream.Nothing;
            if (withInput)
            {
                var (read, write) = Libc.Pipe();
                theirs.Add(read);
                ours.Add(Wrap(PipeDirection.Out, write));
                input = StandardStream.Of(read);
            }

            foreach (var _ in (int[])[1, 2])
            {
                var (read, write) = Libc.Pipe();
                theirs.Add(write);
                ours.Add(Wrap(PipeDirection.In, read));
            }

            var group = new ChildGroup(Spawn.Start(start, input, StandardStream.Of(theirs[^2]), StandardStream.Of(theirs[^1])));
            return (group, withInput ? ours[0] : null, ours[^2], ours[^1]);
        }
        catch
        {
            ours.ForEach(stream => stream.Dispose());
            throw;
        }
        finally
        {
            foreach (var descriptor in theirs) _ = Libc.Close(descriptor);
        }
    }

    private static AnonymousPipeClientStream Wrap(PipeDirection direction, int descriptor) =>
        new(direction, new SafePipeHandle(descriptor, ownsHandle: true));

    private static async Task WriteAsync(ProgramInput? input, Stream? pipe, CancellationToken cancellation)
    {
        if (input is null || pipe is null) return;
        try
        {
            await using (pipe) await input.WriteToAsync(pipe, cancellation);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The program has ended, or does not want more; its exit code says whether that was well.
        }
    }
}
