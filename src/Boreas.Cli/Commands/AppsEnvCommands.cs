using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;
using Boreas.Contracts.Apps;
using Boreas.Contracts.Values;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas apps env list | set | unset</c>: an app's environment variables, which are not secret.</summary>
internal static class AppsEnvCommands
{
    public static Command Build(CommandKit kit) => CommandKit.Group("env", "Environment variables of an app; for what is secret see 'apps secrets'", List(kit), Set(kit), Unset(kit));

    private static Command List(CommandKit kit)
    {
        var app = kit.App();
        return kit.Remote("list", "List the variables", [app], async (call, cancel) =>
        {
            var answer = await call.Api.GetAsync(ApiPath.Of("apps", call.Get(app)), cancel);
            call.Print.Answer(answer, () => call.Print.Rows(
                ["NAME", "VALUE"],
                answer.Read<App>().Variables.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (IReadOnlyList<string?>)[pair.Key, pair.Value]),
                $"{call.Get(app)} has no variables. Set some with 'boreas apps env set {call.Get(app)} NAME=VALUE'."));
            return ExitCode.Ok;
        });
    }

    private static Command Set(CommandKit kit)
    {
        var app = kit.App();
        var pairs = new Argument<string[]>("NAME=VALUE") { Description = "Variables to set", Arity = ArgumentArity.OneOrMore };
        return kit.Remote("set", "Set variables, from the next deployment on", [app, pairs], (call, cancel) =>
        {
            var given = call.Get(pairs).Select(Pair).ToList();
            return ChangeAsync(call, call.Get(app), variables =>
            {
                foreach (var (name, value) in given) variables[name] = value;
            }, cancel);
        });
    }

    private static Command Unset(CommandKit kit)
    {
        var app = kit.App();
        var names = new Argument<string[]>("NAME") { Description = "Variables to take away", Arity = ArgumentArity.OneOrMore };
        return kit.Remote("unset", "Take variables away", [app, names], (call, cancel) => ChangeAsync(call, call.Get(app), variables =>
        {
            foreach (var name in call.Get(names))
            {
                if (!variables.Remove(name)) throw new CommandFailure(ExitCode.NotFound, $"{call.Get(app)} has no variable '{name}'.", $"See 'boreas apps env list {call.Get(app)}'.");
            }
        }, cancel));
    }

    private static async Task<ExitCode> ChangeAsync(Call call, string app, Action<Dictionary<string, string>> change, CancellationToken cancel)
    {
        var path = ApiPath.Of("apps", app);
        var variables = (await call.Api.GetAsync(path, cancel)).Read<App>().Variables.ToDictionary();
        change(variables);
        var answer = await call.Api.PatchAsync(path, new AppInput(Variables: variables), cancel);
        call.Print.Answer(answer, () => call.Print.Line($"{app} has {variables.Count} variables now. They take effect with 'boreas deploy {app}'."));
        return ExitCode.Ok;
    }

    private static (string Name, string Value) Pair(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        if (at < 0) throw new CommandFailure(ExitCode.Usage, $"'{text}' is not NAME=VALUE.");
        return VariableName.TryParse(text[..at], out var name, out var error) ? (name.Value, text[(at + 1)..])
            : throw new CommandFailure(ExitCode.Usage, $"The name of a variable {error}.");
    }
}
