namespace Boreas.Simulation.World;

/// <summary>Messages under way. They are lost, doubled, late, and overtake each other.</summary>
internal sealed class Network(Dice dice)
{
    private readonly List<object> _underWay = [];

    /// <summary>While false, everything arrives once and in order.</summary>
    public bool Faults { get; set; } = true;

    public bool IsEmpty => _underWay.Count == 0;

    /// <summary>Sends a <see cref="Request"/> or an <see cref="Answer"/>.</summary>
    public void Send(object message)
    {
        var fate = Faults ? dice.Below(100) : 99;
        if (fate < 6) return;
        _underWay.Add(message);
        if (fate < 14) _underWay.Add(message);
    }

    public object? Deliver()
    {
        if (_underWay.Count == 0) return null;
        var index = Faults && dice.OneIn(3) ? dice.Below(_underWay.Count) : 0;
        var message = _underWay[index];
        _underWay.RemoveAt(index);
        return message;
    }
}
