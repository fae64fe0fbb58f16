namespace Boreas.Server.Jobs;

/// <summary>A runner that waits for work. Whoever decides first, the writer with a job or the wait's end, decides alone.</summary>
internal sealed class ClaimWaiter(string runner, IReadOnlySet<string> labels)
{
    private readonly TaskCompletionSource<Claim?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _decided;

    public string Runner => runner;

    public IReadOnlySet<string> Labels => labels;

    public Task<Claim?> Answer => _answer.Task;

    public bool IsWaiting => Volatile.Read(ref _decided) == 0;

    /// <summary>Takes the right to answer.</summary>
    public bool TryDecide() => Interlocked.Exchange(ref _decided, 1) == 0;

    public void Complete(Claim? claim) => _answer.TrySetResult(claim);

    public void Fail(Exception exception) => _answer.TrySetException(exception);
}

/// <summary>A task that was given to a runner, durably.</summary>
internal sealed record Claim(string RunId, string TaskId, string TaskName, string Executor, string? AppId, int Attempt, long Epoch, string Lease, DateTimeOffset Deadline);
