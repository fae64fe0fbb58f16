using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Boreas.Agent.Files;
using Boreas.Agent.Instances;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;

namespace Boreas.Agent.Artifacts;

/// <summary>
/// Artifacts by digest under <c>artifacts/</c>. A file there is complete and has the digest of its name: it is
/// written beside, checked, and moved into place.
/// </summary>
internal sealed class ArtifactCache(AgentOptions options, HttpClient http, TimeProvider time)
{
    public const string SecretName = "boreas_artifact";

    private static readonly TimeSpan FetchTimeout = TimeSpan.FromMinutes(15);

    private readonly string _folder = Path.Combine(options.DataDirectory, "artifacts");
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _fetching = new(StringComparer.Ordinal);

    /// <summary>The file with the artifact, fetched when it is not here. The caller reads it at once: later it may go.</summary>
    /// <param name="secret">The right to read it; null uses the agent's own token.</param>
    public async Task<FileStream> OpenAsync(BuiltArtifact artifact, string? url, string? secret, CancellationToken ct)
    {
        var path = Path.Combine(_folder, artifact.Digest + ".tar.gz");
        var gate = _fetching.GetOrAdd(artifact.Digest, _ => new SemaphoreSlim(1));
        await gate.WaitAsync(ct);
        try
        {
            if (!File.Exists(path)) await FetchAsync(artifact, url, secret, path, ct);
            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            Trim();
            return stream;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task FetchAsync(BuiltArtifact artifact, string? url, string? secret, string path, CancellationToken ct)
    {
        PrivateFile.CreateFolder(_folder);
        var address = url is null ? new Uri(options.ControlPlane, $"artifacts/{artifact.Digest}") : new Uri(url);
        var draft = Path.Combine(_folder, artifact.Digest + "." + Guid.NewGuid().ToString("N") + ".part");
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(FetchTimeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret ?? options.Token());
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            if (!response.IsSuccessStatusCode) throw Refused(artifact, response.StatusCode);
            await using var body = await response.Content.ReadAsStreamAsync(timeout.Token);
            await StoreAsync(artifact, body, draft, timeout.Token);
            File.Move(draft, path, overwrite: true);
        }
        catch (HttpRequestException error)
        {
            throw InstanceProblem.Errored(ProblemCodes.ArtifactMissing, $"The artifact could not be fetched from {address.GetLeftPart(UriPartial.Path)}: {error.Message}", "Check that the node reaches the control plane at this address.");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw InstanceProblem.Errored(ProblemCodes.Timeout, $"The artifact was not fetched within {FetchTimeout.TotalMinutes:0} minutes.", "Check the connection between node and control plane.");
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static async Task StoreAsync(BuiltArtifact artifact, Stream body, string draft, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = 0L;
        var buffer = new byte[128 * 1024];
        await using (var file = new FileStream(draft, FileMode.CreateNew, FileAccess.Write))
        {
            int read;
            while ((read = await body.ReadAsync(buffer, ct)) > 0)
            {
                length += read;
                if (length > artifact.Size) break;
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), ct);
            }

            file.Flush(flushToDisk: true);
        }

        var digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (length != artifact.Size || digest != artifact.Digest)
            throw InstanceProblem.Errored(ProblemCodes.DigestMismatch, $"The artifact {artifact.Digest} ({artifact.Size} bytes) arrived as {digest} ({length} bytes or more).", "Build again; if it stays, something between node and control plane changes what passes.");
    }

    private static InstanceProblem Refused(BuiltArtifact artifact, HttpStatusCode status) => (int)status >= 500
        ? InstanceProblem.Errored(ProblemCodes.ArtifactMissing, $"The artifact store answered {(int)status} for {artifact.Digest}.", "It is tried again; look at the control plane's log if it stays.")
        : InstanceProblem.Failed(ProblemCodes.ArtifactMissing, $"The artifact store answered {(int)status} for {artifact.Digest}.", "Deploy the version again with a build: its artifact is no longer kept, or this node may not read it.");

    private void Trim()
    {
        var kept = 0L;
        var files = new DirectoryInfo(_folder).EnumerateFiles("*.tar.gz").OrderByDescending(file => file.LastWriteTimeUtc).ToList();
        for (var i = 0; i < files.Count; i++)
        {
            kept += files[i].Length;
            if (i > 0 && (i >= options.ArtifactCacheCount || kept > options.ArtifactCacheBytes)) files[i].Delete();
        }
    }
}
