using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas deployments list | show</c>.</summary>
internal static class DeploymentsCommands
{
    public static Command Build(CommandKit kit) => CommandKit.Group("deployments", "Deployments: what was rolled out, when and how it ended", List(kit), Show(kit));

    private static Command List(CommandKit kit)
    {
        var app = new Option<string?>("--app") { Description = "Only those with this app", HelpName = "APP" };
        var environment = new Option<string?>("--env") { Description = "Only those to this environment", HelpName = "ENV" };
        var status = new Option<string?>("--status") { Description = "Only those in this state: pending, running, waiting_confirm, success, failed, rolled_back, cancelled", HelpName = "STATUS" };
        var paging = new Paging();
        return kit.Remote("list", "List deployments, newest first", [app, environment, status, .. paging.Options], (call, cancel) => paging.ShowAsync<Deployment>(
            call,
            ApiPath.Of("deployments"),
            ["ID", "APPS", "VERSION", "ENVIRONMENT", "STATUS", "PROGRESS", "TIME", "CREATED"],
            d => [[d.Id, string.Join(",", d.Applications), d.Version, d.Environment, Look.Text(d.Status), $"{d.Progress} %", Look.Duration(d.Duration), Look.Ago(d.CreatedAt, call.Terminal.Time)]],
            "No deployments yet. Start one with 'boreas deploy APP'.",
            cancel, ("app", call.Get(app)), ("environment", call.Get(environment)), ("status", call.Get(status))));
    }

    private static Command Show(CommandKit kit)
    {
        var id = kit.Deployment();
        return kit.Remote("show", "Show one deployment with its tasks", [id], async (call, cancel) =>
        {
            var answer = await DeploymentIds.FindAsync(call.Api, call.Get(id), cancel);
            call.Print.Answer(answer, () => DeploymentText.Show(call.Print, answer.Read<Deployment>()));
            return ExitCode.Ok;
        });
    }
}
