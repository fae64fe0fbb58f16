using System.CommandLine;
using System.Text.Json;
using Boreas.Cli.Api;
using Boreas.Cli.Follow;
using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas start | cancel | rollback | resume | confirm | reject | retry</c>: acts on a deployment or one of its tasks.</summary>
internal static class ActionCommands
{
    public static IEnumerable<Command> Build(CommandKit kit) =>
    [
        Make(kit, "start", "Start a deployment that was made without starting", TaskWord.None),
        Make(kit, "cancel", "Cancel a deployment that has not ended", TaskWord.None),
        Make(kit, "rollback", "Go back to what ran before", TaskWord.None),
        Make(kit, "resume", "Go on with a failed deployment from the failed task, with the same inputs", TaskWord.None),
        Make(kit, "confirm", "Confirm what waits for a person: the deployment, or one task", TaskWord.Optional, decides: true),
        Make(kit, "reject", "Refuse what waits for a person: the deployment, or one task", TaskWord.Optional, decides: true),
        Make(kit, "retry", "Do a failed task again", TaskWord.Required),
    ];

    private enum TaskWord
    {
        None,
        Optional,
        Required,
    }

    private static Command Make(CommandKit kit, string action, string description, TaskWord word, bool decides = false)
    {
        var id = kit.Deployment();
        var task = new Argument<string?>("TASK") { Description = "Id, name or type of the task", Arity = word == TaskWord.Required ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne };
        var reason = new Option<string?>("--reason") { Description = "Why, for the record", HelpName = "TEXT" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Watch it to its end; the exit code says how it ended" };
        var graph = new Option<int?>("--graph") { Description = "Only if the graph is still this version of it, as 'status' shows it", HelpName = "VERSION" };
        IEnumerable<Symbol> words = [id, .. word == TaskWord.None ? [] : (Symbol[])[task], reason, .. decides ? (Symbol[])[graph] : [], follow];
        return kit.Remote(action, description, words, async (call, cancel) =>
        {
            var deployment = (await DeploymentIds.FindAsync(call.Api, call.Get(id), cancel)).Read<Deployment>();
            var path = word != TaskWord.None && call.Get(task) is { } text
                ? ApiPath.Of("deployments", deployment.Id, "tasks", DeploymentIds.Task(deployment, text).Id, action)
                : ApiPath.Of("deployments", deployment.Id, action);
            var answer = await call.Api.PostAsync(path, new ActionRequest(call.Get(reason), decides ? call.Get(graph) : null), cancel);
            var goesOn = Successor(answer) ?? deployment.Id;
            if (call.Get(follow)) return await Following.ToTheEndAsync(call, goesOn, logs: false, cancel);
            if (call.Print.Json)
            {
                call.Print.Answer(answer, () => { });
                return ExitCode.Ok;
            }

            if (goesOn != deployment.Id) call.Print.Line($"A new deployment does it: {goesOn}");
            DeploymentText.Show(call.Print, (await call.Api.GetAsync(ApiPath.Of("deployments", goesOn), cancel)).Read<Deployment>());
            return ExitCode.Ok;
        });
    }

    /// <summary>Rolling a successful deployment back makes a new one; then the answer tells of that.</summary>
    private static string? Successor(Answer answer)
    {
        if (answer.Json.Length == 0) return null;
        var body = answer.Read<JsonElement>();
        if (body.ValueKind != JsonValueKind.Object) return null;
        if (body.TryGetProperty("deploymentId", out var owner)) return owner.GetString();
        return body.TryGetProperty("versionId", out _) || body.TryGetProperty("deployments", out _) ? body.GetProperty("id").GetString() : null;
    }
}
