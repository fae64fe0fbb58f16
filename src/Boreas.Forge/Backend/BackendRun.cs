using System.IO.Pipelines;
using Boreas.Processes;

namespace Boreas.Forge.Backend;

/// <summary>
/// One run of the program. It is killed, with all that it started, when the request is aborted or when no byte has moved
/// for the idle time; <see cref="Cancelled"/> is the token of both.
/// </summary>
internal sealed class BackendRun : IAsyncDisposable
{
    private static readonly TimeSpan LastSteps = TimeSpan.FromSeconds(5);

    private readonly PipedProgram _program;
    private readonly SemaphoreSlim _slots;
    private readonly TimeSpan _idle;
    private readonly CancellationTokenSource _cancelled;
    private Task _sending = Task.CompletedTask;
    private Task? _ending;

    public BackendRun(PipedProgram program, SemaphoreSlim slots, TimeSpan idle, CancellationToken aborted)
    {
        (_program, _slots, _idle) = (program, slots, idle);
        _cancelled = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        Output = PipeReader.Create(program.StandardOutput, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        Moved();
        // Reading from a pipe cannot be given up; killing the program ends it.
        _cancelled.Token.Register(() => _ = EndAsync());
    }

    public PipeReader Output { get; }

    public CancellationToken Cancelled => _cancelled.Token;

    /// <summary>Pushes the end for idleness into the future.</summary>
    public void Moved() => _cancelled.CancelAfter(_idle);

    /// <summary>Sends the program its input while the answer is read; completes when the client has sent all.</summary>
    public Task SendAsync(RequestBody body, PieceListener look) => _sending = body.SendAsync(_program.StandardInput, look, Moved, Cancelled);

    /// <summary>For a request without a body.</summary>
    public ValueTask SendNothingAsync() => _program.StandardInput.DisposeAsync();

    /// <summary>Waits a little for a program that has said its last word, so that it can finish what nobody waits for.</summary>
    public Task EndedAsync() => Task.WhenAny(_program.Exit, Task.Delay(LastSteps, CancellationToken.None));

    public async ValueTask DisposeAsync()
    {
        await _cancelled.CancelAsync();
        await EndAsync();
        // Nobody may read the request after its end.
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Output.CompleteAsync();
        _cancelled.Dispose();
    }

    private Task EndAsync()
    {
        lock (_program) return _ending ??= Once();

        async Task Once()
        {
            await _program.DisposeAsync();
            _slots.Release();
        }
    }
}
