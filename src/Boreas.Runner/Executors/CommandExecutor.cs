using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Jobs;
using Boreas.Runner.Workspaces;

namespace Boreas.Runner.Executors;

/// <summary>Runs one command, in a checkout when there is a source, else in an empty folder.</summary>
internal sealed class CommandExecutor(WorkspaceFolders workspaces, GitCaches git, TimeProvider time) : IExecutor
{
    public string Name => ExecutorNames.Command;

    public async Task<JsonElement?> RunAsync(JobContext context, CancellationToken cancellation)
    {
        var work = context.Work<CommandWork>();
        using var workspace = workspaces.Create();
        if (work.Source is not null) await git.CheckOutAsync(work.Source, workspace, context, cancellation);
        var commands = new UserCommands(workspaces, workspace, work.Variables, time);
        var result = await commands.RunAsync(context, work.Command, workspace.Source, context.Job.Secrets, cancellation);
        if (!result.Succeeded) throw JobFailedException.Failed(ProblemCodes.CommandFailed, $"'{work.Command[0]}' ended with {result.ExitCode}.", "The log shows what it said.");
        return BoreasJson.ToElement(new CommandResult(result.ExitCode));
    }
}
