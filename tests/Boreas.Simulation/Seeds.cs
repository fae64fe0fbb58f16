using System.Collections.Concurrent;
using Boreas.Simulation.Mutants;
using Boreas.Simulation.World;

namespace Boreas.Simulation;

/// <summary>Runs many seeds, each in one thread, on all processors.</summary>
internal static class Seeds
{
    /// <summary>The seeds that fail, lowest first.</summary>
    /// <param name="enough">Stop after so many failures.</param>
    public static async Task<IReadOnlyList<TrialResult>> RunAsync(int first, int count, Mutant mutant, int enough)
    {
        var failed = new ConcurrentBag<TrialResult>();
        var next = first - 1;
        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(async () =>
        {
            await using var arena = new Arena();
            while (failed.Count < enough && Interlocked.Increment(ref next) is var seed && seed < first + count)
            {
                var result = Trial.Run((ulong)seed, arena, mutant);
                if (result.Violations.Count > 0) failed.Add(result);
            }
        })));
        return [.. failed.OrderBy(f => f.Seed)];
    }
}
