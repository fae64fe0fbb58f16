using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Boreas.Contracts.Http;
using Boreas.Contracts.Problems;
using Boreas.Processes;
using Boreas.Runner.Jobs;
using Boreas.Runner.Workspaces;

namespace Boreas.Runner.Diagnosis;

/// <summary>Why a repository could not be fetched, found by asking the server ourselves: name, port, then what Git itself asks first.</summary>
internal static class RepositoryDiagnosis
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<JobFailedException> ExplainAsync(GitRemote remote, ProgramResult git, JobLog log, CancellationToken cancellation)
    {
        foreach (var line in git.ErrorTail.Split('\n').Where(line => line.Length > 0)) log.Warn("git: " + line);
        if (git.ErrorTail.Contains("No space left", StringComparison.OrdinalIgnoreCase))
            return JobFailedException.Errored(ProblemCodes.DiskFull, "The runner's disk is full.", "Free space in the runner's data directory.");
        return remote.Url.Scheme == "ssh" ? await AskSshAsync(remote, git, cancellation) : await AskHttpAsync(remote, git, cancellation);
    }

    /// <summary>When nothing was found: whether there is a repository at all; null when there is, or nobody can tell.</summary>
    public static async Task<JobFailedException?> NoRepositoryAsync(GitRemote remote, CancellationToken cancellation)
    {
        if (remote.Url.Scheme == "ssh") return null;
        var found = await AskHttpAsync(remote, new ProgramResult(0, false, "", "", TimeSpan.Zero), cancellation);
        return found.Failure.Code == ProblemCodes.RepositoryNotFound ? found : null;
    }

    private static async Task<JobFailedException> AskHttpAsync(GitRemote remote, ProgramResult git, CancellationToken cancellation)
    {
        var url = new Uri(remote.Url.Value.TrimEnd('/') + "/info/refs?service=git-upload-pack");
        using var http = new HttpClient(new OutboundHandler(useProxy: !url.IsLoopback, connectTimeout: Patience)) { Timeout = 2 * Patience };
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { { "User-Agent", "git/2" } } };
        if (remote.AuthorizationHeader is { } header) request.Headers.Authorization = AuthenticationHeaderValue.Parse(header);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return Explain(remote, response, git);
        }
        catch (HttpRequestException e)
        {
            return Unreachable(remote, e.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => $"The name {remote.Url.Host} cannot be resolved.",
                HttpRequestError.SecureConnectionError => $"No secure connection to {remote.Url.Host}: {e.InnerException?.Message ?? e.Message}",
                _ => $"Nothing answers at {url.Host}:{url.Port}: {e.InnerException?.Message ?? e.Message}",
            });
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Unreachable(remote, $"{url.Host}:{url.Port} did not answer in time.");
        }
    }

    private static JobFailedException Explain(GitRemote remote, HttpResponseMessage response, ProgramResult git)
    {
        var host = remote.Url.Host;
        switch (response.StatusCode)
        {
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when remote.Credential is null:
                return JobFailedException.Failed(ProblemCodes.RepositoryAccessDenied, $"{host} asks for a login for {remote.Url}, and the app has none.", "Store an access token as a secret of the app and name it as its credential.");
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                return JobFailedException.Failed(ProblemCodes.RepositoryAccessDenied, $"{host} refuses the stored credential for {remote.Url}.", "The token is wrong, has expired, or may not read this repository; store a new one.");
            case HttpStatusCode.NotFound or HttpStatusCode.Gone:
                return JobFailedException.Failed(ProblemCodes.RepositoryNotFound, $"{host} has no repository {remote.Url}{(remote.Credential is null ? ", or does not show it without a login" : ", or the credential may not see it")}.", "Check the URL; for a private repository, store an access token.");
            case >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest:
                return JobFailedException.Failed(ProblemCodes.RepositoryNotFound, $"The repository has moved{(response.Headers.Location is { } to ? $" to {to.GetLeftPart(UriPartial.Path).Replace("/info/refs", "", StringComparison.Ordinal)}" : "")}; redirects are not followed.", "Set the new URL in the app.");
            case HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                return Unreachable(remote, $"{host} answered {(int)response.StatusCode}.");
            default:
                if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType is not "application/x-git-upload-pack-advertisement")
                    return JobFailedException.Failed(ProblemCodes.RepositoryNotFound, $"{remote.Url} is a web page and no Git repository.", "Use the URL that 'git clone' takes.");
                return JobFailedException.Errored(ProblemCodes.RepositoryUnreachable, git.TimedOut ? "The fetch took too long and was ended." : $"The fetch failed, although {host} answers: {LastLine(git)}", "Trying again may help; the log shows what Git said.");
        }
    }

    private static async Task<JobFailedException> AskSshAsync(GitRemote remote, ProgramResult git, CancellationToken cancellation)
    {
        var port = remote.Url.Value.Contains("://", StringComparison.Ordinal) && new Uri(remote.Url.Value) is { Port: > 0 } uri ? uri.Port : 22;
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Patience);
            await socket.ConnectAsync(remote.Url.Host, port, limit.Token);
        }
        catch (SocketException e)
        {
            return Unreachable(remote, e.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData ? $"The name {remote.Url.Host} cannot be resolved." : $"Nothing answers at {remote.Url.Host}:{port}: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Unreachable(remote, $"{remote.Url.Host}:{port} did not answer in time.");
        }

        // The server answers; what it said is in what ssh wrote, there is no other way to ask.
        var said = git.ErrorTail;
        if (said.Contains("Host key verification failed", StringComparison.Ordinal) || said.Contains("host key is known", StringComparison.Ordinal))
            return JobFailedException.Failed(ProblemCodes.RepositoryHostKeyUnknown, $"The host key of {remote.Url.Host} is not known, or is another than before.", $"Check the key with the server's owner, then store the line of 'ssh-keyscan {(port == 22 ? "" : $"-p {port} ")}{remote.Url.Host}' as knownHosts of the app.");
        if (said.Contains("Permission denied", StringComparison.Ordinal) || said.Contains("error in libcrypto", StringComparison.Ordinal) || said.Contains("invalid format", StringComparison.Ordinal))
            return JobFailedException.Failed(ProblemCodes.RepositoryAccessDenied, remote.Credential is null ? $"{remote.Url.Host} asks for a key, and the app has none." : $"{remote.Url.Host} refuses the stored key.", "Store the private key as a secret of the app, and add its public key to the repository (deploy key).");
        if (said.Contains("not found", StringComparison.OrdinalIgnoreCase) || said.Contains("does not exist", StringComparison.OrdinalIgnoreCase) || said.Contains("does not appear to be a git repository", StringComparison.Ordinal))
            return JobFailedException.Failed(ProblemCodes.RepositoryNotFound, $"{remote.Url.Host} has no repository {remote.Url}, or does not show it to this key.", "Check the URL and the key's rights.");
        return JobFailedException.Errored(ProblemCodes.RepositoryUnreachable, $"The fetch failed, although {remote.Url.Host}:{port} answers: {LastLine(git)}", "Trying again may help; the log shows what Git said.");
    }

    private static JobFailedException Unreachable(GitRemote remote, string why) => JobFailedException.Errored(
        ProblemCodes.RepositoryUnreachable, $"The repository {remote.Url} cannot be reached. {why}", "Check host, port, firewall and proxy from the runner's machine.");

    private static string LastLine(ProgramResult git) => git.ErrorTail.Split('\n').LastOrDefault(line => line.Trim().Length > 0) ?? $"git ended with {git.ExitCode}";
}
