using System.CommandLine;
using Boreas.Cli.Output;

namespace Boreas.Cli.Commands;

/// <summary><c>boreas health</c>: whether the server takes work, for health checks of containers and scripts.</summary>
internal static class HealthCommand
{
    public static Command Build(CommandKit kit) => kit.Remote("health", "Ask whether the server is ready; the exit code says it", [], async (call, cancel) =>
    {
        var answer = await call.Api.GetAsync("readyz", cancel);
        call.Print.Answer(answer, () => call.Print.Line($"{call.Api.Server} is ready."));
        return ExitCode.Ok;
    });
}
