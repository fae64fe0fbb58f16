using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas apps list | create | show | set | delete | env | secrets</c>.</summary>
internal static class AppsCommands
{
    public static Command Build(CommandKit kit) =>
        CommandKit.Group("apps", "Applications: what is built and run", List(kit), Create(kit), Show(kit), Set(kit), Delete(kit), AppsEnvCommands.Build(kit), AppsSecretsCommands.Build(kit));

    private static Command List(CommandKit kit)
    {
        var paging = new Paging();
        return kit.Remote("list", "List the apps", paging.Options, (call, cancel) => paging.ShowAsync<App>(
            call,
            ApiPath.Of("apps"),
            ["APP", "ENVIRONMENT", "STATUS", "VERSION", "INSTANCES", "URL"],
            Rows,
            "No apps yet. Make one with 'boreas apps create NAME --embedded'.",
            cancel));
    }

    private static Command Create(CommandKit kit)
    {
        var id = new Argument<string>("APP") { Description = "The new app's id: lower-case letters, digits and hyphens" };
        var options = new AppOptions();
        return kit.Remote("create", "Create an app from the embedded Git, a repository, or an image", [id, .. options.All], async (call, cancel) =>
        {
            var input = options.Read(call) with { Id = call.Get(id) };
            if (input.Source is null) throw new CommandFailure(ExitCode.Usage, "An app needs a source.", "Add --embedded, --repo URL, or --image REFERENCE.");
            var answer = await call.Api.PostAsync(ApiPath.Of("apps"), input, cancel);
            var app = answer.Read<App>();
            var git = app.Source.Embedded ? await EmbeddedGit.FindAsync(call.Api, cancel) : null;
            call.Print.Answer(answer, () =>
            {
                call.Print.Line($"{app.Id} was created.");
                call.Print.Line(git is not null
                    ? $"  Push to it: git push {git.AbsoluteUri.TrimEnd('/')}/git/{app.Id}.git {app.Source.Ref}"
                    : $"  Deploy it: boreas deploy {app.Id} --follow");
            });
            return ExitCode.Ok;
        });
    }

    private static Command Show(CommandKit kit)
    {
        var id = kit.App();
        return kit.Remote("show", "Show one app", [id], async (call, cancel) =>
        {
            var answer = await call.Api.GetAsync(ApiPath.Of("apps", call.Get(id)), cancel);
            call.Print.Answer(answer, () => Show(call.Print, answer.Read<App>()));
            return ExitCode.Ok;
        });
    }

    private static Command Set(CommandKit kit)
    {
        var id = kit.App();
        var options = new AppOptions();
        return kit.Remote("set", "Change an app; what is not named keeps its value", [id, .. options.All], async (call, cancel) =>
        {
            var path = ApiPath.Of("apps", call.Get(id));
            var present = (await call.Api.GetAsync(path, cancel)).Read<App>();
            var input = options.Read(call, present);
            if (input == new AppInput()) throw new CommandFailure(ExitCode.Usage, "Nothing to change was named.", "See 'boreas apps set --help'.");
            var answer = await call.Api.PatchAsync(path, AppOptions.Patch(input), cancel);
            call.Print.Answer(answer, () => call.Print.Line($"{call.Get(id)} was changed. It takes effect with the next deployment."));
            return ExitCode.Ok;
        });
    }

    private static Command Delete(CommandKit kit)
    {
        var id = kit.App();
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        return kit.Remote("delete", "Delete an app: its instances stop, its secrets are gone", [id, yes], async (call, cancel) =>
        {
            await Confirm.AskAsync(call, yes, $"Delete the app {call.Get(id)}, stop its instances and forget its secrets", cancel);
            var answer = await call.Api.DeleteAsync(ApiPath.Of("apps", call.Get(id)), cancel);
            call.Print.Answer(answer, () => call.Print.Line($"{call.Get(id)} was deleted."));
            return ExitCode.Ok;
        });
    }

    private static IEnumerable<IReadOnlyList<string?>> Rows(App app) => app.Endpoints.Count == 0
        ? [[app.Id, "", "", "", "0", ""]]
        : app.Endpoints.Select(at => (IReadOnlyList<string?>)[app.Id, at.Environment, at.Status, at.Version, $"{at.Instances}", at.Url]);

    private static void Show(Printer print, App app)
    {
        print.Facts(
            ("app", app.Id),
            ("name", app.Name == app.Id ? null : app.Name),
            ("project", app.Project),
            ("owner", app.Owner),
            ("source", app.Source.Embedded ? "embedded Git" : app.Source.RepositoryUrl ?? app.Source.Image),
            ("ref", app.Source.Image is null ? app.Source.Ref : null),
            ("registry", app.Registry),
            ("image repository", app.ImageRepository),
            ("port", $"{app.ContainerPort}"),
            ("replicas", $"{app.Replicas}"),
            ("health", $"GET {app.HealthCheck.Path}, up to {app.HealthCheck.StartSeconds} s to start"),
            ("memory", app.Limits.MemoryMb == 0 ? "unlimited" : $"{app.Limits.MemoryMb} MB"),
            ("sticky", app.StickySessions ? "a client stays with one instance" : null),
            ("variables", app.Variables.Count == 0 ? null : string.Join(", ", app.Variables.Keys.Order(StringComparer.Ordinal))),
            ("secrets", app.Secrets.Count == 0 ? null : string.Join(", ", app.Secrets)));
        foreach (var at in app.Endpoints) print.Line(Terminal.Clean($"{at.Environment}: {at.Status}, instances: {at.Instances}, {at.Version ?? "no version"} {Look.Commit(at.Commit)} {at.Url}"));
    }
}
