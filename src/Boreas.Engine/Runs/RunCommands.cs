using Boreas.Engine.Graphs;

namespace Boreas.Engine.Runs;

/// <summary>Something that somebody wants of a run. Deciding gives events, or a <see cref="Refusal"/> and no event.</summary>
public abstract record RunCommand;

/// <summary>Start a run that was created without starting.</summary>
public sealed record StartRun(string By) : RunCommand;

/// <summary>Give the task to a runner. <c>Lease</c> is random: only who was given it can act as the holder.</summary>
public sealed record ClaimTask(string Task, string Runner, string Lease) : RunCommand;

/// <summary>The holder of <c>Epoch</c> says how the attempt ended; <c>Failure</c> null: it succeeded.</summary>
/// <param name="Question">The attempt did its work and cannot tell if all is well: a person does, by confirming or refusing the task.</param>
public sealed record ReportTask(string Task, long Epoch, string? Result, RunFailure? Failure, string? Question = null) : RunCommand;

/// <summary>The holder of <c>Epoch</c> has not been heard of for its lease.</summary>
public sealed record LoseTask(string Task, long Epoch) : RunCommand;

/// <summary>A task that could be claimed is not to begin before <c>Until</c>; null: it may begin now. A task that cannot be claimed for another reason stays as it is.</summary>
public sealed record HoldTask(string Task, DateTimeOffset? Until, string? Reason = null) : RunCommand;

/// <summary>Time has passed: what is overdue at <c>now</c> is acted on.</summary>
public sealed record Tick : RunCommand;

/// <summary>A person confirms one waiting task, or every waiting task when <c>Task</c> is null. Who has confirmed it before changes nothing.</summary>
/// <param name="Roles">What the person is, for the run's <see cref="ApprovalRule"/>.</param>
/// <param name="Groups">What the person is in, for the same.</param>
public sealed record ConfirmTask(string? Task, string By, string? Reason = null, IReadOnlyList<string>? Roles = null, IReadOnlyList<string>? Groups = null) : RunCommand;

/// <inheritdoc cref="ConfirmTask"/>
public sealed record RejectTask(string? Task, string By, string? Reason = null, IReadOnlyList<string>? Roles = null, IReadOnlyList<string>? Groups = null) : RunCommand;

public sealed record CancelRun(string By, string? Reason = null) : RunCommand;

/// <summary>Take back what this run did; possible while it waits for a person and after it failed.</summary>
public sealed record RollBackRun(string By, string? Reason = null) : RunCommand;

/// <summary>Make <c>Tasks</c> the graph; possible until it starts and while it waits for a person. Tasks that have started stay in it as they are.</summary>
public sealed record EditGraph(IReadOnlyList<TaskSpec> Tasks, string By) : RunCommand;

/// <summary>Why a command was not done. Nothing was changed.</summary>
/// <param name="Code">Stable; <c>state_conflict</c>, <c>stale_lease</c>, <c>not_found</c>, <c>invalid</c>, <c>forbidden</c>.</param>
/// <param name="Problems">With <c>invalid</c>: everything that is wrong with the graph.</param>
public sealed record Refusal(string Code, string Message, string? Advice = null, IReadOnlyList<GraphProblem>? Problems = null)
{
    public const string StateConflict = "state_conflict";
    public const string StaleLease = "stale_lease";
    public const string NotFound = "not_found";
    public const string Invalid = "invalid";
    public const string Forbidden = "forbidden";
}
