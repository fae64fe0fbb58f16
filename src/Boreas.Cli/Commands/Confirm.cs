using System.CommandLine;
using Boreas.Cli.Output;

namespace Boreas.Cli.Commands;

/// <summary>Asks before something that cannot be taken back.</summary>
internal static class Confirm
{
    public static async Task AskAsync(Call call, Option<bool> yes, string what, CancellationToken cancel)
    {
        if (call.Get(yes)) return;
        if (!call.Terminal.InIsTerminal) throw new CommandFailure(ExitCode.Usage, $"{what}? Nobody can be asked here.", "Add --yes.");
        if (await call.Terminal.AskAsync($"{what}? (yes/no)", cancel) is not ("yes" or "y")) throw new CommandFailure(ExitCode.Failed, "Nothing was done.");
    }
}
