namespace Boreas.Simulation.World;

/// <summary>The only source of chance: the same seed throws the same, on every machine and in every release of .NET.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = (seed * 0x9E3779B97F4A7C15) + 0x2545F4914F6CDD1D;

    /// <summary>0 … <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)(Throw() % (ulong)count);

    /// <summary><paramref name="from"/> … <paramref name="to"/>, both included.</summary>
    public int Between(int from, int to) => from + Below(to - from + 1);

    public bool OneIn(int count) => Below(count) == 0;

    public T Of<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    /// <summary>SplitMix64.</summary>
    private ulong Throw()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
