using Boreas.Engine.Graphs;

namespace Boreas.Engine.Runs;

/// <summary>The present state of one task. Only <see cref="Run"/> changes it, by applying events.</summary>
public sealed class RunTask
{
    private Moment _readyAt;
    private Moment _notBefore;
    private Moment _deadline;
    private Moment _startedAt;
    private Moment _completedAt;
    private Moment _confirmedAt;
    private Moment _updatedAt;
    private Moment _createdAt;

    internal RunTask(int index, TaskSpec spec, DateTimeOffset createdAt)
    {
        Index = index;
        Spec = spec;
        CreatedAt = UpdatedAt = createdAt;
    }

    /// <summary>Its place in the run; an edit of the graph may give it another.</summary>
    public int Index { get; internal set; }

    /// <summary>What it is to do; an edit of the graph may change it until it has started.</summary>
    public TaskSpec Spec { get; internal set; }

    public RunTaskStatus Status { get; internal set; } = RunTaskStatus.Blocked;

    /// <summary>Dependencies that have not succeeded.</summary>
    public int Unmet { get; internal set; }

    /// <summary>Number of times that a runner took it; the present or last attempt.</summary>
    public int Attempt { get; internal set; }

    /// <summary>Fencing number of the present or last holder.</summary>
    public long Epoch { get; internal set; }

    /// <summary>Attempts that failed and may pass; counted against <see cref="TaskSpec.MaxAttempts"/>.</summary>
    public int Failures { get; internal set; }

    /// <summary>Attempts whose runner was lost.</summary>
    public int Losses { get; internal set; }

    /// <summary>What the present or last holder was given to show that it is the holder.</summary>
    public string? Lease { get; internal set; }

    /// <summary>Epoch of the last attempt whose own holder ended it; its report may come again.</summary>
    public long ReportedEpoch { get; internal set; }

    public string? Runner { get; internal set; }

    /// <summary>When its dependencies were done, or its last attempt ended.</summary>
    public DateTimeOffset? ReadyAt { get => _readyAt; internal set => _readyAt = value; }

    /// <summary>Not before this moment, though it could run.</summary>
    public DateTimeOffset? NotBefore { get => _notBefore; internal set => _notBefore = value; }

    /// <summary>Why it is held until <see cref="NotBefore"/>; null when it is not.</summary>
    public string? Hold { get; internal set; }

    /// <summary>When the running attempt must have ended.</summary>
    public DateTimeOffset? Deadline { get => _deadline; internal set => _deadline = value; }

    public DateTimeOffset? StartedAt { get => _startedAt; internal set => _startedAt = value; }

    public DateTimeOffset? CompletedAt { get => _completedAt; internal set => _completedAt = value; }

    public DateTimeOffset CreatedAt { get => ((DateTimeOffset?)_createdAt)!.Value; private init => _createdAt = value; }

    public DateTimeOffset UpdatedAt { get => ((DateTimeOffset?)_updatedAt)!.Value; internal set => _updatedAt = value; }

    /// <summary>Who confirmed it, in order; see <see cref="Run.ApprovalsOf"/> for those that count.</summary>
    public IReadOnlyList<Approval> Approvals { get; internal set; } = [];

    /// <summary>The person with whom it was confirmed by enough.</summary>
    public string? ConfirmedBy { get; internal set; }

    public DateTimeOffset? ConfirmedAt { get => _confirmedAt; internal set => _confirmedAt = value; }

    /// <summary>What a person has to decide, because the attempt that made it could not; null once it is decided.</summary>
    public string? Question { get; internal set; }

    /// <summary>JSON of the runner's result.</summary>
    public string? Result { get; internal set; }

    public RunFailure? Failure { get; internal set; }

    /// <summary>The running attempt was asked to stop.</summary>
    public bool CancelRequested { get; internal set; }

    /// <summary>Index of the task whose effect this one takes back; null for ordinary tasks.</summary>
    public int? Undoes { get; internal set; }

    /// <summary>Number of events before the one that ended its last attempt: the order in which effects were had, whatever the clock did.</summary>
    internal int AttemptEndedAfter { get; set; }

    /// <summary>It is in the list that <see cref="Run.TakeTouched"/> gives next.</summary>
    internal bool IsTouched { get; set; }

    /// <summary>A runner took it, or it was done in the run that this one resumes: no edit changes it any more.</summary>
    public bool HasStarted => Attempt > 0 || HasEnded;

    public bool HasEnded => Status is RunTaskStatus.Success or RunTaskStatus.Failed or RunTaskStatus.Cancelled or RunTaskStatus.RolledBack;
}
