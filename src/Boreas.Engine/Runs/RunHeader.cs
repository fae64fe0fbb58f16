namespace Boreas.Engine.Runs;

/// <summary>What a run is about; fixed when it is created.</summary>
/// <param name="Kind"><c>deployment</c>; other kinds of runs have other tasks and the same engine.</param>
/// <param name="AutoRollback">Whether a failure takes back what had succeeded.</param>
/// <param name="PendingTimeoutSeconds">How long a task that could run waits for a runner before it fails with <c>no_runner</c>.</param>
/// <param name="ConfirmTimeoutSeconds">How long a task waits for a person before it counts as refused.</param>
/// <param name="StartTimeoutSeconds">How long a run that was not started waits before it is cancelled.</param>
/// <param name="Approval">Who has to confirm its tasks; null: one person, and whoever takes the command has asked who it is.</param>
/// <param name="Gate">What is asked before its deploy tasks are given to a runner: the environment, which may be frozen. Null: nothing is, as for roll-backs.</param>
public sealed record RunHeader(
    string Id,
    string Kind,
    bool AutoRollback = true,
    int PendingTimeoutSeconds = 3600,
    int ConfirmTimeoutSeconds = 7 * 24 * 3600,
    int StartTimeoutSeconds = 30 * 24 * 3600,
    ApprovalRule? Approval = null,
    string? Gate = null);
