using System.Text.Json;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Graphs;
using Boreas.Server.Deployments;
using Boreas.Server.Jobs;

namespace Boreas.Simulation.World;

/// <summary>What somebody asks of the control plane. The same request may arrive several times, late, or never.</summary>
internal abstract record Request(string From);

/// <summary>Create a deployment; <c>Key</c> is the Idempotency-Key.</summary>
/// <param name="Rollout">What it brings to the nodes; null: its tasks only have the effects of the simulation.</param>
internal sealed record Create(string From, string Key, string Environment, IReadOnlyList<string> Apps, IReadOnlyList<TaskSpec> Tasks, bool AutoRollback, int PendingTimeout, bool AutoStart, OnConflict OnConflict, int Approvals, DeploymentSpec? Rollout = null) : Request(From)
{
    public override string ToString() => $"{From} creates {Key}: {string.Join('+', Apps)} to {Environment}, {Tasks.Count} tasks{(AutoStart ? "" : ", not started")}, {OnConflict}";
}

internal enum Deed
{
    Start,
    Confirm,
    Reject,
    Cancel,
    RollBack,
    Edit,

    /// <summary>Deploy what ran before a deployment that succeeded.</summary>
    GoBack,
    Resume,
}

/// <summary>A person acts on a deployment; <c>From</c> is another one for each request, so that what it caused can be found.</summary>
internal sealed record Act(string From, Deed Deed, string Run, string? Task, string Environment, IReadOnlyList<string> Apps) : Request(From)
{
    public override string ToString() => $"{From}: {Deed} {Run}{(Task is null ? "" : "/" + Task)}";
}

/// <summary>An administrator says when nothing is deployed to an environment; <c>From</c> is another one for each request.</summary>
internal sealed record SetFreezes(string From, string Environment, IReadOnlyList<FrozenSpan> Spans) : Request(From)
{
    public override string ToString() => $"{From} freezes {Environment}: {(Spans.Count == 0 ? "never" : string.Join(", ", Spans.Select(s => $"{s.From:HH:mm} to {s.Until:dd HH:mm}")))}";
}

internal sealed record Ask(string From, int Number) : Request(From)
{
    public override string ToString() => $"{From} asks for work ({Number})";
}

/// <summary>What a runner sends about a job that it was given.</summary>
internal abstract record OfJob(string From, Claim Job) : Request(From);

internal sealed record Beat(string From, Claim Job, int Number) : OfJob(From, Job)
{
    public override string ToString() => $"{From} beats for {Name.Of(Job)}";
}

/// <summary>Changes the world on behalf of the job, as a switch of routes does.</summary>
internal sealed record Effect(string From, Claim Job) : OfJob(From, Job)
{
    public override string ToString() => $"{From} makes the effect of {Name.Of(Job)}";
}

/// <summary>Sends the traffic of the job's app elsewhere.</summary>
internal sealed record Switch(string From, Claim Job, RouteRequest Request) : OfJob(From, Job)
{
    public override string ToString() => $"{From} switches to {string.Join(", ", Request.Instances.Select(i => $"{i.InstanceId}={i.Weight}"))} for {Name.Of(Job)}";
}

/// <summary>How far the gateways are with a version of the routes.</summary>
internal sealed record AskRoutes(string From, Claim Job, long Version, int Number) : OfJob(From, Job)
{
    public override string ToString() => $"{From} asks for the routes' version {Version}";
}

internal enum Outcome
{
    Succeeded,
    Errored,
    Failed,
}

/// <summary><c>Next</c>: and asks for its next job in the same call.</summary>
internal sealed record Report(string From, Claim Job, Outcome Outcome, bool Next, string? Question = null) : OfJob(From, Job)
{
    public override string ToString() => $"{From} reports {Name.Of(Job)} {Outcome}{(Question is null ? "" : " with a question")}{(Next ? " and asks for more" : "")}";
}

internal enum Said
{
    Done,
    Refused,
    Unavailable,
}

/// <summary>A job as a runner gets it.</summary>
/// <param name="Work">Undefined for one that has only the effect of the simulation.</param>
internal sealed record Given(Claim Claim, JsonElement Work);

/// <param name="Value">Id of the deployment, what was given, whether to cancel, or what is known of the routes.</param>
internal sealed record Answer(Request To, Said Said, object? Value = null, string? Code = null)
{
    public override string ToString() => $"{Said}{(Code is null ? "" : " " + Code)}{(Value switch { Given g => " " + Name.Of(g.Claim), RouteStatus s => s.Confirmed ? " confirmed" : " not confirmed", null => "", _ => " " + Value })} → {To}";
}

internal static class Name
{
    public static string Of(Claim job) => $"{job.RunId}/{job.TaskId}#{job.Epoch}";
}
