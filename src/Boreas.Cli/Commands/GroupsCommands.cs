using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas groups list | create | add | remove | delete</c>.</summary>
internal static class GroupsCommands
{
    public static Command Build(CommandKit kit) => CommandKit.Group("groups", "Groups of users, who may confirm where an environment's rule names them", List(kit), Create(kit), Add(kit), Remove(kit), Delete(kit));

    private static Command List(CommandKit kit)
    {
        var paging = new Paging();
        return kit.Remote("list", "List the groups and who is in them", paging.Options, (call, cancel) => paging.ShowAsync<Group>(
            call,
            ApiPath.Of("groups"),
            ["NAME", "MEMBERS", "CREATED"],
            group => [[group.Name, string.Join(", ", group.Members.Select(m => m.Disabled ? $"{m.Name} (disabled)" : m.Name)), Look.Ago(group.CreatedAt, call.Terminal.Time)]],
            "No groups.",
            cancel));
    }

    private static Command Create(CommandKit kit)
    {
        var name = new Argument<string>("NAME") { Description = "The new group's name" };
        var users = new Argument<string[]>("USER") { Description = "Names of users who are in it", Arity = ArgumentArity.ZeroOrMore };
        return kit.Remote("create", "Create a group", [name, users], async (call, cancel) =>
        {
            var answer = await call.Api.PostAsync(ApiPath.Of("groups"), new GroupInput(call.Get(name), call.Get(users)), cancel);
            call.Print.Answer(answer, () => call.Print.Line($"{call.Get(name)} was created. Let it confirm with 'boreas environments set ENVIRONMENT --approver-group {call.Get(name)}'."));
            return ExitCode.Ok;
        });
    }

    private static Command Add(CommandKit kit) => ForEachUser(kit, "add", "Take users into a group", "is in", (api, path, cancel) => api.SendAsync(HttpMethod.Put, path, null, cancel));

    private static Command Remove(CommandKit kit) => ForEachUser(kit, "remove", "Take users out of a group: what they confirmed stays", "left", (api, path, cancel) => api.DeleteAsync(path, cancel));

    private static Command ForEachUser(CommandKit kit, string word, string description, string now, Func<ApiClient, string, CancellationToken, Task<Answer>> act)
    {
        var name = Named(kit);
        var users = new Argument<string[]>("USER") { Description = "Names of users", Arity = ArgumentArity.OneOrMore };
        return kit.Remote(word, description, [name, users], async (call, cancel) =>
        {
            foreach (var user in call.Get(users)!)
            {
                var answer = await act(call.Api, ApiPath.Of("groups", call.Get(name), "members", user), cancel);
                call.Print.Answer(answer, () => call.Print.Line($"{user} {now} {call.Get(name)}."));
            }

            return ExitCode.Ok;
        });
    }

    private static Command Delete(CommandKit kit)
    {
        var name = Named(kit);
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        return kit.Remote("delete", "Delete a group that no rule names, of an environment or of a deployment under way", [name, yes], async (call, cancel) =>
        {
            await Confirm.AskAsync(call, yes, $"Delete the group {call.Get(name)}", cancel);
            var answer = await call.Api.DeleteAsync(ApiPath.Of("groups", call.Get(name)), cancel);
            call.Print.Answer(answer, () => call.Print.Line($"{call.Get(name)} was deleted."));
            return ExitCode.Ok;
        });
    }

    private static Argument<string> Named(CommandKit kit) => kit.Completed(new Argument<string>("GROUP") { Description = "The group's name" }, "groups");
}
