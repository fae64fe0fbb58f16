namespace Boreas.Engine.Runs;

/// <summary>How states and spans read in a sentence.</summary>
internal static class Words
{
    public static string Of(RunStatus status) => status switch
    {
        RunStatus.Pending => "not started",
        RunStatus.WaitingConfirm => "waiting for confirmation",
        RunStatus.Success => "successful",
        RunStatus.RolledBack => "rolled back",
        _ => status.ToString().ToLowerInvariant(),
    };

    public static string Of(RunTaskStatus status) => status switch
    {
        RunTaskStatus.WaitingConfirm => "waiting for confirmation",
        RunTaskStatus.Success => "successful",
        RunTaskStatus.RolledBack => "rolled back",
        _ => status.ToString().ToLowerInvariant(),
    };

    /// <summary><c>ada</c>, <c>ada and bob</c>, <c>ada, bob and eve</c>.</summary>
    public static string List(IReadOnlyList<string> names) =>
        names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names.Take(names.Count - 1))} and {names[^1]}";

    public static string Of(int seconds) => seconds switch
    {
        >= 2 * 86400 => $"{seconds / 86400} days",
        >= 2 * 3600 => $"{seconds / 3600} hours",
        >= 2 * 60 => $"{seconds / 60} minutes",
        _ => $"{seconds} s",
    };
}
