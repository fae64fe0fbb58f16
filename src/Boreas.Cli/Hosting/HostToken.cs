using Boreas.Cli.Commands;
using Boreas.Cli.Configuration;
using Boreas.Cli.Output;

namespace Boreas.Cli.Hosting;

/// <summary>
/// The token of a hosted part. One from a file is read anew at every call, so that it can be changed without a restart; when
/// the file is away for a moment, the last one that was there goes on.
/// </summary>
internal sealed class HostToken
{
    private readonly string? file;
    private volatile string last;

    private HostToken(string? file, string last) => (this.file, this.last) = (file, last);

    public static async Task<HostToken> FindAsync(Call call, CommandKit kit, CancellationToken cancel)
    {
        var named = call.Option(kit.TokenFile);
        var file = named ?? (call.Terminal.Environment("BOREAS_TOKEN") is { Length: > 0 } ? null : call.Terminal.Environment("BOREAS_TOKEN_FILE"));
        if (file is { Length: > 0 } and not "-") return new HostToken(file, await Connection.ReadTokenAsync(call.Terminal, file, cancel));
        var token = (await Connection.FindAsync(call.Terminal, call.Option(kit.Server), named, call.Option(kit.Context), cancel)).Token;
        return new HostToken(null, token ?? throw new CommandFailure(ExitCode.Refused, "It needs a token of its own kind.", "Make one on the server with 'boreas tokens create NAME --kind runner|agent|gateway|forge' and give it with --token-file."));
    }

    public string Read()
    {
        if (file is null) return last;
        try
        {
            if (File.ReadAllText(file).Trim() is { Length: > 0 } token) last = token;
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            // It is being replaced, or the mount is away: the server will say when the last one is no longer good.
        }

        return last;
    }
}
