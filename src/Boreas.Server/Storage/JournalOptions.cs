namespace Boreas.Server.Storage;

/// <param name="LeaseSeconds">How long a runner may be silent before its task is given to another; 2–300.</param>
/// <param name="MaxBatch">How many commands share one transaction at most.</param>
/// <param name="FollowMilliseconds">How often a shared database is asked what other control planes recorded.</param>
/// <param name="Chance">Gives a number below its argument, for ids; null: the system's.</param>
public sealed record JournalOptions(int LeaseSeconds = 15, int MaxBatch = 256, int FollowMilliseconds = 100, Func<int, int>? Chance = null);
