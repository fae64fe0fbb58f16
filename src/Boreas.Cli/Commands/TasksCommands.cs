using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Engine.Runs;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas tasks add | edit | delete</c>: tasks of a deployment that have not started.</summary>
internal static class TasksCommands
{
    public static Command Build(CommandKit kit) => CommandKit.Group("tasks", "Tasks of a deployment that has not started, or waits for confirmation", Add(kit), Edit(kit), Delete(kit));

    private static Command Add(CommandKit kit)
    {
        var deployment = kit.Deployment();
        var id = new Option<string?>("--id") { Description = "Its id (default: made from its app and type)", HelpName = "ID" };
        var type = new Option<RunTaskType?>("--type") { Description = "What it does, for a task without a command: prepare, build, test, deploy or health_check", HelpName = "TYPE" };
        type.CustomParser = result => Enum.TryParse<RunTaskType>(result.Tokens[0].Value.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var parsed) && !char.IsAsciiDigit(result.Tokens[0].Value[0]) ? parsed : Refuse(result);
        var app = new Option<string?>("--app") { Description = "The app that it is about; a command runs in a checkout of it", HelpName = "APP" };
        var before = new Option<string[]>("--before") { Description = "Tasks that wait for it", HelpName = "TASK" };
        var settings = new Settings();
        return kit.Remote("add", "Add a task, which runs a command on a runner unless it has another --type", [deployment, settings.Command, id, type, app, before, .. settings.Options], async (call, cancel) =>
        {
            var target = (await DeploymentIds.FindAsync(call.Api, call.Get(deployment), cancel)).Read<Deployment>();
            if (settings.Payload(call) is null == call.Get(type) is null or RunTaskType.Custom)
                throw new CommandFailure(ExitCode.Usage, "Give the command that it runs, or a --type.", "For example: boreas tasks add DEPLOYMENT --name 'smoke test' --after hello-deploy -- ./smoke --fast");
            var task = new NewTask(call.Get(type) ?? RunTaskType.Custom)
            {
                Id = call.Get(id), AppId = call.Get(app), Blocks = Settings.Ids(call, before, target),
                Name = call.Get(settings.Name), BlockBy = Settings.Ids(call, settings.After, target), Order = call.Get(settings.Order), Payload = settings.Payload(call),
                RequireConfirm = call.Get(settings.Confirm), TimeoutSeconds = call.Get(settings.Timeout), MaxAttempts = call.Get(settings.Attempts),
            };
            var answer = await call.Api.PostAsync(ApiPath.Of("deployments", target.Id, "tasks"), task, cancel);
            call.Print.Answer(answer, () => call.Print.Line(Terminal.Clean($"{answer.Read<DeploymentTask>().Id} was added.")));
            return ExitCode.Ok;
        });
    }

    private static Command Edit(CommandKit kit)
    {
        var deployment = kit.Deployment();
        var task = Named();
        var settings = new Settings();
        return kit.Remote("edit", "Change a task; what is not named keeps its value", [deployment, task, settings.Command, .. settings.Options], async (call, cancel) =>
        {
            var target = (await DeploymentIds.FindAsync(call.Api, call.Get(deployment), cancel)).Read<Deployment>();
            var change = new TaskChange(
                call.Get(settings.Name), Settings.Ids(call, settings.After, target), call.Get(settings.Order), settings.Payload(call), call.Get(settings.Confirm), call.Get(settings.Timeout), call.Get(settings.Attempts));
            if (change == new TaskChange()) throw new CommandFailure(ExitCode.Usage, "Name what is to change.", "See 'boreas tasks edit --help'.");
            var id = DeploymentIds.Task(target, call.Get(task)).Id;
            var answer = await call.Api.PatchAsync(ApiPath.Of("deployments", target.Id, "tasks", id), change, cancel);
            call.Print.Answer(answer, () => call.Print.Line(Terminal.Clean($"{id} was changed.")));
            return ExitCode.Ok;
        });
    }

    private static Command Delete(CommandKit kit)
    {
        var deployment = kit.Deployment();
        var task = Named();
        return kit.Remote("delete", "Delete a task; what waits for it waits for what it waits for", [deployment, task], async (call, cancel) =>
        {
            var target = (await DeploymentIds.FindAsync(call.Api, call.Get(deployment), cancel)).Read<Deployment>();
            var id = DeploymentIds.Task(target, call.Get(task)).Id;
            var answer = await call.Api.DeleteAsync(ApiPath.Of("deployments", target.Id, "tasks", id), cancel);
            call.Print.Answer(answer, () => call.Print.Line(Terminal.Clean($"{id} was deleted.")));
            return ExitCode.Ok;
        });
    }

    private static Argument<string> Named() => new("TASK") { Description = "Id, name or type of the task" };

    private static RunTaskType? Refuse(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"--type must be prepare, build, test, deploy, health_check or custom, not '{result.Tokens[0].Value}'.");
        return null;
    }

    /// <summary>What can be said of a task when it is added and when it is changed.</summary>
    private sealed class Settings
    {
        public Argument<string[]> Command { get; } = new("COMMAND") { Description = "The program that it runs and its arguments, after --", Arity = ArgumentArity.ZeroOrMore };
        public Option<string?> Name { get; } = new("--name") { Description = "What people call it", HelpName = "TEXT" };
        public Option<string[]> After { get; } = new("--after") { Description = "Tasks that it waits for; '' for none", HelpName = "TASK" };
        public Option<int?> Order { get; } = new("--order") { Description = "Its place; it comes before those of the same place", HelpName = "N" };
        public Option<bool?> Confirm { get; } = new("--require-confirm") { Description = "A person confirms it before it starts" };
        public Option<int?> Timeout { get; } = new("--timeout") { Description = "How long one attempt may take", HelpName = "SECONDS" };
        public Option<int?> Attempts { get; } = new("--max-attempts") { Description = "How often it is tried", HelpName = "N" };

        public IEnumerable<Option> Options => [Name, After, Order, Confirm, Timeout, Attempts];

        public System.Text.Json.JsonElement? Payload(Call call) => call.Get(Command) is { Length: > 0 } words ? BoreasJson.ToElement(new { command = words }) : null;

        /// <summary>The ids of the tasks that were meant; null when the option was not typed.</summary>
        public static string? Ids(Call call, Option<string[]> option, Deployment deployment) =>
            call.Has(option) ? string.Join(',', (call.Get(option) ?? []).SelectMany(t => t.Split(',')).Where(t => t.Length > 0).Select(t => DeploymentIds.Task(deployment, t).Id)) : null;
    }
}
