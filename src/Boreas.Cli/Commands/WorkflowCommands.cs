using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Files;
using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas workflow get | set</c>: the graph of a deployment as a file.</summary>
internal static class WorkflowCommands
{
    public static Command Build(CommandKit kit) => CommandKit.Group("workflow", "The graph of a deployment: read it, edit it as a file, send it back", Get(kit), Set(kit));

    private static Command Get(CommandKit kit)
    {
        var id = kit.Deployment();
        var file = new Argument<string?>("FILE") { Description = "Where to write it, as YAML (default: standard output)", Arity = ArgumentArity.ZeroOrOne };
        return kit.Remote("get", "Write the graph of a deployment as YAML", [id, file], async (call, cancel) =>
        {
            var deployment = (await DeploymentIds.FindAsync(call.Api, call.Get(id), cancel)).Read<Deployment>();
            var answer = await call.Api.GetAsync(ApiPath.Of("deployments", deployment.Id, "workflow"), cancel);
            if (call.Print.Json)
            {
                call.Print.Answer(answer, () => { });
                return ExitCode.Ok;
            }

            var workflow = answer.Read<Workflow>();

            // In a file the tasks are in their order; a number beside that would have to be kept in step.
            var graph = new WorkflowFile(workflow.Version, [.. workflow.Tasks.Select(t => t with { Order = null })]);
            await TextFiles.WriteAsync(call, call.Get(file), YamlJson.Write(graph), cancel);
            if (!workflow.Editable) call.Print.Note($"The deployment is {Look.Text(deployment.Status)}: its graph cannot be edited now.");
            return ExitCode.Ok;
        });
    }

    private static Command Set(CommandKit kit)
    {
        var id = kit.Deployment();
        var file = new Argument<string>("FILE") { Description = "The graph, as YAML or JSON; - for standard input" };
        return kit.Remote("set", "Make a file the graph of a deployment that has not started, or waits for confirmation", [id, file], async (call, cancel) =>
        {
            var edited = InputFile.Read<WorkflowFile>(await TextFiles.ReadAsync(call, call.Get(file), cancel), call.Get(file));
            var deployment = (await DeploymentIds.FindAsync(call.Api, call.Get(id), cancel)).Read<Deployment>();
            var path = ApiPath.Of("deployments", deployment.Id, "workflow");
            var present = await call.Api.GetAsync(path, cancel);
            if (edited.Version is { } version && version != present.Read<Workflow>().Version)
                throw new CommandFailure(ExitCode.Conflict, $"Somebody else has edited the graph since: it is version {present.Read<Workflow>().Version} now, and the file is an edit of version {version}.", $"Get it again ('boreas workflow get {deployment.Id}'), and repeat your edit in it.");
            var answer = await call.Api.SendAsync(HttpMethod.Put, path, new WorkflowInput(edited.Tasks), cancel, ifMatch: present.Tag);
            call.Print.Answer(answer, () => call.Print.Line(answer.Read<WorkflowSaved>().Message));
            return ExitCode.Ok;
        });
    }

    /// <param name="Version">Of the graph that was read; with it nobody's edit is overwritten.</param>
    private sealed record WorkflowFile(int? Version, IReadOnlyList<TaskInput> Tasks);
}
