using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Environments;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas environments list | create | set | delete</c>.</summary>
internal static class EnvironmentsCommands
{
    public static Command Build(CommandKit kit) => CommandKit.Group("environments", "Environments: where versions go", List(kit), Create(kit), Set(kit), Delete(kit));

    private static Command List(CommandKit kit)
    {
        var paging = new Paging();
        return kit.Remote("list", "List the environments", paging.Options, async (call, cancel) =>
        {
            var answer = await call.Api.GetAsync(paging.Path(call, ApiPath.Of("environments")), cancel);
            call.Print.Answer(answer, () =>
            {
                var page = answer.Read<Page<DeployEnvironment>>();
                call.Print.Rows(
                    ["ID", "NAME", "PROJECT", "DEFAULT", "CONFIRMATION", "NODE LABELS"],
                    page.Items.Select(e => (IReadOnlyList<string?>)[e.Id, e.Name, e.Project, e.Default ? "yes" : "", e.RequireConfirm ? "required" : "", string.Join(", ", e.NodeLabels)]),
                    "No environments.");
                Paging.TellMore(call, page.Next);
            });
            return ExitCode.Ok;
        });
    }

    private static Command Create(CommandKit kit)
    {
        var name = new Argument<string>("NAME") { Description = "The new environment's name" };
        var input = new Inputs();
        return kit.Remote("create", "Create an environment", [name, .. input.All], async (call, cancel) =>
        {
            var answer = await call.Api.PostAsync(ApiPath.Of("environments"), input.Read(call) with { Name = call.Get(name) }, cancel);
            call.Print.Answer(answer, () => call.Print.Line($"{call.Get(name)} was created."));
            return ExitCode.Ok;
        });
    }

    private static Command Set(CommandKit kit)
    {
        var name = Named(kit);
        var input = new Inputs();
        return kit.Remote("set", "Change an environment; what is not named keeps its value", [name, .. input.All], async (call, cancel) =>
        {
            var environment = await FindAsync(call, call.Get(name), cancel);
            var answer = await call.Api.PutAsync(ApiPath.Of("environments", environment.Id), input.Read(call), cancel);
            call.Print.Answer(answer, () => call.Print.Line(Terminal.Clean($"{environment.Name} was changed.")));
            return ExitCode.Ok;
        });
    }

    private static Command Delete(CommandKit kit)
    {
        var name = Named(kit);
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        return kit.Remote("delete", "Delete an environment", [name, yes], async (call, cancel) =>
        {
            var environment = await FindAsync(call, call.Get(name), cancel);
            await Confirm.AskAsync(call, yes, $"Delete the environment {Terminal.Clean(environment.Name)}", cancel);
            var answer = await call.Api.DeleteAsync(ApiPath.Of("environments", environment.Id), cancel);
            call.Print.Answer(answer, () => call.Print.Line(Terminal.Clean($"{environment.Name} was deleted.")));
            return ExitCode.Ok;
        });
    }

    private static Argument<string> Named(CommandKit kit) => kit.Completed(new Argument<string>("ENV") { Description = "The environment's name or id" }, "environments");

    private static async Task<DeployEnvironment> FindAsync(Call call, string text, CancellationToken cancel) =>
        Listing.Unique(await Listing.AllAsync<DeployEnvironment>(call.Api, ApiPath.Of("environments"), cancel), "environment", text, e => e.Id, e => e.Name);

    private sealed class Inputs
    {
        private readonly Option<string?> project = new("--project") { Description = "Project that it belongs to", HelpName = "PROJECT" };
        private readonly Option<bool?> asDefault = new("--default") { Description = "The one that is used when none is named" };
        private readonly Option<bool?> confirm = new("--require-confirm") { Description = "A person confirms every deployment" };
        private readonly Option<string[]> labels = new("--node-label") { Description = "Only nodes with this label; may be repeated", HelpName = "LABEL" };

        public IEnumerable<Option> All => [project, asDefault, confirm, labels];

        public EnvironmentInput Read(Call call) => new(
            Project: call.Get(project),
            Default: call.Get(asDefault),
            RequireConfirm: call.Get(confirm),
            NodeLabels: call.Has(labels) ? call.Get(labels) : null);
    }
}
