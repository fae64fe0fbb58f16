using Boreas.Engine.Graphs;

namespace Boreas.Engine.Runs;

/// <summary>Something that happened to a run. Events are facts: applying them never fails and asks nothing but the state.</summary>
public abstract record RunEvent(DateTimeOffset At);

/// <param name="Carried">Tasks that had succeeded in the failed run which this one resumes, with their results.</param>
public sealed record RunCreated(DateTimeOffset At, RunHeader Header, IReadOnlyList<TaskSpec> Tasks, IReadOnlyList<CarriedTask>? Carried = null) : RunEvent(At);

/// <param name="Result">JSON, opaque here.</param>
public sealed record CarriedTask(string Task, string? Result);

/// <summary>The run went to another status; <c>By</c> is a person or null for the engine itself.</summary>
public sealed record RunStatusChanged(DateTimeOffset At, RunStatus To, string? Reason = null, string? By = null) : RunEvent(At);

/// <summary>A runner took the task. <c>Epoch</c> fences every earlier holder out.</summary>
public sealed record TaskClaimed(DateTimeOffset At, string Task, int Attempt, long Epoch, string Runner, DateTimeOffset Deadline, string Lease) : RunEvent(At);

/// <summary>The task does not begin before <c>Until</c>, for this reason; null: it is no longer held.</summary>
public sealed record TaskHeld(DateTimeOffset At, string Task, DateTimeOffset? Until, string? Reason) : RunEvent(At);

/// <param name="Result">JSON, opaque here.</param>
public sealed record TaskSucceeded(DateTimeOffset At, string Task, string? Result = null) : RunEvent(At);

/// <summary>An attempt ended with a question: confirming the task makes it a success, refusing it a failure.</summary>
/// <param name="Result">JSON, opaque here.</param>
public sealed record TaskQuestioned(DateTimeOffset At, string Task, string Question, string? Result = null) : RunEvent(At);

/// <summary>An attempt ended without success. With <c>RetryAt</c> the task is tried again from then on, else it has failed for good.</summary>
/// <param name="Fenced">Its holder did not say so itself: what it still sends is refused.</param>
/// <param name="RollBack">The run is rolled back because of it, also where failures alone would not do that.</param>
public sealed record TaskAttemptFailed(DateTimeOffset At, string Task, RunFailure Failure, DateTimeOffset? RetryAt = null, bool Fenced = false, bool RollBack = false) : RunEvent(At);

/// <summary>One of several people confirmed the task; it still waits for others.</summary>
public sealed record TaskApproved(DateTimeOffset At, string Task, string By, string? Reason = null) : RunEvent(At);

/// <summary>The last person who was asked for confirmed the task.</summary>
public sealed record TaskConfirmed(DateTimeOffset At, string Task, string By, string? Reason = null) : RunEvent(At);

/// <summary>The run is to end: what has not started is cancelled with this event, what runs is asked to stop.</summary>
public sealed record CancelRequested(DateTimeOffset At, string By, string? Reason = null) : RunEvent(At);

/// <summary>A task that ran was stopped on request.</summary>
public sealed record TaskCancelled(DateTimeOffset At, string Task, bool Fenced = false) : RunEvent(At);

/// <summary>The effects of what succeeded are taken back by <c>Undo</c>, tasks that are appended to the graph; <c>Undone[i]</c> is what <c>Undo[i]</c> takes back.</summary>
public sealed record RollbackStarted(DateTimeOffset At, string? By, string Reason, IReadOnlyList<TaskSpec> Undo, IReadOnlyList<string> Undone) : RunEvent(At);

/// <summary>The graph is <c>Tasks</c> from here on. Those that have started are in it as they were.</summary>
public sealed record GraphEdited(DateTimeOffset At, string By, IReadOnlyList<TaskSpec> Tasks) : RunEvent(At);

/// <summary>The roll-back ended: with success the run is rolled back, otherwise it stays failed.</summary>
public sealed record RollbackEnded(DateTimeOffset At, bool Success) : RunEvent(At);
