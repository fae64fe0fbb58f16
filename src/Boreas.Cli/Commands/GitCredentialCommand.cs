using System.CommandLine;
using Boreas.Cli.Api;
using Boreas.Cli.Output;

namespace Boreas.Cli.Commands;

/// <summary>
/// <c>boreas git-credential get</c>: a Git credential helper (see gitcredentials(7)), so that 'git push' to the embedded Git
/// uses the saved token and no token stands in a URL. It answers for the server it knows, for the address that this server
/// names as its Git, and for no other.
/// </summary>
internal static class GitCredentialCommand
{
    public static Command Build(CommandKit kit)
    {
        var operation = new Argument<string>("OPERATION") { Description = "get, store or erase, as Git says" };
        var command = kit.Remote("git-credential", "Give Git the token for the embedded Git: git config credential.helper '!boreas git-credential'", [operation], async (call, cancel) =>
        {
            var asked = new Dictionary<string, string>();
            while (await call.Terminal.In.ReadLineAsync(cancel) is { Length: > 0 } line)
            {
                var at = line.IndexOf('=', StringComparison.Ordinal);
                if (at > 0) asked[line[..at]] = line[(at + 1)..];
            }

            if (call.Get(operation) != "get" || call.Server.Token is not { } token || !await IsForAsync(asked, call, cancel)) return ExitCode.Ok;
            call.Print.Line("username=boreas");
            call.Print.Line($"password={token}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<bool> IsForAsync(Dictionary<string, string> asked, Call call, CancellationToken cancel)
    {
        if (IsFor(asked, call.Server.Server)) return true;
        try
        {
            return IsFor(asked, await EmbeddedGit.FindAsync(call.Api, cancel));
        }
        catch (CommandFailure)
        {
            return false; // Git asks every helper about every host: who cannot be asked here has nothing to say about this one.
        }
    }

    private static bool IsFor(Dictionary<string, string> asked, Uri server) =>
        asked.GetValueOrDefault("protocol") == server.Scheme
        && Uri.TryCreate($"{server.Scheme}://{asked.GetValueOrDefault("host")}", UriKind.Absolute, out var host)
        && host.Authority == server.Authority;
}
