using Boreas.Server.Storage;
using Boreas.Simulation.World;

namespace Boreas.Simulation.Mutants;

/// <summary>A deliberate bug that is built around the product, not into it.</summary>
/// <param name="AnswersEarly">Callers are answered before the transaction is durable.</param>
internal sealed record Mutant(string Name, Func<Database, Dice, FaultyDatabase>? Database = null, Api? Api = null, bool AnswersEarly = false)
{
    public static Mutant None { get; } = new("none");
}
