using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Versions;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas versions list | create | show</c>.</summary>
internal static class VersionsCommands
{
    public static Command Build(CommandKit kit) => CommandKit.Group("versions", "Versions: named sets of app revisions that never change", List(kit), Create(kit), Show(kit));

    /// <summary>Reads <c>APP</c>, <c>APP=REF</c> or <c>APP@IMAGE</c>.</summary>
    public static AppRevision Revision(string text)
    {
        var at = text.IndexOfAny(['=', '@']);
        if (at < 0) return new AppRevision(text);
        if (at == 0 || at == text.Length - 1) throw new CommandFailure(ExitCode.Usage, $"'{text}' is not APP, APP=REF or APP@IMAGE.");
        return text[at] == '=' ? new AppRevision(text[..at], Ref: text[(at + 1)..]) : new AppRevision(text[..at], Image: text[(at + 1)..]);
    }

    private static Command List(CommandKit kit)
    {
        var paging = new Paging();
        return kit.Remote("list", "List the versions, newest first", paging.Options, (call, cancel) => paging.ShowAsync<AppVersion>(
            call,
            ApiPath.Of("versions"),
            ["ID", "NAME", "APPS", "BY", "CREATED"],
            v => [[v.Id, v.Name, string.Join(", ", v.Apps.Select(app => app.AppId)), v.CreatedBy, Look.Ago(v.CreatedAt, call.Terminal.Time)]],
            "No versions yet.",
            cancel));
    }

    private static Command Create(CommandKit kit)
    {
        var name = new Argument<string>("NAME") { Description = "The version's name, for example v1.2.5" };
        var revisions = new Argument<string[]>("APP[=REF]") { Description = "Its apps: APP, APP=REF (branch, tag, commit) or APP@IMAGE", Arity = ArgumentArity.OneOrMore };
        var project = new Option<string?>("--project") { Description = "Project that it belongs to", HelpName = "PROJECT" };
        return kit.Remote("create", "Create a version", [name, revisions, project], async (call, cancel) =>
        {
            var input = new VersionInput(call.Get(name), call.Get(project), [.. call.Get(revisions).Select(Revision)]);
            var answer = await call.Api.PostAsync(ApiPath.Of("versions"), input, cancel);
            call.Print.Answer(answer, () =>
            {
                call.Print.Line($"{call.Get(name)} was created.");
                call.Print.Line($"  Roll it out: boreas deploy --version {call.Get(name)} --env ENV");
            });
            return ExitCode.Ok;
        });
    }

    private static Command Show(CommandKit kit)
    {
        var id = kit.Completed(new Argument<string>("VERSION") { Description = "The version's name or id" }, "versions");
        return kit.Remote("show", "Show one version", [id], async (call, cancel) =>
        {
            var found = Listing.Unique(await Listing.AllAsync<AppVersion>(call.Api, ApiPath.Of("versions"), cancel), "version", call.Get(id), v => v.Id, v => v.Name);
            var answer = await call.Api.GetAsync(ApiPath.Of("versions", found.Id), cancel);
            call.Print.Answer(answer, () => call.Print.Rows(
                ["APP", "REF", "COMMIT", "IMAGE", "DIGEST"],
                answer.Read<AppVersion>().Apps.Select(app => (IReadOnlyList<string?>)[app.AppId, app.Ref, Look.Commit(app.Commit), app.Image, app.Digest]),
                "It has no apps."));
            return ExitCode.Ok;
        });
    }
}
