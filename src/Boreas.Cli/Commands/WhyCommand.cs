using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;
using Boreas.Engine.Runs;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas why</c>: why something does not run, or why it failed.</summary>
internal static class WhyCommand
{
    public static Command Build(CommandKit kit)
    {
        var id = kit.Deployment();
        id.Arity = ArgumentArity.ZeroOrOne;
        id.Description += " (default: the newest)";
        var task = new Argument<string?>("TASK") { Description = "Id, name or type of one task", Arity = ArgumentArity.ZeroOrOne };
        return kit.Remote("why", "Say why a deployment waits or failed, and what to do", [id, task], async (call, cancel) =>
        {
            var text = call.Get(id) ?? (await DeploymentIds.NewestAsync(call.Api, app: null, cancel))?.Id ?? throw new CommandFailure(ExitCode.NotFound, "There is no deployment yet.", "Start one with 'boreas deploy APP'.");
            var answer = await DeploymentIds.FindAsync(call.Api, text, cancel);
            call.Print.Answer(answer, () =>
            {
                var deployment = answer.Read<Deployment>();
                var only = call.Get(task) is { } named ? DeploymentIds.Task(deployment, named) : null;
                call.Print.Line(DeploymentText.Title(deployment));
                if (only is null && (deployment.WaitingFor ?? deployment.ErrorMessage) is { } whole) call.Print.Line(Terminal.Clean($"  {whole}".ReplaceLineEndings(" ")));
                var told = deployment.Tasks.Where(t => only is null || t == only).OrderBy(t => t.Order).SelectMany(Reasons).ToList();
                foreach (var line in told) call.Print.Line(Terminal.Clean(line.ReplaceLineEndings(" ")));
                if (told.Count == 0) call.Print.Line("  Nothing is in the way.");
            });
            return ExitCode.Ok;
        });
    }

    private static IEnumerable<string> Reasons(DeploymentTask task)
    {
        var name = $"{task.AppId} {task.Name}".Trim();
        if (task.WaitingFor is not null) yield return $"  {name}: {task.WaitingFor}";
        if (task.Failure is not { } failure || task.Status == RunTaskStatus.Success) yield break;
        yield return $"  {name}: {failure.Message} [{failure.Code}]";
        if (failure.Advice is not null) yield return $"    {failure.Advice}";
    }
}
