namespace Boreas.Agent.Instances;

/// <summary>Says that some instance changed; changes that nobody has looked at yet are one.</summary>
internal sealed class ChangeSignal
{
    private readonly SemaphoreSlim _raised = new(0);

    public void Raise()
    {
        lock (_raised)
            if (_raised.CurrentCount == 0) _raised.Release();
    }

    /// <summary>Returns at the next change, or after <paramref name="atMost"/>.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken ct) => _raised.WaitAsync(atMost, ct);
}
