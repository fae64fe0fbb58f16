using Boreas.Engine.Runs;

namespace Boreas.Server.Storage;

/// <summary>The statements of the journal that both databases share, and how rows are filled.</summary>
internal static class JournalSql
{
    public static readonly string[] EventColumns = ["sequence", "stream", "version", "name", "at", "data"];

    public static readonly string[] ChangedRunColumns =
    [
        "id", "status", "active", "rolling_back", "progress", "version", "graph_version", "error_message", "updated_at", "started_at", "completed_at",
    ];

    public static readonly string[] RunColumns = [.. ChangedRunColumns, "kind", "project", "created_at"];

    public static readonly string[] TaskColumns =
    [
        "run_id", "position", "id", "app_id", "name", "type", "executor", "block_by", "ord", "payload", "max_attempts", "timeout_seconds",
        "require_confirm", "created_at", "status", "attempt", "updated_at",
    ];

    public static readonly string[] ChangedTaskColumns =
    [
        "run_id", "position", "status", "attempt", "runner", "result", "failure", "confirmed_by", "confirmed_at", "approvals", "lease_expires_at",
        "updated_at", "started_at", "completed_at",
    ];

    public static readonly string InsertEvent = Insert("events", EventColumns);

    public static readonly string InsertTask = Insert("tasks", TaskColumns);

    public const string DeleteTasks = "delete from tasks where run_id = @run_id";

    public static readonly string UpdateTask =
        $"update tasks set {string.Join(", ", ChangedTaskColumns[2..].Select(c => $"{c} = @{c}"))} where run_id = @run_id and position = @position";

    public static readonly string InsertRun = Insert("runs", RunColumns);

    public static readonly string UpdateRun =
        $"update runs set {string.Join(", ", ChangedRunColumns[1..].Select(c => $"{c} = @{c}"))} where id = @id";

    public static object?[] NewRunValues(ActiveRun active) =>
    [
        .. ChangedRunValues(active), active.Run.Header.Kind, active.Project, active.Run.CreatedAt.ToMicroseconds(),
    ];

    public static object?[] ChangedRunValues(ActiveRun active)
    {
        var run = active.Run;
        return
        [
            run.Header.Id, (int)run.Status, !run.IsOver, run.RollingBack, run.Progress, run.Version, run.GraphVersion, run.ErrorMessage,
            run.UpdatedAt.ToMicroseconds(), run.StartedAt.ToMicroseconds(), run.CompletedAt.ToMicroseconds(),
        ];
    }

    public static object?[] EventValues(RecordedEvent e) => [e.Sequence, e.Stream, e.Version, e.Name, e.At.ToMicroseconds(), e.Data];

    public static object?[] NewTaskValues((Run Run, RunTask Task) row)
    {
        var (run, task) = row;
        return
        [
            run.Header.Id, task.Index, task.Spec.Id, task.Spec.AppId, task.Spec.Name, (int)task.Spec.Type, task.Spec.Executor,
            string.Join(',', task.Spec.BlockBy), task.Spec.Order, task.Spec.Payload, task.Spec.MaxAttempts, task.Spec.TimeoutSeconds,
            task.Spec.RequireConfirm, task.CreatedAt.ToMicroseconds(), (int)task.Status, task.Attempt, task.UpdatedAt.ToMicroseconds(),
        ];
    }

    public static object?[] ChangedTaskValues(ChangedTask row)
    {
        var task = row.Task;
        return
        [
            row.RunId, task.Index, (int)task.Status, task.Attempt, task.Runner, task.Result,
            task.Failure is null ? null : System.Text.Json.JsonSerializer.Serialize(task.Failure, Contracts.BoreasJson.Options),
            task.ConfirmedBy, task.ConfirmedAt.ToMicroseconds(),
            task.Approvals.Count == 0 ? null : System.Text.Json.JsonSerializer.Serialize(task.Approvals, Contracts.BoreasJson.Options), row.LeaseExpiresAt.ToMicroseconds(),
            task.UpdatedAt.ToMicroseconds(), task.StartedAt.ToMicroseconds(), task.CompletedAt.ToMicroseconds(),
        ];
    }

    private static string Insert(string table, string[] columns) =>
        $"insert into {table} ({string.Join(", ", columns)}) values ({string.Join(", ", columns.Select(c => "@" + c))})";
}
