using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;

namespace Boreas.Agent.Instances;

/// <summary>What the agent knows of one instance and keeps on disk. Secret values are not in here.</summary>
/// <param name="Wanted">False from the moment a stop was asked for; written before anything is stopped.</param>
/// <param name="Port">TCP port of the node at which it is reached; chosen before the start and kept over restarts.</param>
/// <param name="Pid">Its first process, as the node numbers it; null while none is known to run.</param>
/// <param name="StartTicks">When that process started, in clock ticks since boot: tells it from a later one with the same number.</param>
/// <param name="ImageId">The engine's id of the image that its container is made from.</param>
/// <param name="Digest">Of what really runs.</param>
internal sealed record InstanceRecord(
    string InstanceId,
    ReleaseSpec Release,
    string? ArtifactUrl,
    bool Wanted,
    DateTimeOffset CreatedAt,
    InstanceLife Life,
    int? Port = null,
    int? Pid = null,
    long? StartTicks = null,
    string? ContainerId = null,
    string? ImageId = null,
    string? Digest = null)
{
    public bool Ended => Life.State is InstanceState.Exited or InstanceState.Stopped;

    /// <summary>Puts what was just started, or found, into the record.</summary>
    public InstanceRecord With(RunningInstance running) => this with
    {
        Pid = running.Pid,
        StartTicks = running.StartTicks,
        ContainerId = running.ContainerId,
    };
}

/// <summary>A process or container that runs now.</summary>
internal sealed record RunningInstance(int Pid, long StartTicks, string? ContainerId = null);

/// <summary>How it ended: <c>ExitCode</c> is null when somebody else than this agent process was its parent.</summary>
internal sealed record EndedInstance(int? ExitCode, JobFailure Failure);
