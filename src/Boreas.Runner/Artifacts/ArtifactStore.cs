using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Artifacts;

/// <summary>The control plane's store of built folders, named by their SHA-256.</summary>
internal sealed class ArtifactStore(ControlPlaneClient controlPlane, TimeProvider time)
{
    private const int Attempts = 6;

    /// <summary>Uploads it unless the store has it.</summary>
    public async Task<BuiltArtifact> PutAsync(JobContext context, PackedArtifact artifact, CancellationToken cancellation)
    {
        await TryAsync(async () =>
        {
            if (await controlPlane.HasArtifactAsync(artifact.Digest, cancellation)) return true;
            await using var content = File.OpenRead(artifact.File);
            await controlPlane.PutArtifactAsync(context.Job, artifact.Digest, content, artifact.Size, cancellation);
            return true;
        }, cancellation);
        return new BuiltArtifact(artifact.Digest, artifact.Size);
    }

    /// <summary>Fetches it, checks it, and unpacks it into <paramref name="folder"/>.</summary>
    public async Task UnpackAsync(BuiltArtifact artifact, string folder, string temporaryFile, CancellationToken cancellation)
    {
        await TryAsync(async () =>
        {
            using var response = await controlPlane.GetArtifactAsync(artifact.Digest, cancellation)
                ?? throw JobFailedException.Failed(ProblemCodes.ArtifactMissing, $"The built artifact {artifact.Digest[..12]} is not in the store any more.", "Deploy again with a build.");
            await using var file = File.Create(temporaryFile);
            try
            {
                await response.Content.CopyToAsync(file, cancellation);
            }
            catch (Exception e) when (e is HttpRequestException or IOException && !DiskFull(e))
            {
                throw new ControlPlaneException("The artifact was cut off: " + e.Message, refused: false, e);
            }

            return true;
        }, cancellation);

        await using var packed = File.OpenRead(temporaryFile);
        if (Convert.ToHexStringLower(await SHA256.HashDataAsync(packed, cancellation)) != artifact.Digest)
            throw JobFailedException.Errored(ProblemCodes.DigestMismatch, "The artifact that came is not the one that was built.", "Deploy again with a build when this stays.");
        packed.Position = 0;
        await using var gzip = new GZipStream(packed, CompressionMode.Decompress);

        // Refuses names and links that lead out of the folder.
        await TarFile.ExtractToDirectoryAsync(gzip, folder, overwriteFiles: true, cancellation);
    }

    private static bool DiskFull(Exception e) => e is IOException io && DiskSpace.IsFull(io);

    private async Task<T> TryAsync<T>(Func<Task<T>> action, CancellationToken cancellation)
    {
        var backoff = new Backoff(time);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await action();
            }
            catch (ControlPlaneException e) when (!e.Refused && attempt < Attempts)
            {
                await backoff.WaitAsync(cancellation);
            }
        }
    }
}
