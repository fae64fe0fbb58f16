using Boreas.Cli.Commands;
using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;
using Boreas.Engine.Runs;

namespace Boreas.Cli.Follow;

/// <summary>Follows one deployment to its end and turns the end into an exit code.</summary>
internal static class Following
{
    /// <param name="logs">Show the tasks' logs too; they come as lines, never as a tree.</param>
    public static async Task<ExitCode> ToTheEndAsync(Call call, string id, bool logs, CancellationToken cancel)
    {
        var feed = new DeploymentFeed(call.Api, id, call.Print.Note, call.Terminal.Time).WatchAsync(cancel);
        try
        {
            var tree = call.Terminal.OutIsTerminal && !logs && !call.Print.Json;
            var end = await (tree ? new TreeView(call.Terminal).ShowAsync(feed, cancel) : new LineView(call.Api, call.Print, logs && !call.Print.Json).ShowAsync(feed, cancel));
            if (call.Print.Json) call.Print.Line((await call.Api.GetAsync(Api.ApiPath.Of("deployments", id), cancel)).Json);
            return Exit(end);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            call.Print.Note($"No longer watching; the deployment goes on. Watch it with 'boreas status {id}', end it with 'boreas cancel {id}'.");
            return ExitCode.Interrupted;
        }
    }

    /// <summary>One after the other; the exit code is that of the last one that did not end well.</summary>
    public static async Task<ExitCode> AllToTheEndAsync(Call call, DeploymentsCreated created, bool logs, CancellationToken cancel)
    {
        var exit = ExitCode.Ok;
        foreach (var deployment in created.Deployments)
        {
            var end = await ToTheEndAsync(call, deployment.Id, logs, cancel);
            if (end != ExitCode.Ok) exit = end;
            if (end == ExitCode.Interrupted) break;
        }

        return exit;
    }

    public static ExitCode Exit(Deployment deployment) => deployment.Status is RunStatus.Failed or RunStatus.RolledBack or RunStatus.Cancelled ? ExitCode.Failed : ExitCode.Ok;
}
