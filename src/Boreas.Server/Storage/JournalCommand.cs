using Boreas.Server.Jobs;

namespace Boreas.Server.Storage;

/// <summary>What a caller wants done in a transaction; answered once, after the commit.</summary>
internal abstract class JournalCommand
{
    public virtual bool NeedsTransaction => true;

    public abstract bool IsAnswered { get; }

    public abstract void Run(JournalTransaction transaction);

    /// <summary>The transaction is durable: the caller gets what <see cref="Run"/> gave.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception exception);
}

internal sealed class JournalCommand<T>(Func<JournalTransaction, T> act, CancellationToken cancellationToken) : JournalCommand
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Answer => _answer.Task;

    public override bool IsAnswered => _answer.Task.IsCompleted;

    public override void Run(JournalTransaction transaction)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _result = act(transaction);
    }

    public override void Complete() => _answer.TrySetResult(_result!);

    public override void Fail(Exception exception)
    {
        if (exception is OperationCanceledException) _answer.TrySetCanceled(cancellationToken);
        else _answer.TrySetException(exception);
    }
}

internal sealed class InspectCommand<T>(Func<T> read) : JournalCommand
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answer => _answer.Task;

    public override bool NeedsTransaction => false;

    public override bool IsAnswered => _answer.Task.IsCompleted;

    public override void Run(JournalTransaction transaction)
    {
        if (!IsAnswered) _answer.TrySetResult(read());
    }

    public override void Complete()
    {
    }

    public override void Fail(Exception exception) => _answer.TrySetException(exception);
}

/// <summary>
/// Puts a runner in line; it is answered when a task was given to it, not with the transaction that enlists it. One that
/// does not want to wait is answered with nothing as soon as the writer has looked.
/// </summary>
internal sealed class ClaimCommand(Journal journal, ClaimWaiter waiter, bool waits) : JournalCommand
{
    private bool _enlisted;

    public override bool NeedsTransaction => false;

    public override bool IsAnswered => _enlisted;

    public override void Run(JournalTransaction transaction)
    {
        if (_enlisted) return;
        _enlisted = true;
        journal.Enlist(waiter);
    }

    public override void Complete()
    {
        if (!waits && waiter.TryDecide()) waiter.Complete(null);
    }

    public override void Fail(Exception exception)
    {
        if (waiter.TryDecide()) waiter.Fail(exception);
    }
}

/// <summary>The engine found the state of a run contradicting itself.</summary>
internal sealed class RunBrokenException(string runId, Exception inner) : Exception(inner.Message, inner)
{
    public string RunId { get; } = runId;
}

/// <summary>A command threw after it had changed something.</summary>
internal sealed class CommandFailedException(Exception inner) : Exception(inner.Message, inner);
