using Boreas.Contracts.Jobs;

namespace Boreas.Contracts.Agents;

/// <summary>
/// <c>POST /agent/apps/deploy</c>: start an instance. The same instance id with the same release again answers with what
/// runs already; an instance that has ended is replaced. Answer: <see cref="InstanceStatus"/>, 202 while it starts.
/// </summary>
/// <param name="Secrets">Values of <c>Release.SecretNames</c>, and of the registry's password and artifact right.</param>
/// <param name="ArtifactUrl">Where the artifact is fetched, with <c>Authorization: Bearer</c> from <c>Secrets["boreas_artifact"]</c>.</param>
public sealed record StartInstanceRequest(string InstanceId, ReleaseSpec Release, IReadOnlyDictionary<string, string> Secrets, string? ArtifactUrl = null);

/// <summary><c>POST /agent/apps/{instanceId}/stop</c>: ask to end, then kill after the grace. Unknown instances answer as stopped.</summary>
public sealed record StopInstanceRequest(int GraceSeconds = 10, string? Reason = null);

public enum InstanceState
{
    /// <summary>Image or artifact is being fetched, or the process has not been started yet.</summary>
    Preparing,
    Running,

    /// <summary>Ended by itself; started again after a pause while it is wanted.</summary>
    Restarting,
    Exited,
    Stopped,
}

/// <summary><c>GET /agent/apps/{instanceId}</c>; in a list for <c>GET /agent/apps</c>.</summary>
/// <param name="Address">Base URL for requests from gateway and health check; null until it is known.</param>
/// <param name="Digest">Digest or id of the image that really runs, from the engine; the artifact's digest for processes.</param>
/// <param name="Listening">TCP ports on which the instance accepts connections now.</param>
/// <param name="LastLines">The last lines that the app wrote, newest last, at most 40.</param>
/// <param name="Failure">Why it could not be started or ended for good; null while all is well.</param>
public sealed record InstanceStatus(
    string InstanceId,
    string AppId,
    string Environment,
    string Version,
    InstanceState State,
    string? Address,
    string? Digest,
    int? ExitCode,
    int Restarts,
    DateTimeOffset? StartedAt,
    IReadOnlyList<int> Listening,
    IReadOnlyList<string> LastLines,
    JobFailure? Failure);

/// <summary><c>GET /agent/apps/{instanceId}/logs?tail=&amp;follow=</c>: one JSON line each.</summary>
public sealed record InstanceLogLine(DateTimeOffset Timestamp, string Stream, string Message);

/// <summary>
/// <c>POST /nodes/heartbeat</c>, agent to control plane, every 2 s and when an instance changed. The first one registers
/// the node; <c>Key</c> is made by the agent, kept on its disk, and signs the tickets of those who may call it.
/// </summary>
/// <param name="Url">Base URL at which runners reach the agent.</param>
/// <param name="Engine"><c>podman</c>, <c>docker</c> or <c>process</c>.</param>
/// <param name="Key">Base64 of 32 random bytes.</param>
/// <param name="Capacity">How many instances the node takes.</param>
public sealed record NodeHeartbeat(
    string Node,
    string Url,
    string Engine,
    string Key,
    IReadOnlyList<string> Labels,
    int Capacity,
    string Version,
    IReadOnlyList<InstanceStatus> Instances);

/// <param name="Remove">Instances that nobody wants any more (orphans, retired): the agent stops and removes them.</param>
/// <param name="HeartbeatSeconds">When to come again at the latest.</param>
public sealed record NodeInstructions(IReadOnlyList<string> Remove, int HeartbeatSeconds);
