using System.Text;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Values;
using Boreas.Processes;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Workspaces;

/// <summary>A repository, and what we show to be let in. The credential is in no argument, no URL and no readable file.</summary>
/// <param name="User">User name that goes with an HTTP token.</param>
/// <param name="CachedAs">Stands for the credential where that is another one in every job.</param>
internal sealed record GitRemote(RepositoryUrl Url, string? Credential, string User, string? KnownHosts, string? CachedAs = null)
{
    public static GitRemote Of(SourceSpec source, JobContext context) => new(
        RepositoryUrl.TryParse(source.RepositoryUrl, out var url, out var error) ? url : throw JobFailedException.Invalid("The repository URL", error),
        context.Secret(source.CredentialSecret), source.User ?? "git", source.KnownHosts, source.CachedAs);

    /// <summary>The header that a server is shown; null for SSH and without a credential.</summary>
    public string? AuthorizationHeader => Credential is null || Url.Scheme == "ssh" ? null
        : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(User + ":" + Credential.Trim()));
}

/// <summary>
/// The one way in which git is run: nothing of the machine's or the user's configuration counts, only https, http and ssh
/// are spoken, no hook and no credential program runs, no redirect is followed, no prompt waits, and a connection that
/// stalls is ended. Everything is passed by environment, because arguments can be read by every user of the machine.
/// </summary>
internal static class GitAccess
{
    private static readonly (string Key, string Value)[] Profile =
    [
        ("protocol.allow", "never"),
        ("protocol.https.allow", "always"),
        ("protocol.http.allow", "always"),
        ("protocol.ssh.allow", "always"),
        ("protocol.version", "2"),
        ("core.hooksPath", "/dev/null"),
        ("core.fsmonitor", "false"),
        ("core.askPass", ""),
        ("credential.helper", ""),
        ("http.followRedirects", "false"),
        ("http.lowSpeedLimit", "1000"),
        ("http.lowSpeedTime", "30"),
        ("submodule.recurse", "false"),
        ("fetch.recurseSubmodules", "false"),
        ("fetch.unpackLimit", "1"),
        ("gc.auto", "0"),
        ("maintenance.auto", "false"),
        ("advice.detachedHead", "false"),
        ("safe.directory", "*"),
    ];

    /// <summary>The environment of a git that talks to nobody.</summary>
    public static Dictionary<string, string> LocalEnvironment() => Environment([]);

    /// <summary>The environment of a git that talks to <paramref name="remote"/>; keys are written into the workspace.</summary>
    public static Dictionary<string, string> RemoteEnvironment(GitRemote remote, Workspace workspace)
    {
        if (remote.Url.Scheme != "ssh")
        {
            var origin = new Uri(remote.Url.Value).GetLeftPart(UriPartial.Authority);
            return Environment(remote.AuthorizationHeader is { } header ? [($"http.{origin}/.extraHeader", "Authorization: " + header)] : []);
        }

        var result = Environment([]);
        result["GIT_SSH_VARIANT"] = "ssh";
        result["GIT_SSH_COMMAND"] = string.Join(' ', SshCommand(remote, workspace));
        return result;
    }

    /// <summary>Words that git hands to a shell: all fixed but paths, which are ours and quoted.</summary>
    public static IReadOnlyList<string> SshCommand(GitRemote remote, Workspace workspace)
    {
        var words = new List<string>
        {
            "ssh", "-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "ConnectTimeout=15", "-o", "ServerAliveInterval=10",
            "-o", "ServerAliveCountMax=3", "-o", "IdentityAgent=none", "-o", "IdentitiesOnly=yes", "-o", "ForwardAgent=no", "-o", "ClearAllForwardings=yes",
        };
        words.AddRange(["-o", remote.Credential is { } key ? "IdentityFile=" + Quoted(workspace.WriteSecret("ssh-key", key.ReplaceLineEndings("\n").TrimEnd('\n') + "\n")) : "IdentityFile=none"]);
        if (remote.KnownHosts is { } hosts)
            words.AddRange(["-o", "UserKnownHostsFile=" + Quoted(workspace.WriteSecret("known-hosts", hosts.ReplaceLineEndings("\n").TrimEnd('\n') + "\n")), "-o", "GlobalKnownHostsFile=/dev/null"]);
        return words;
    }

    private static string Quoted(string path) =>
        path.Contains('\'', StringComparison.Ordinal) ? throw new ArgumentException("A workspace path holds a quote.", nameof(path)) : $"'{path}'";

    private static Dictionary<string, string> Environment(IReadOnlyList<(string Key, string Value)> more)
    {
        var result = BaseEnvironment.With(
            new("GIT_CONFIG_NOSYSTEM", "1"), new("GIT_CONFIG_GLOBAL", "/dev/null"), new("GIT_TERMINAL_PROMPT", "0"), new("GIT_OPTIONAL_LOCKS", "0"),
            new("GIT_ATTR_NOSYSTEM", "1"), new("SSH_ASKPASS_REQUIRE", "never"), new("LC_ALL", "C"));
        var settings = Profile.Concat(more).ToList();
        result["GIT_CONFIG_COUNT"] = settings.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
        for (var i = 0; i < settings.Count; i++)
        {
            result[$"GIT_CONFIG_KEY_{i}"] = settings[i].Key;
            result[$"GIT_CONFIG_VALUE_{i}"] = settings[i].Value;
        }

        return result;
    }
}
