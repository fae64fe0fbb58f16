using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Engine.Runs;

namespace Boreas.Server.Deployments;

/// <summary>A row of <c>tasks</c>.</summary>
internal sealed class TaskRow
{
    public const string Columns =
        """
        run_id, position, id, app_id, name, type, executor, status, block_by, ord, payload, result, failure, attempt, max_attempts, timeout_seconds, require_confirm,
        confirmed_by, confirmed_at, approvals, runner, created_at, updated_at, started_at, completed_at
        """;

    public string RunId { get; init; } = "";

    public int Position { get; init; }

    public string Id { get; init; } = "";

    public string? AppId { get; init; }

    public string Name { get; init; } = "";

    public int Type { get; init; }

    public string Executor { get; init; } = "";

    public int Status { get; init; }

    public string BlockBy { get; init; } = "";

    public int Ord { get; init; }

    public string? Payload { get; init; }

    public string? Result { get; init; }

    public string? Failure { get; init; }

    public int Attempt { get; init; }

    public int MaxAttempts { get; init; }

    public int TimeoutSeconds { get; init; }

    public bool RequireConfirm { get; init; }

    public string? ConfirmedBy { get; init; }

    public DateTimeOffset? ConfirmedAt { get; init; }

    public string? Approvals { get; init; }

    public string? Runner { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public DeploymentTask ToTask(Wait? wait, DateTimeOffset now) => new(
        Id, RunId, AppId, Name, (RunTaskType)Type, (RunTaskStatus)Status, BlockBy, Ord, Json(Payload), Json(Result),
        Failure is null ? null : Read(Failure), Attempt, MaxAttempts, TimeoutSeconds, RequireConfirm, ConfirmedBy, ConfirmedAt, Runner,
        StartedAt is { } start ? Math.Round(((CompletedAt ?? now) - start).TotalSeconds, 3) : null, CreatedAt, UpdatedAt, StartedAt, CompletedAt, wait?.For,
        Approvals is null ? null : JsonSerializer.Deserialize<List<TaskApproval>>(Approvals, BoreasJson.Options), wait?.Until);

    public TaskInput ToInput() => new((RunTaskType)Type, AppId, Id, Name, BlockBy.Length > 0 ? BlockBy : null, Ord, Json(Payload), RequireConfirm, TimeoutSeconds, MaxAttempts);

    private static TaskFailure? Read(string json) =>
        JsonSerializer.Deserialize<RunFailure>(json, BoreasJson.Options) is { } failure ? new TaskFailure(failure.Code, failure.Message, failure.Advice) : null;

    private static JsonElement? Json(string? json) => json is null ? null : JsonDocument.Parse(json).RootElement;
}
