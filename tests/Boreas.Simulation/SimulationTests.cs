using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Boreas.Simulation.Mutants;
using Boreas.Simulation.World;
using Xunit.Abstractions;

namespace Boreas.Simulation;

/// <summary><c>BOREAS_SIM_SEEDS</c>: how many; <c>BOREAS_SIM_ENOUGH</c>: after how many that fail it stops; <c>BOREAS_SIM_SEED</c>: only this one, with its whole trace.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int DefaultSeeds = 1500;
    private const int DefaultEnough = 20;
    private const int LastSteps = 40;

    [Fact]
    public async Task NothingThatMustNeverHappenDoes()
    {
        if (Number("BOREAS_SIM_SEED") is { } seed)
        {
            await using var arena = new Arena();
            var result = Trial.Run((ulong)seed, arena, Mutant.None);
            output.WriteLine(result.Describe(result.Trace.Count));
            Assert.Empty(result.Violations);
            return;
        }

        var seeds = Number("BOREAS_SIM_SEEDS") ?? DefaultSeeds;
        var failed = await Seeds.RunAsync(1, (int)seeds, Mutant.None, (int)(Number("BOREAS_SIM_ENOUGH") ?? DefaultEnough));
        Assert.True(failed.Count == 0, $"{failed.Count} of {seeds} seeds fail:\n{string.Join('\n', failed.Select(f => $"  {f.Seed}: {f.Violations[0]}"))}\n{failed.FirstOrDefault()?.Describe(LastSteps)}");
    }

    [Fact]
    public async Task TheSameSeedTakesTheSameSteps()
    {
        await using var arena = new Arena();
        await using var other = new Arena();
        for (var seed = 1UL; seed <= 40; seed++)
            Assert.Equal(HashOf(Trial.Run(seed, arena, Mutant.None)), HashOf(Trial.Run(seed, other, Mutant.None)));
    }

    private static string HashOf(TrialResult result) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', result.Trace))));

    private static long? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
}
