using System.CommandLine;
using Boreas.Cli.Configuration;
using Boreas.Cli.Output;
using Boreas.Contracts;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas contexts list | use</c>: the servers that were logged in to.</summary>
internal static class ContextsCommands
{
    public static Command Build(CommandKit kit) => CommandKit.Group("contexts", "The servers that you are logged in to", List(kit), Use(kit));

    private static Command List(CommandKit kit) => kit.Local("list", "List them", [], (call, _) =>
    {
        var saved = ContextFile.Of(call.Terminal).Read();
        var shown = saved.Contexts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new { name = pair.Key, server = pair.Value.Server, user = pair.Value.User, current = pair.Key == saved.Current }).ToList();
        if (call.Print.Json) call.Print.Line(BoreasJson.ToElement(shown).GetRawText());
        else call.Print.Rows(["NAME", "SERVER", "USER", "CURRENT"], shown.Select(c => (IReadOnlyList<string?>)[c.name, c.server, c.user, c.current ? "yes" : ""]), "You are not logged in anywhere. Log in with 'boreas login URL'.");
        return Task.FromResult(ExitCode.Ok);
    });

    private static Command Use(CommandKit kit)
    {
        var name = new Argument<string>("NAME") { Description = "The one to use from now on" };
        return kit.Local("use", "Use another one from now on", [name], (call, _) =>
        {
            var file = ContextFile.Of(call.Terminal);
            var saved = file.Read();
            if (!saved.Contexts.TryGetValue(call.Get(name), out var context)) throw new CommandFailure(ExitCode.NotFound, $"There is no context named '{call.Get(name)}'.", "See 'boreas contexts list'.");
            file.Write(saved with { Current = call.Get(name) });
            call.Print.Line($"Commands go to {context.Server} now.");
            return Task.FromResult(ExitCode.Ok);
        });
    }
}
