using Boreas.Contracts.Agents;

namespace Boreas.Agent.Instances;

/// <summary>
/// What starts, watches and ends instances of one kind: plain processes or containers. Every method may be called again
/// after the agent died in the middle of it. Trouble is an <see cref="InstanceProblem"/>.
/// </summary>
internal interface IInstanceRuntime
{
    /// <summary>Fetches what is needed and decides what must be known before the start (port, digest); the answer is saved before <see cref="StartAsync"/>.</summary>
    Task<InstanceRecord> PrepareAsync(InstanceRecord record, InstanceFolder folder, CancellationToken ct);

    /// <summary>Starts it, after ending whatever an earlier start left behind: it never runs twice.</summary>
    Task<RunningInstance> StartAsync(InstanceRecord record, InstanceFolder folder, CancellationToken ct);

    /// <summary>What runs of this instance now, whether or not the record knows; null when nothing does.</summary>
    Task<RunningInstance?> FindAsync(InstanceRecord record, CancellationToken ct);

    /// <summary>Null while it runs and keeps to its limits; ends it where it does not.</summary>
    Task<EndedInstance?> CheckAsync(InstanceRecord record, InstanceFolder folder, CancellationToken ct);

    /// <summary>TCP ports on which it accepts connections now, as the instance itself numbers them.</summary>
    IReadOnlyList<int> Listening(InstanceRecord record);

    /// <summary>Asks it to end, waits for the grace, kills what is left and removes every trace but the logs. Answers the exit code where known.</summary>
    Task<int?> StopAsync(InstanceRecord record, InstanceFolder folder, TimeSpan grace, CancellationToken ct);

    /// <summary>The last lines, then, when following, new ones. Ends quietly, with what is written by then, when <paramref name="until"/> is cancelled.</summary>
    IAsyncEnumerable<InstanceLogLine> LogsAsync(InstanceRecord record, InstanceFolder folder, int tail, bool follow, CancellationToken until);

    /// <summary>Ends everything that this agent once started and no record speaks of.</summary>
    Task RemoveStrangersAsync(IReadOnlySet<string> known, CancellationToken ct);
}
