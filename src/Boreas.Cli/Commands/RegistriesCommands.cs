using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas registries list | create | delete</c>.</summary>
internal static class RegistriesCommands
{
    public static Command Build(CommandKit kit) => CommandKit.Group("registries", "Container registries that images are pushed to and pulled from", List(kit), Create(kit), Delete(kit));

    private static Command List(CommandKit kit)
    {
        var paging = new Paging();
        return kit.Remote("list", "List the registries", paging.Options, (call, cancel) => paging.ShowAsync<Registry>(
            call,
            ApiPath.Of("registries"),
            ["NAME", "HOST", "PROJECT", "TLS", "USER", "PASSWORD"],
            r => [[r.Name, r.Host, r.Project, r.PlainHttp ? "no" : "yes", r.UserName, r.HasPassword ? "set" : ""]],
            "No registries: images stay in the container engine that built them.",
            cancel));
    }

    private static Command Create(CommandKit kit)
    {
        var name = new Argument<string>("NAME") { Description = "Its name here" };
        var host = new Argument<string>("HOST") { Description = "Host and port, for example registry.example.org:5000" };
        var project = new Option<string?>("--project") { Description = "Project that it belongs to, and the first part of the image names in it (default: default)", HelpName = "PROJECT" };
        var plain = new Option<bool>("--plain-http") { Description = "It speaks no TLS" };
        var user = new Option<string?>("--user") { Description = "Log in as this user; the password is asked for, or taken from standard input", HelpName = "USER" };
        return kit.Remote("create", "Make a registry known", [name, host, project, plain, user], async (call, cancel) =>
        {
            var password = call.Get(user) is { } login ? await call.Terminal.ReadSecretAsync($"Password of {login}", cancel) : null;
            var input = new RegistryInput(call.Get(name), call.Get(host), call.Get(project), call.Get(plain), call.Get(user), password);
            var answer = await call.Api.PostAsync(ApiPath.Of("registries"), input, cancel);
            call.Print.Answer(answer, () => call.Print.Line($"{call.Get(name)} is known. Use it with 'boreas apps set APP --registry {call.Get(name)}'."));
            return ExitCode.Ok;
        });
    }

    private static Command Delete(CommandKit kit)
    {
        var name = new Argument<string>("NAME") { Description = "Its name here" };
        return kit.Remote("delete", "Forget a registry and its password", [name], async (call, cancel) =>
        {
            var answer = await call.Api.DeleteAsync(ApiPath.Of("registries", call.Get(name)), cancel);
            call.Print.Answer(answer, () => call.Print.Line($"{call.Get(name)} is forgotten."));
            return ExitCode.Ok;
        });
    }
}
