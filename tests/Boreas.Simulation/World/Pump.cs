namespace Boreas.Simulation.World;

/// <summary>Continues whatever awaits something, in order and on the thread of the trial, when it is told to.</summary>
internal sealed class Pump : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Continue, object? State)> _posted = [];

    public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

    public void Drain()
    {
        while (_posted.TryDequeue(out var next)) next.Continue(next.State);
    }

    /// <summary>The process is gone, and whatever it was about to do with it.</summary>
    public void Forget() => _posted.Clear();
}
