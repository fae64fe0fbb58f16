namespace Boreas.Engine.Runs;

/// <summary>Status of a run. <c>Success</c>, <c>Failed</c>, <c>RolledBack</c> and <c>Cancelled</c> are terminal; the one way out is <c>Failed → RolledBack</c>.</summary>
public enum RunStatus
{
    Pending,
    Running,
    WaitingConfirm,
    Success,
    Failed,
    RolledBack,
    Cancelled,
}
