namespace Boreas.Engine.Runs;

/// <summary>When a failed attempt is tried again: 2, 4, 8 … seconds, at most a minute. A lost runner is no reason to wait.</summary>
internal static class Backoff
{
    /// <summary>Lost attempts are not the task's fault; this many in a row mean that the task kills its runners.</summary>
    public const int MaxLosses = 10;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    public static TimeSpan After(int failures)
    {
        var seconds = Math.Pow(2, Math.Clamp(failures, 1, 10));
        return seconds >= Longest.TotalSeconds ? Longest : TimeSpan.FromSeconds(seconds);
    }
}
