using System.ComponentModel;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Runs;
using Boreas.Server.Access;
using Boreas.Server.Jobs;
using Boreas.Server.OpenApi;
using Boreas.Server.Operations;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Deployments;

/// <summary>The tasks of a deployment, one by one, and their logs.</summary>
internal static class TasksApi
{
    private const int LinesPerAnswer = 10_000;
    private static readonly TimeSpan FollowPause = TimeSpan.FromMilliseconds(150);

    public static void MapTasks(this IEndpointRouteBuilder app)
    {
        var tasks = app.MapGroup("/api/v1/deployments/{id}/tasks").WithTags("Tasks");
        var read = tasks.MapGroup("").RequireAuthorization(Policies.Viewer);
        read.MapGet("", ListAsync).WithName("ListTasks").WithSummary("The tasks of a deployment, with the ETag of their graph");
        read.MapGet("/{taskId}", GetAsync).WithName("GetTask").WithSummary("One task, with the ETag of the graph");
        read.MapGet("/{taskId}/logs", LogsAsync).WithName("GetTaskLogs").WithSummary("A task's log; follow=true streams JSON lines until the task has ended")
            .ProducesLinesOf<TaskLogLine>()
            .WithDescription("With follow=true the answer is application/x-ndjson: a TaskLogLine on each line, as it is written, until the task has ended. A reader that lost its connection asks again with after.");
        tasks.MapPost("/{taskId}/confirm", (string id, string taskId, ActionRequest? body, DeploymentActions actions, Caller caller, CancellationToken ct) =>
            actions.DecideAsync(id, taskId, confirm: true, body, caller, ct)).WithName("ConfirmTask").WithSummary("Confirm a task; the environment's rule says who may").RequireAuthorization(Policies.Developer);
        tasks.MapPost("/{taskId}/reject", (string id, string taskId, ActionRequest? body, DeploymentActions actions, Caller caller, CancellationToken ct) =>
            actions.DecideAsync(id, taskId, confirm: false, body, caller, ct)).WithName("RejectTask").WithSummary("Refuse a task").RequireAuthorization(Policies.Developer);
        tasks.MapPost("/{taskId}/retry", (string id, string taskId, ActionRequest? body, DeploymentActions actions, Caller caller, CancellationToken ct) =>
            actions.ResumeAsync(id, taskId, caller, body?.Reason, ct)).WithName("RetryTask").WithSummary("Resume the deployment from this failed task, as a new deployment").RequireAuthorization(Policies.Developer);
    }

    private static async Task<Ok<IReadOnlyList<DeploymentTask>>> ListAsync(string id, Caller caller, Database database, DeploymentViews views, HttpContext http, CancellationToken cancellationToken)
    {
        var row = await DeploymentsApi.FindAsync(id, caller, database, cancellationToken);
        http.Response.Headers.ETag = row.GraphTag;
        return TypedResults.Ok((await views.ShowAsync(row, cancellationToken)).Tasks);
    }

    private static async Task<Ok<DeploymentTask>> GetAsync(string id, string taskId, Caller caller, Database database, DeploymentViews views, HttpContext http, CancellationToken cancellationToken)
    {
        var row = await DeploymentsApi.FindAsync(id, caller, database, cancellationToken);
        http.Response.Headers.ETag = row.GraphTag;
        return TypedResults.Ok(await views.ShowAsync(row, taskId, cancellationToken));
    }

    private static async Task<Results<Ok<TaskLogs>, EmptyHttpResult>> LogsAsync(string id, string taskId,
        [Description("The sequence of the last line that is known.")] long? after, [Description("The least level: info, warn or error.")] string? level, bool? follow,
        Caller caller, Database database, TimeProvider time, HttpContext http, Stopping stopping, CancellationToken cancellationToken)
    {
        var row = await DeploymentsApi.FindAsync(id, caller, database, cancellationToken);
        var least = level switch
        {
            null or "" or "info" => LogLevel.Info,
            "warn" => LogLevel.Warn,
            "error" => LogLevel.Error,
            _ => throw RequestRefusedException.Invalid(new Contracts.Problems.FieldProblem("level", "must be info, warn or error")),
        };
        if (await StatusAsync(database, row.Id, taskId, cancellationToken) is null) throw RequestRefusedException.NotFound("task", taskId);
        if (follow != true) return TypedResults.Ok(new TaskLogs(taskId, await JobLogs.ReadAsync(database, row.Id, taskId, after ?? 0, least, LinesPerAnswer, cancellationToken)));
        http.Response.ContentType = "application/x-ndjson";
        http.Response.Headers.CacheControl = "no-store";
        using var following = stopping.Link(cancellationToken);
        try
        {
            await FollowAsync(http.Response, row.Id, taskId, after ?? 0, least, database, time, following.Token);
        }
        catch (OperationCanceledException)
        {
            // The reader went away or the process stops: the reader asks again from the last line that it has.
        }

        return TypedResults.Empty;
    }

    private static async Task FollowAsync(HttpResponse response, string runId, string taskId, long after, LogLevel level, Database database, TimeProvider time, CancellationToken cancellationToken)
    {
        await response.StartAsync(cancellationToken);
        using var timer = new PeriodicTimer(FollowPause, time);
        var last = after;
        do
        {
            // Whether it has ended is asked before its lines are read: what came before the end is then not missed.
            var ended = await StatusAsync(database, runId, taskId, cancellationToken) is { } status && HasEnded(status);
            IReadOnlyList<TaskLogLine> lines;
            do
            {
                lines = await JobLogs.ReadAsync(database, runId, taskId, last, LogLevel.Info, 1000, cancellationToken);
                foreach (var line in lines.Where(l => l.Level >= level))
                {
                    await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, BoreasJson.Options), cancellationToken);
                    await response.Body.WriteAsync("\n"u8.ToArray(), cancellationToken);
                }

                if (lines.Count > 0) last = lines[^1].Sequence;
            }
            while (lines.Count == 1000);
            await response.Body.FlushAsync(cancellationToken);
            if (ended) return;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private static bool HasEnded(int status) => (RunTaskStatus)status is RunTaskStatus.Success or RunTaskStatus.Failed or RunTaskStatus.Cancelled or RunTaskStatus.RolledBack;

    private static async Task<int?> StatusAsync(Database database, string runId, string taskId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await Dapper.SqlMapper.QueryFirstOrDefaultAsync<int?>(connection, "select status from tasks where run_id = @runId and id = @taskId", new { runId, taskId });
    }
}
