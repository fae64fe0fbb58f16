using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Environments;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas environments list | show | create | set | delete</c>.</summary>
internal static class EnvironmentsCommands
{
    public static Command Build(CommandKit kit) => CommandKit.Group("environments", "Environments: where versions go", List(kit), Show(kit), Create(kit), Set(kit), Delete(kit));

    private static Command List(CommandKit kit)
    {
        var paging = new Paging();
        return kit.Remote("list", "List the environments", paging.Options, (call, cancel) => paging.ShowAsync<DeployEnvironment>(
            call,
            ApiPath.Of("environments"),
            ["ID", "NAME", "PROJECT", "DEFAULT", "CONFIRMATION", "NODE LABELS"],
            e => [[e.Id, e.Name, e.Project, e.Default ? "yes" : "", Confirmation(e), string.Join(", ", e.NodeLabels)]],
            "No environments.",
            cancel));
    }

    private static Command Show(CommandKit kit)
    {
        var name = Named(kit);
        return kit.Remote("show", "Show an environment and its rules", [name], async (call, cancel) =>
        {
            var answer = await call.Api.GetAsync(ApiPath.Of("environments", (await FindAsync(call, call.Get(name), cancel)).Id), cancel);
            call.Print.Answer(answer, () => call.Print.Facts(Facts(answer.Read<DeployEnvironment>())));
            return ExitCode.Ok;
        });
    }

    private static IEnumerable<(string Name, string? Value)> Facts(DeployEnvironment e)
    {
        yield return ("name", e.Name);
        yield return ("id", e.Id);
        yield return ("project", e.Project + (e.Default ? ", its default" : ""));
        yield return ("node labels", e.NodeLabels.Count == 0 ? null : string.Join(", ", e.NodeLabels));
        yield return ("confirmation", e.RequireConfirm ? "every deployment waits for it" : "only where a deployment asks for it");
        foreach (var freeze in e.Freezes ?? [])
            yield return ("frozen", $"{freeze.Name}: {freeze.Start} to {freeze.End} {freeze.TimeZone}{(freeze.Days is { Count: > 0 } days ? $" ({string.Join(", ", days)})".ToLowerInvariant() : "")}");
        if (e.Confirm is not { } rule) yield break;
        IEnumerable<string> who = [.. rule.Users ?? [], .. (rule.Groups ?? []).Select(group => $"members of {group}"), .. (rule.Roles ?? []).Select(role => $"whoever is {role.ToString().ToLowerInvariant()}")];
        yield return ("approvals", $"{rule.Approvals}{(rule.AllowAuthor ? "" : ", not by the author")}");
        yield return ("approvers", string.Join(", ", who.DefaultIfEmpty("whoever is approver")));
        if (rule.ExpiresAfterSeconds is { } seconds) yield return ("expiry", $"after {seconds} s: {(rule.OnExpiry == OnExpiry.Reject ? "refused" : "rolled back")}");
    }

    private static string Confirmation(DeployEnvironment e) =>
        !e.RequireConfirm ? "" : e.Confirm is { Approvals: > 1 } rule ? $"by {rule.Approvals} people" : "required";

    private static Command Create(CommandKit kit)
    {
        var name = new Argument<string>("NAME") { Description = "The new environment's name" };
        var input = new EnvironmentOptions();
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
        var input = new EnvironmentOptions();
        return kit.Remote("set", "Change an environment; what is not named keeps its value", [name, .. input.All], async (call, cancel) =>
        {
            var environment = await FindAsync(call, call.Get(name), cancel);
            var answer = await call.Api.PutAsync(ApiPath.Of("environments", environment.Id), input.Read(call, environment), cancel);
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
}
