using System.CommandLine;
using System.Text.Json;
using Boreas.Cli.Api;
using Boreas.Cli.Follow;
using Boreas.Cli.Output;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Engine.Runs;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas logs</c>: of one task, of all tasks of a deployment one after another, or of the running instances of an app.</summary>
internal static class LogsCommand
{
    public static Command Build(CommandKit kit)
    {
        var id = kit.Completed(new Argument<string?>("DEPLOYMENT") { Description = "The deployment's id, or enough of its beginning to be the only one", Arity = ArgumentArity.ZeroOrOne }, "deployments");
        var task = new Argument<string?>("TASK") { Description = "Id, name or type of one task (default: all of them)", Arity = ArgumentArity.ZeroOrOne };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the deployment has ended; with --app until Ctrl-C" };
        var app = new AppLogOptions();
        var level = new Option<string?>("--level") { Description = "Only lines of this level: info, warn or error" };
        level.AcceptOnlyFromAmong("info", "warn", "error");
        return kit.Remote("logs", "Show the logs of a deployment's tasks, or with --app what the running instances of an app write", [id, task, follow, level, .. app.All], async (call, cancel) =>
        {
            if (app.IsMeant(call))
            {
                if (call.Get(id) is not null || call.Has(level)) throw new CommandFailure(ExitCode.Usage, "--app shows what an app writes; a deployment, a task and --level are about tasks.", "Leave one of the two out.");
                return await AppLog.ShowAsync(call, app, call.Get(follow), cancel);
            }

            if (app.IsIncomplete(call)) throw new CommandFailure(ExitCode.Usage, "--tail and --env go with --app.", "Add --app APP.");
            var named = call.Get(id) ?? throw new CommandFailure(ExitCode.Usage, "Whose logs?", "Name a deployment, or an app with --app.");
            var deployment = (await DeploymentIds.FindAsync(call.Api, named, cancel)).Read<Deployment>();
            var only = call.Get(task) is { } text ? DeploymentIds.Task(deployment, text) : null;
            if (call.Get(follow)) await FollowAsync(call, deployment.Id, only?.Id, call.Get(level), cancel);
            else
            {
                foreach (var one in deployment.Tasks.OrderBy(t => t.Order).Where(t => only is null ? t.StartedAt is not null : t == only))
                {
                    var answer = await call.Api.GetAsync(ApiPath.With(ApiPath.Of("deployments", deployment.Id, "tasks", one.Id, "logs"), ("level", call.Get(level))), cancel);
                    call.Print.Answer(answer, () =>
                    {
                        foreach (var line in answer.Read<TaskLogs>().Logs) Write(call.Print, one, line, named: only is null);
                    });
                }
            }

            return ExitCode.Ok;
        });
    }

    private static async Task FollowAsync(Call call, string id, string? only, string? level, CancellationToken cancel)
    {
        var open = new Dictionary<string, (TaskLogReader Reader, Task Reading)>();
        await foreach (var state in new DeploymentFeed(call.Api, id, call.Print.Note, call.Terminal.Time).WatchAsync(cancel))
        {
            foreach (var task in state.Tasks.OrderBy(t => t.Order).Where(t => t.StartedAt is not null && (only is null || t.Id == only)))
            {
                if (!open.TryGetValue(task.Id, out var log))
                {
                    var reader = new TaskLogReader(call.Api, id, task.Id, level, line => Write(call.Print, task, line, named: only is null), call.Terminal.Time);
                    open[task.Id] = log = (reader, reader.ReadAsync(cancel));
                }

                if (Look.Ended(task.Status) && !log.Reading.IsCompleted) log.Reader.End();
            }

            if (only is not null && state.Tasks.FirstOrDefault(t => t.Id == only) is { } followed && Look.Ended(followed.Status) && !MayRunAgain(state, followed)) break;
        }

        foreach (var (reader, reading) in open.Values)
        {
            if (!reading.IsCompleted) reader.End();
            await reading;
        }
    }

    private static bool MayRunAgain(Deployment state, DeploymentTask task) => task.Status == RunTaskStatus.Failed && !Look.Ended(state.Status) && task.Attempt < task.MaxAttempts;

    private static void Write(Printer print, DeploymentTask task, TaskLogLine line, bool named)
    {
        if (print.Json) print.Line(JsonSerializer.Serialize(line, BoreasJson.Options));
        else print.Line(Terminal.Clean($"{line.Timestamp.ToUniversalTime():HH:mm:ss.fff} {(named ? $"{task.AppId} {task.Name} │ " : "")}{(line.Level == LogLevel.Info ? "" : line.Level.ToString().ToLowerInvariant() + ": ")}{line.Message}"));
    }
}
