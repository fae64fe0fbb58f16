using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Follow;
using Boreas.Cli.Output;
using Boreas.Contracts;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas images list | tidy</c>.</summary>
internal static class ImagesCommands
{
    private const int AppsOfAPage = 200;

    public static Command Build(CommandKit kit) => CommandKit.Group("images", "Images that were built and pushed to a registry", List(kit), Tidy(kit));

    private static Command List(CommandKit kit)
    {
        var app = kit.App();
        return kit.Remote("list", "List the images of an app, and why each stays", [app], async (call, cancel) =>
        {
            var answer = await call.Api.GetAsync(ApiPath.Of("apps", call.Get(app), "images"), cancel);
            call.Print.Answer(answer, () => call.Print.Rows(
                ["TAG", "DIGEST", "BUILT", "BY", "STAYS"],
                answer.Read<IReadOnlyList<AppImage>>().Select(i => (IReadOnlyList<string?>)[i.Tag, Short(i.Digest), Look.Ago(i.BuiltAt, call.Terminal.Time), i.Deployment, i.KeptBecause is { } why ? $"it {why}" : "no: nothing needs it"]),
                $"No image was built for {call.Get(app)} and pushed to its registry."));
            return ExitCode.Ok;
        });
    }

    private static Command Tidy(CommandKit kit)
    {
        var apps = new Option<string[]>("--app") { Description = "Tidy the images of this app; may be repeated", HelpName = "APP" };
        var registry = new Option<string?>("--registry") { Description = "Tidy those of all apps that push to this registry", HelpName = "NAME" };
        var keep = new Option<int?>("--keep") { Description = "How many of the newest images stay, beside those that run or can be rolled back to (default: the server's --keep-images)", HelpName = "N" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Delete nothing, and show what would go" };
        return kit.Remote("tidy", "Delete images that nothing needs from the registry, and let 'stable' name what serves", [apps, registry, keep, dryRun], async (call, cancel) =>
        {
            if (call.Get(registry) is not null == call.Get(apps) is { Length: > 0 }) throw new CommandFailure(ExitCode.Usage, "Say which images: --app APP, or --registry NAME.");
            var ids = call.Get(registry) is { } name ? await OfRegistryAsync(call, name, cancel) : [.. call.Get(apps) ?? []];
            if (ids.Count == 0) call.Print.Note($"No app pushes to {call.Get(registry)}.");
            var exit = ExitCode.Ok;
            foreach (var id in ids)
            {
                var path = ApiPath.With(ApiPath.Of("apps", id, "images", "tidy"), ("dryRun", call.Get(dryRun) ? "true" : null));
                var end = await ToTheEndAsync(call, id, (await call.Api.PostAsync(path, new TidyImagesInput(call.Get(keep)), cancel)).Read<Deployment>().Id, cancel);
                if (end != ExitCode.Ok) exit = end;
            }

            return exit;
        });
    }

    private static async Task<List<string>> OfRegistryAsync(Call call, string registry, CancellationToken cancel)
    {
        var ids = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await call.Api.GetAsync(ApiPath.With(ApiPath.Of("apps"), ("limit", $"{AppsOfAPage}"), ("cursor", cursor.Length > 0 ? cursor : null)), cancel)).Read<Page<App>>();
            ids.AddRange(page.Items.Where(app => app.Registry == registry).Select(app => app.Id));
            cursor = page.Next;
        }

        return ids;
    }

    private static async Task<ExitCode> ToTheEndAsync(Call call, string app, string run, CancellationToken cancel)
    {
        if (call.Print.Json) return await Following.ToTheEndAsync(call, run, logs: false, cancel);
        Deployment? end = null;
        await foreach (var state in new DeploymentFeed(call.Api, run, call.Print.Note, call.Terminal.Time).WatchAsync(cancel)) end = state;
        if (end!.Tasks.Select(task => task.Result).OfType<System.Text.Json.JsonElement>().Select(BoreasJson.Read<TidyImagesResult>).FirstOrDefault() is not { } result)
        {
            var failure = end.Tasks.Select(task => task.Failure).FirstOrDefault(failure => failure is not null);
            throw new CommandFailure(ExitCode.Failed, Terminal.Clean(failure?.Message ?? end.ErrorMessage ?? $"The images of {app} were not tidied."), failure?.Advice is { } advice ? Terminal.Clean(advice) : null);
        }

        call.Print.Rows(
            ["TAG", "DIGEST", result.DryRun ? "WOULD BE" : "IS", "WHY"],
            result.Tags.Select(tag => (IReadOnlyList<string?>)[tag.Tag, tag.Digest is { } digest ? Short(digest) : null, Word(tag.Outcome), $"it {tag.Why}"]),
            $"{result.Repository} has no tags.");
        call.Print.Note(Terminal.Clean($"{result.Repository}: {result.Tags.Count(tag => tag.Outcome is TagOutcome.Deleted or TagOutcome.Untagged)} of {result.Tags.Count + result.NotListed} {(result.DryRun ? "would go" : "are gone")}."));
        return ExitCode.Ok;
    }

    private static string Word(TagOutcome outcome) => outcome switch
    {
        TagOutcome.Deleted => "deleted",
        TagOutcome.Untagged => "untagged",
        TagOutcome.Foreign => "left alone",
        TagOutcome.Gone => "gone",
        _ => "kept",
    };

    private static string Short(string digest) => digest.Replace("sha256:", "", StringComparison.Ordinal)[..12];
}
