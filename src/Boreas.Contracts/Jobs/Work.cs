using System.ComponentModel.DataAnnotations;
using Boreas.Contracts.Gateways;
using Boreas.Engine.Planning;

namespace Boreas.Contracts.Jobs;

/// <summary><c>checkout</c>: fetch, find the commit, decide how it is built. With <c>Image</c> and no source: find the image's digest.</summary>
public sealed record CheckoutWork(SourceSpec? Source, ImageTarget? Image = null);

/// <param name="Commit">Full commit id; null for an image.</param>
/// <param name="Digest">Manifest digest (<c>sha256:…</c>) of an existing image; null for a source.</param>
public sealed record CheckoutResult(BuildPlan Plan, string? Commit = null, string? Subject = null, string? Author = null, string? Digest = null);

/// <summary><c>build</c>: <c>Target</c> null keeps the image in the local container engine under <c>LocalName</c>.</summary>
public sealed record BuildWork(string AppId, SourceSpec Source, BuildPlan Plan, ImageTarget? Target, string LocalName, IReadOnlyDictionary<string, string> Variables);

/// <summary>What a build made; exactly one of <c>Image</c> and <c>Artifact</c> is set.</summary>
public sealed record BuildResult(BuiltImage? Image, BuiltArtifact? Artifact);

/// <param name="Reference">What to run: <c>repository@sha256:…</c> when it was pushed, the local name otherwise.</param>
/// <param name="Digest">Manifest digest when pushed, image id otherwise; <c>sha256:…</c>.</param>
/// <param name="Pushed">Whether any node can pull it, or only the engine that built it has it.</param>
/// <param name="ExposedPort">The one port that the image exposes; null when none or several.</param>
/// <param name="Tag">The tag that it was pushed with; null when it was not.</param>
public sealed record BuiltImage(string Reference, string Digest, bool Pushed, int? ExposedPort = null, string? Tag = null);

/// <summary>A gzipped tar of the built folder in the control plane's artifact store, named by its SHA-256 (lower-case hex).</summary>
public sealed record BuiltArtifact(string Digest, long Size)
{
    /// <summary>What a job knows the right to fetch this one by: it may bring back several releases, each with its own.</summary>
    public string RightKey() => "boreas_artifact@" + Digest;
}

/// <summary><c>test</c>: runs the plan's test commands in the built artifact or image.</summary>
public sealed record TestWork(string AppId, BuildPlan Plan, BuildResult Build, IReadOnlyDictionary<string, string> Variables);

/// <param name="Ran">Number of test commands that ran; 0 when the repository declares none.</param>
public sealed record TestResult(int Ran);

/// <summary>What runs: an image or an artifact, and how.</summary>
/// <param name="SecretVersions">Which version of each secret it runs with; null for a release from when secrets had none: the newest.</param>
public sealed record ReleaseSpec(
    string AppId,
    string Environment,
    string Version,
    string? Commit,
    ImageTarget? Image,
    string? Digest,
    BuiltArtifact? Artifact,
    IReadOnlyList<string>? Command,
    string? StaticFolder,
    int ContainerPort,
    HealthCheckSpec HealthCheck,
    LimitsSpec Limits,
    IReadOnlyDictionary<string, string> Variables,
    IReadOnlyList<string> SecretNames,
    IReadOnlyDictionary<string, int>? SecretVersions = null)
{
    /// <summary>What a job knows the value of this release's secret by: it may bring back several releases, each with its own.</summary>
    public string SecretKey(string name) => SecretVersions?.TryGetValue(name, out var version) == true ? $"{name}@{version}" : name;
}

/// <param name="Path">Asked with GET; 200–399 is healthy.</param>
/// <param name="StartSeconds">How long an instance may take until it first answers well.</param>
/// <param name="TimeoutSeconds">How long one answer may take.</param>
/// <param name="Successes">Good answers in a row that make an instance ready.</param>
public sealed record HealthCheckSpec(string Path = "/", int StartSeconds = 60, int TimeoutSeconds = 5, int Successes = 1, int IntervalMilliseconds = 250);

/// <param name="MemoryMb">0: unlimited.</param>
/// <param name="Cpus">Cores, 0: unlimited.</param>
public sealed record LimitsSpec(int MemoryMb = 512, double Cpus = 0, int Processes = 512);

/// <summary>One instance and where it runs.</summary>
/// <param name="Ticket">Short-lived right to call that node's agent for this instance; see <see cref="Agents.AgentTicket"/>.</param>
/// <param name="Why">Why it is on this node, for the log: half a sentence after the node's name.</param>
public sealed record InstanceTarget(string InstanceId, string Node, string AgentUrl, string Ticket, string? Why = null);

/// <summary>
/// <c>deploy</c>: one step of a roll-out. Start new instances beside the old ones, wait until each is ready, give them
/// their share of the traffic, wait until every gateway has confirmed, and let <c>Retire</c> drain and stop. Until the
/// switch a failure stops what was started here, and nothing else.
/// </summary>
/// <param name="Start">New in this step.</param>
/// <param name="Running">New in an earlier step, and looked after in this one too.</param>
/// <param name="Weight">Of each new instance.</param>
/// <param name="Beside">Old instances that keep a share of the traffic.</param>
/// <param name="Retire">Old instances that get no traffic any more and stop.</param>
/// <param name="ShareBefore">Share of traffic, 0–1, that the new instances had before this step.</param>
/// <param name="Share">The share that they have after it.</param>
public sealed record DeployWork(
    ReleaseSpec Release,
    IReadOnlyList<InstanceTarget> Start,
    IReadOnlyList<InstanceTarget> Running,
    int Weight,
    IReadOnlyList<WeightedInstance> Beside,
    IReadOnlyList<InstanceTarget> Retire,
    double ShareBefore,
    double Share,
    int DrainSeconds);

/// <param name="Instances">All new instances that run now.</param>
/// <param name="Started">Ids of those that this step started.</param>
/// <param name="Stopped">Ids of the old instances that it stopped.</param>
/// <param name="ShareBefore">Share of traffic of the new instances before this step, 0–1.</param>
public sealed record DeployResult(
    long RouteVersion,
    IReadOnlyList<StartedInstance> Instances,
    IReadOnlyList<string> Started,
    IReadOnlyList<string> Stopped,
    double ShareBefore,
    double Share);

/// <summary>
/// <c>watch</c>: compare the new instances with the old ones by what the gateways count, for as long as the step lasts or
/// until the new ones are worse. Too few requests to tell end as a question, or as <c>Policy</c> says.
/// </summary>
/// <param name="Release">What the new ones run.</param>
/// <param name="Check">The new ones, which may not end by themselves meanwhile.</param>
/// <param name="Restarts">Of each of these, <see cref="StartedInstance.Restarts"/>.</param>
public sealed record WatchWork(IReadOnlyList<string> New, IReadOnlyList<string> Old, int Seconds, WatchPolicy Policy, ReleaseSpec Release, IReadOnlyList<InstanceTarget> Check, IReadOnlyDictionary<string, int> Restarts);

/// <param name="Verdict">In a sentence.</param>
/// <param name="Enough">Whether there were enough requests to tell.</param>
public sealed record WatchResult(string Verdict, bool Enough, int Seconds, TrafficSeen New, TrafficSeen Old);

/// <summary>What the gateways saw of a group of instances.</summary>
/// <param name="Errors">Answers 500–599, and requests that did not get a complete answer.</param>
/// <param name="P95Milliseconds">95th percentile of the time to the first byte, as the upper bound of its bucket; null without answers.</param>
public sealed record TrafficSeen(long Requests, long Errors, int? P95Milliseconds);

/// <summary><c>GET /deploy/jobs/{jobId}/traffic</c>: what the gateways counted of the instances of the job's app and environment, since each gateway started.</summary>
public sealed record TrafficReport(IReadOnlyList<InstanceTraffic> Instances);

/// <param name="Address">Base URL at which the gateway reaches it.</param>
/// <param name="Digest">What the agent saw running; null for artifacts without an engine.</param>
/// <param name="Restarts">How often it had ended by itself until it was ready; more than that later means that it ended again, though it may run.</param>
public sealed record StartedInstance(string InstanceId, string Node, string Address, string? Digest, int Restarts = 0);

/// <summary>
/// <c>health_check</c>: look at the release as it serves (each instance, running digest), then let the replaced
/// instances drain and stop them.
/// </summary>
/// <param name="Restarts">Of each to check, <see cref="StartedInstance.Restarts"/>.</param>
public sealed record HealthCheckWork(ReleaseSpec Release, IReadOnlyList<InstanceTarget> Check, IReadOnlyDictionary<string, int> Restarts, IReadOnlyList<InstanceTarget> Retire, int DrainSeconds);

public sealed record HealthCheckResult(int Checked, int Retired);

/// <summary><c>restore</c>: the undo of a deploy. Traffic goes back to <c>Previous</c> (started again where stopped), then <c>Remove</c> drains and stops.</summary>
/// <param name="Previous">What had traffic before, by release; empty when nothing served.</param>
public sealed record RestoreWork(string AppId, string Environment, IReadOnlyList<PreviousRelease> Previous, IReadOnlyList<InstanceTarget> Remove, int DrainSeconds);

/// <param name="Weights">Of each instance, in their order.</param>
public sealed record PreviousRelease(ReleaseSpec Release, IReadOnlyList<InstanceTarget> Instances, IReadOnlyList<int> Weights);

/// <summary><c>command</c>: a command on the runner, in a checkout when there is a source.</summary>
public sealed record CommandWork(IReadOnlyList<string> Command, SourceSpec? Source, IReadOnlyDictionary<string, string> Variables);

public sealed record CommandResult(int ExitCode);

/// <summary><c>POST /deploy/jobs/{jobId}/routes</c>: send the app's traffic to these instances, by weight. Answer: <see cref="RouteChange"/>.</summary>
/// <param name="Instances">Instances of the app and environment of this job, with the addresses that the agents gave.</param>
public sealed record RouteRequest(string Lease, long Epoch, string AppId, string Environment, IReadOnlyList<WeightedInstance> Instances);

/// <param name="Weight">Share of traffic relative to the others, 0–1000; 0 takes no new requests.</param>
public sealed record WeightedInstance(string InstanceId, string Address, int Weight);

public sealed record RouteChange(long Version);

/// <summary><c>GET /deploy/jobs/{jobId}/routes/{version}?waitSeconds=</c>: how far the gateways are.</summary>
/// <param name="Confirmed">Every gateway that is alive serves this version or a newer one.</param>
/// <param name="WaitingFor">Names of the gateways that have not confirmed.</param>
/// <param name="InFlight">Requests in flight per instance that is no longer routed to; an instance with 0 has drained.</param>
public sealed record RouteStatus(long Version, bool Confirmed, IReadOnlyList<string> WaitingFor, IReadOnlyDictionary<string, int> InFlight);

/// <summary>What a direct deploy job (<c>POST /deploy/jobs</c>) asks for.</summary>
/// <param name="Type"><c>DEPLOY_IMAGE</c> or <c>BUILD_AND_DEPLOY</c>.</param>
public sealed record DirectDeployRequest([property: AllowedValues("DEPLOY_IMAGE", "BUILD_AND_DEPLOY")] string Type, DirectDeployPayload Payload);

/// <summary>The app, and what it is made from; defaults are those of an app.</summary>
/// <param name="Image">For <c>DEPLOY_IMAGE</c>.</param>
/// <param name="RepoSshUrl">For <c>BUILD_AND_DEPLOY</c>.</param>
/// <param name="ImageTag">What the image that is built is tagged; default: its commit.</param>
public sealed record DirectDeployPayload(
    string AppId = "",
    string? Image = null,
    int? ContainerPort = null,
    string? RepoSshUrl = null,
    string? GitRef = null,
    string? DockerfilePath = null,
    string? BuildContext = null,
    string? ImageRepo = null,
    string? ImageTag = null);
