using Boreas.Contracts.Deployments;
using Boreas.Engine.Runs;
using Boreas.Server.Access;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Deployments;

/// <summary>The graph of a deployment: read it, and edit it while nothing runs, as a whole or task by task.</summary>
internal static class WorkflowApi
{
    public static void MapWorkflow(this IEndpointRouteBuilder app)
    {
        var workflow = app.MapApi("/api/v1/deployments/{id}/workflow", "Deployments");
        workflow.MapGet("", GetAsync).RequireAuthorization(Policies.Viewer).WithName("GetWorkflow").WithSummary("The graph of a deployment, with its ETag");
        workflow.MapPut("", PutAsync).RequireAuthorization(Policies.Developer).WithName("EditWorkflow").WithSummary("Change the whole graph of a deployment that is pending or waits for confirmation")
            .WithDescription("Tasks that have started must be there as they are. With If-Match a graph that somebody else has edited since is not overwritten.");
        var tasks = app.MapApi("/api/v1/deployments/{id}/tasks", "Tasks").RequireAuthorization(Policies.Developer);
        tasks.MapPost("", AddAsync).WithName("AddTask").WithSummary("Add a task to the graph of a deployment");
        tasks.MapPatch("/{taskId}", ChangeAsync).WithName("EditTask").WithSummary("Change a task that has not started");
        tasks.MapDelete("/{taskId}", DeleteAsync).WithName("DeleteTask").WithSummary("Take a task that has not started out of the graph; what waited for it waits for what it waited for");
    }

    private static async Task<Ok<Workflow>> GetAsync(string id, Caller caller, Database database, HttpContext http, CancellationToken cancellationToken)
    {
        var row = await DeploymentsApi.FindAsync(id, caller, database, cancellationToken);
        var tasks = await DeploymentQueries.GraphAsync(database, row.Id, cancellationToken);
        http.Response.Headers.ETag = row.GraphTag;
        return TypedResults.Ok(new Workflow(row.GraphVersion, row.RunStatus is RunStatus.Pending or RunStatus.WaitingConfirm && !row.RollingBack, tasks));
    }

    private static async Task<Ok<WorkflowSaved>> PutAsync(string id, WorkflowInput input, WorkflowEdits edits, Caller caller, HttpContext http)
    {
        var edit = await edits.ReplaceAsync(id, input.Tasks, caller, http.Request);
        http.Response.Headers.ETag = edit.Tag;
        return TypedResults.Ok(new WorkflowSaved(true, edit.Summary));
    }

    private static async Task<Created<DeploymentTask>> AddAsync(string id, NewTask task, WorkflowEdits edits, Caller caller, Database database, DeploymentViews views, HttpContext http, CancellationToken cancellationToken)
    {
        var edit = await edits.AddAsync(id, task, caller, http.Request);
        http.Response.Headers.ETag = edit.Tag;
        var shown = await views.ShowAsync(await DeploymentsApi.FindAsync(id, caller, database, cancellationToken), edit.TaskId!, cancellationToken);
        return TypedResults.Created($"/api/v1/deployments/{shown.DeploymentId}/tasks/{shown.Id}", shown);
    }

    private static async Task<Ok<DeploymentTask>> ChangeAsync(string id, string taskId, TaskChange change, WorkflowEdits edits, Caller caller, Database database, DeploymentViews views, HttpContext http, CancellationToken cancellationToken)
    {
        var edit = await edits.ChangeAsync(id, taskId, change, caller, http.Request);
        http.Response.Headers.ETag = edit.Tag;
        return TypedResults.Ok(await views.ShowAsync(await DeploymentsApi.FindAsync(id, caller, database, cancellationToken), taskId, cancellationToken));
    }

    private static async Task<NoContent> DeleteAsync(string id, string taskId, WorkflowEdits edits, Caller caller, HttpContext http)
    {
        var edit = await edits.DeleteAsync(id, taskId, caller, http.Request);
        http.Response.Headers.ETag = edit.Tag;
        return TypedResults.NoContent();
    }
}
