namespace Boreas.Engine.Runs;

/// <summary>Status of a task of a run.</summary>
public enum RunTaskStatus
{
    /// <summary>Could run: it waits for its moment or for a runner.</summary>
    Pending,
    Running,

    /// <summary>Could run but for a person who has to confirm it.</summary>
    WaitingConfirm,
    Success,
    Failed,

    /// <summary>A dependency is not done.</summary>
    Blocked,
    Cancelled,
    RolledBack,
}
