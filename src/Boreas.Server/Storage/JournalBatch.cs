using Boreas.Engine.Runs;

namespace Boreas.Server.Storage;

/// <summary>What one transaction writes to the journal and its read models, each changed row once.</summary>
internal sealed class JournalBatch
{
    public List<RecordedEvent> Events { get; } = [];

    public List<ActiveRun> NewRuns { get; } = [];

    public List<ActiveRun> ChangedRuns { get; } = [];

    public List<(Run Run, RunTask Task)> NewTasks { get; } = [];

    public List<ChangedTask> ChangedTasks { get; } = [];

    /// <summary>Runs whose graph was edited: their tasks are all new, and the rows there are go first.</summary>
    public List<string> EditedRuns { get; } = [];

    /// <summary>The new version of the route table; null when it did not change.</summary>
    public long? RoutesVersion { get; set; }
}

/// <param name="LeaseExpiresAt">Null unless the task runs.</param>
internal readonly record struct ChangedTask(string RunId, RunTask Task, DateTimeOffset? LeaseExpiresAt);

/// <summary>An event as it stands in the journal.</summary>
/// <param name="Version">Its place in its stream, from 1.</param>
public sealed record RecordedEvent(long Sequence, string Stream, int Version, string Name, DateTimeOffset At, string Data);

/// <summary>A run that the control plane holds in memory, and what it knows beside the engine's state.</summary>
internal sealed class ActiveRun(Run run, string project)
{
    public Run Run { get; } = run;

    public string Project { get; } = project;

    /// <summary>Number of its tasks that have a row.</summary>
    public int StoredTasks { get; set; }

    /// <summary>Version of the graph whose tasks have these rows.</summary>
    public int StoredGraph { get; set; } = run.GraphVersion;

    /// <summary>Version of the last of its events that was written, or is in the batch.</summary>
    public int RecordedVersion { get; set; }

    public string Id => Run.Header.Id;
}
