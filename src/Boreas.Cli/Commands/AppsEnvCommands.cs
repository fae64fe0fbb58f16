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
            var changes = new Dictionary<string, string?>(StringComparer.Ordinal);
            foreach (var (name, value) in call.Get(pairs).Select(Pair)) changes[name] = value;
            return ChangeAsync(call, call.Get(app), changes, cancel);
        });
    }

    private static Command Unset(CommandKit kit)
    {
        var app = kit.App();
        var names = new Argument<string[]>("NAME") { Description = "Variables to take away", Arity = ArgumentArity.OneOrMore };
        return kit.Remote("unset", "Take variables away", [app, names], async (call, cancel) =>
        {
            var present = (await call.Api.GetAsync(ApiPath.Of("apps", call.Get(app)), cancel)).Read<App>().Variables;
            if (call.Get(names).FirstOrDefault(name => !present.ContainsKey(name)) is { } unknown)
                throw new CommandFailure(ExitCode.NotFound, $"{call.Get(app)} has no variable '{unknown}'.", $"See 'boreas apps env list {call.Get(app)}'.");
            return await ChangeAsync(call, call.Get(app), call.Get(names).Distinct().ToDictionary(name => name, _ => (string?)null), cancel);
        });
    }

    /// <summary>A merge patch of what changes, null taking a variable away: what somebody else sets meanwhile stays.</summary>
    private static async Task<ExitCode> ChangeAsync(Call call, string app, Dictionary<string, string?> changes, CancellationToken cancel)
    {
        var answer = await call.Api.PatchAsync(ApiPath.Of("apps", app), new Dictionary<string, object> { ["variables"] = changes }, cancel);
        call.Print.Answer(answer, () => call.Print.Line($"{app} has {answer.Read<App>().Variables.Count} variables now. They take effect with 'boreas deploy {app}'."));
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
