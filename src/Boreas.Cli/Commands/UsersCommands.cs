using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Access;
using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas users list | create | set-password</c>.</summary>
internal static class UsersCommands
{
    public static Command Build(CommandKit kit) => CommandKit.Group("users", "People who use this server", List(kit), Create(kit), SetPassword(kit));

    private static Command List(CommandKit kit)
    {
        var paging = new Paging();
        return kit.Remote("list", "List the users", paging.Options, (call, cancel) => paging.ShowAsync<User>(
            call,
            ApiPath.Of("users"),
            ["ID", "NAME", "ROLES", "CREATED", "STATE"],
            user => [[user.Id, user.Name, user.Admin ? "administrator" : string.Join(", ", user.Projects.Select(p => $"{p.Key}: {p.Value.ToString().ToLowerInvariant()}")), Look.Ago(user.CreatedAt, call.Terminal.Time), user.Disabled ? "disabled" : "active"]],
            "No users.",
            cancel));
    }

    private static Command Create(CommandKit kit)
    {
        var name = new Argument<string>("NAME") { Description = "The new user's name" };
        var admin = new Option<bool>("--admin") { Description = "An administrator" };
        var roles = new Option<string[]>("--role") { Description = "Role in a project: viewer, developer, approver or admin; may be repeated", HelpName = "PROJECT=ROLE" };
        return kit.Remote("create", "Create a user: asks for the password, or takes it from standard input", [name, admin, roles], async (call, cancel) =>
        {
            var projects = (call.Get(roles) ?? []).Select(ProjectRole).ToDictionary();
            var password = await NewPasswordAsync(call, call.Get(name), cancel);
            var answer = await call.Api.PostAsync(ApiPath.Of("users"), new UserInput(call.Get(name), password, call.Get(admin), projects), cancel);
            call.Print.Answer(answer, () => call.Print.Line($"{call.Get(name)} was created."));
            return ExitCode.Ok;
        });
    }

    private static Command SetPassword(CommandKit kit)
    {
        var name = new Argument<string?>("USER") { Description = "The user's name or id (default: yourself, and your present password is needed)", Arity = ArgumentArity.ZeroOrOne };
        return kit.Remote("set-password", "Set a password: asks for it, or takes it from standard input; your own after a line with the present one", [name], async (call, cancel) =>
        {
            if (call.Get(name) is not { } named) return await SetOwnPasswordAsync(call, cancel);
            var users = await Listing.AllAsync<User>(call.Api, ApiPath.Of("users"), cancel);
            var user = Listing.Unique(users, "user", named, u => u.Id, u => u.Name);
            var password = await NewPasswordAsync(call, user.Name, cancel);
            var answer = await call.Api.PutAsync(ApiPath.Of("users", user.Id), new UserInput(Password: password), cancel);
            call.Print.Answer(answer, () => call.Print.Line($"The password of {Terminal.Clean(user.Name)} is set."));
            return ExitCode.Ok;
        });
    }

    private static async Task<ExitCode> SetOwnPasswordAsync(Call call, CancellationToken cancel)
    {
        var me = (await call.Api.GetAsync(ApiPath.Of("me"), cancel)).Read<Me>();
        var current = call.Terminal.InIsTerminal ? await call.Terminal.ReadSecretAsync($"Present password of {Terminal.Clean(me.Name)}", cancel) : await call.Terminal.In.ReadLineAsync(cancel) ?? "";
        var password = await NewPasswordAsync(call, me.Name, cancel);
        await call.Api.PutAsync(ApiPath.Of("me", "password"), new PasswordChange(current, password), cancel);
        call.Print.Line("Your password is changed. Your sessions in browsers have ended; tokens stay as they are.");
        return ExitCode.Ok;
    }

    private static async Task<string> NewPasswordAsync(Call call, string name, CancellationToken cancel)
    {
        var password = await call.Terminal.ReadSecretAsync($"New password of {Terminal.Clean(name)}", cancel);
        if (call.Terminal.InIsTerminal && await call.Terminal.ReadSecretAsync("Once more", cancel) != password)
            throw new CommandFailure(ExitCode.Usage, "The two are not the same; nothing was changed.");
        return password;
    }

    private static KeyValuePair<string, Role> ProjectRole(string text) =>
        text.Split('=') is [{ Length: > 0 } project, var name] && Enum.TryParse<Role>(name, ignoreCase: true, out var role) && Enum.IsDefined(role) && !char.IsAsciiDigit(name[0])
            ? new KeyValuePair<string, Role>(project, role)
            : throw new CommandFailure(ExitCode.Usage, $"'{text}' is not PROJECT=ROLE.", "Roles are viewer, developer, approver and admin.");
}
