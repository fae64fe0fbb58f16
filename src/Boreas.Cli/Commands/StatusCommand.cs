using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Follow;
using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas status</c>: one deployment, live for a person who looks, in lines otherwise.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static Command Build(CommandKit kit)
    {
        var id = kit.Deployment();
        id.Arity = ArgumentArity.ZeroOrOne;
        id.Description += " (default: the newest)";
        var app = new Option<string?>("--app") { Description = "The newest deployment of this app", HelpName = "APP" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Watch it to its end; the exit code says how it ended. A terminal does so by itself" };
        var once = new Option<bool>("--once") { Description = "Show it once, in a terminal too" };
        var logs = new Option<bool>("--logs") { Description = "With --follow: show the tasks' logs too" };
        var wait = new Option<int>("--wait") { Description = "When there is no deployment yet, wait for one this long", HelpName = "SECONDS" };
        var after = new Option<string?>("--after") { Description = "With --wait: a newer deployment than this one", HelpName = "DEPLOYMENT" };
        return kit.Remote("status", "Show how a deployment goes, live", [id, app, follow, once, logs, wait, after], async (call, cancel) =>
        {
            var answer = call.Get(id) is { } text ? await DeploymentIds.FindAsync(call.Api, text, cancel)
                : await NewestAsync(call, call.Get(app), call.Get(after), TimeSpan.FromSeconds(call.Get(wait)), cancel);
            var deployment = answer.Read<Deployment>();
            var watch = call.Get(follow) || (call.Terminal.OutIsTerminal && !call.Get(once) && !call.Print.Json && !Look.Ended(deployment.Status));
            if (watch) return await Following.ToTheEndAsync(call, deployment.Id, call.Get(logs), cancel);
            call.Print.Answer(answer, () => DeploymentText.Show(call.Print, deployment));
            return Following.Exit(deployment);
        });
    }

    private static async Task<Answer> NewestAsync(Call call, string? app, string? after, TimeSpan wait, CancellationToken cancel)
    {
        var start = call.Terminal.Time.GetTimestamp();
        while (true)
        {
            if (await DeploymentIds.NewestAsync(call.Api, app, cancel) is { } newest && newest.Id != after) return await call.Api.GetAsync(ApiPath.Of("deployments", newest.Id), cancel);
            if (call.Terminal.Time.GetElapsedTime(start) >= wait)
                throw new CommandFailure(ExitCode.NotFound, $"There is no {(after is null ? "" : "newer ")}deployment{(app is null ? "" : $" of {app}")}{(wait > TimeSpan.Zero ? $", and none came within {wait.TotalSeconds:0} s" : "")}.", "Start one with 'boreas deploy APP', or push to the app's repository.");
            await Task.Delay(Interval, call.Terminal.Time, cancel);
        }
    }
}
