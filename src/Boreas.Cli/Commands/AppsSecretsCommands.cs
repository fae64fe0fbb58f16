using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Apps;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas apps secrets list | set | delete</c>. Values are typed without echo or piped in, never arguments.</summary>
internal static class AppsSecretsCommands
{
    public static Command Build(CommandKit kit) => CommandKit.Group("secrets", "Secrets of an app: values go in and never come out", List(kit), Set(kit), Delete(kit));

    private static Command List(CommandKit kit)
    {
        var app = kit.App();
        return kit.Remote("list", "List the names of the secrets", [app], async (call, cancel) =>
        {
            var answer = await call.Api.GetAsync(ApiPath.Of("secrets", call.Get(app)), cancel);
            call.Print.Answer(answer, () => call.Print.Rows(
                ["NAME", "VERSION", "CHANGED", "BY"],
                answer.Read<IReadOnlyList<SecretInfo>>().Select(secret => (IReadOnlyList<string?>)[secret.Name, $"{secret.Version}", Look.Ago(secret.UpdatedAt, call.Terminal.Time), secret.UpdatedBy]),
                $"{call.Get(app)} has no secrets. Set one with 'boreas apps secrets set {call.Get(app)} NAME'."));
            return ExitCode.Ok;
        });
    }

    private static Command Set(CommandKit kit)
    {
        var app = kit.App();
        var name = Name();
        return kit.Remote("set", "Set a secret: asks for the value, or takes it from standard input", [app, name], async (call, cancel) =>
        {
            var value = await call.Terminal.ReadSecretAsync($"Value of {call.Get(name)}", cancel);
            var answer = await call.Api.PutAsync(ApiPath.Of("secrets", call.Get(app), call.Get(name)), new SecretInput(value), cancel);
            call.Print.Answer(answer, () => call.Print.Line($"{call.Get(name)} is set. It takes effect with 'boreas deploy {call.Get(app)}'."));
            return ExitCode.Ok;
        });
    }

    private static Command Delete(CommandKit kit)
    {
        var app = kit.App();
        var name = Name();
        var everywhere = new Option<bool>("--everywhere") { Description = "Delete the values of earlier releases too: none of them can be started again" };
        return kit.Remote("delete", "Take a secret from an app; releases that run with it keep its value", [app, name, everywhere], async (call, cancel) =>
        {
            var answer = await call.Api.DeleteAsync(ApiPath.With(ApiPath.Of("secrets", call.Get(app), call.Get(name)), ("everywhere", call.Get(everywhere) ? "true" : null)), cancel);
            call.Print.Answer(answer, () => call.Print.Line($"{call.Get(name)} was deleted{(call.Get(everywhere) ? " everywhere" : "")}."));
            return ExitCode.Ok;
        });
    }

    private static Argument<string> Name() => new("NAME") { Description = "The secret's name, which is also the variable that the app sees" };
}
