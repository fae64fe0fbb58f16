namespace Boreas.Engine.Graphs;

/// <summary>For each task a list of other tasks, by index; all lists lie in one array. A hundred thousand small arrays would cost the garbage collector more than working off their graph.</summary>
/// <param name="starts">Where the list of each task begins in <paramref name="targets"/>, and one more: where the last one ends.</param>
internal readonly struct Adjacency(int[] starts, int[] targets)
{
    public ReadOnlySpan<int> Of(int index) => targets.AsSpan(starts[index], starts[index + 1] - starts[index]);

    public IReadOnlyList<int> ListOf(int index) => new ArraySegment<int>(targets, starts[index], starts[index + 1] - starts[index]);

    /// <summary>The same edges the other way round; each list is in ascending order.</summary>
    public Adjacency Reversed()
    {
        var ends = new int[starts.Length];
        foreach (var target in targets) ends[target + 1]++;
        for (var i = 1; i < ends.Length; i++) ends[i] += ends[i - 1];
        var reversedStarts = (int[])ends.Clone();
        var reversed = new int[targets.Length];
        for (var from = 0; from < starts.Length - 1; from++)
        {
            foreach (var target in Of(from)) reversed[ends[target]++] = from;
        }

        return new Adjacency(reversedStarts, reversed);
    }
}
