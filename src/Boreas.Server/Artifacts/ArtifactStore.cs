using System.Security.Cryptography;
using Boreas.Contracts.Problems;
using Boreas.Server.Problems;
using Microsoft.AspNetCore.Http;

namespace Boreas.Server.Artifacts;

/// <summary>
/// Built folders as gzipped tars in <c>artifacts/{2}/{digest}.tar.gz</c> of the data folder, named by the SHA-256 of
/// their bytes. A file that has its name is complete and on the disk: bytes are written beside, checked, synced, and only
/// then renamed. What is left of an upload that broke off is removed with the next clean-up.
/// </summary>
public sealed class ArtifactStore
{
    /// <summary>Cap on one artifact, in bytes.</summary>
    public const long MaxBytes = 2L * 1024 * 1024 * 1024;

    private const int OutOfSpace = 28, QuotaExceeded = 122;

    /// <summary>An upload that is not named in any report yet must not be taken for unused.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromDays(1);

    private readonly string _folder;
    private readonly string _incoming;
    private readonly TimeProvider _time;

    internal ArtifactStore(ServerOptions options, TimeProvider time)
    {
        _folder = Path.Combine(options.DataDirectory, "artifacts");
        _incoming = Path.Combine(_folder, "incoming");
        _time = time;
    }

    /// <summary>Whether the text is a digest: 64 lower-case hexadecimal digits.</summary>
    public static bool IsDigest(string text) => text.Length == 64 && text.AsSpan().IndexOfAnyExcept("0123456789abcdef") < 0;

    /// <summary>Path of the file; null when there is no such artifact.</summary>
    public string? Find(string digest) => IsDigest(digest) && PathOf(digest) is var path && File.Exists(path) ? path : null;

    /// <summary>Takes the bytes and keeps them under <paramref name="digest"/>; those that are there already are read and dropped.</summary>
    /// <exception cref="RequestRefusedException">They have another digest, are too many, or the disk is full; nothing is kept.</exception>
    public async Task SaveAsync(string digest, Stream body, CancellationToken cancellationToken)
    {
        if (!IsDigest(digest)) throw RequestRefusedException.Invalid(new FieldProblem("digest", "must be 64 lower-case hexadecimal digits, the SHA-256 of the body"));
        if (Find(digest) is { } there)
        {
            File.SetLastWriteTimeUtc(there, _time.GetUtcNow().UtcDateTime); // It is needed again, and the grace begins anew.
            await body.CopyToAsync(Stream.Null, cancellationToken);
            return;
        }

        var target = PathOf(digest);
        var temporary = Path.Combine(_incoming, Ids.New(digest[..8]));
        try
        {
            Directory.CreateDirectory(_incoming);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var found = await WriteAsync(temporary, body, cancellationToken);
            if (found != digest)
                throw new RequestRefusedException(StatusCodes.Status400BadRequest, ProblemCodes.DigestMismatch, $"The body's SHA-256 is {found}, not {digest}.", "The upload was damaged on its way: send it again.");
            File.Move(temporary, target, overwrite: true);
        }
        catch (IOException e) when (e is not BadHttpRequestException && (e.HResult & 0xffff) is OutOfSpace or QuotaExceeded)
        {
            throw new RequestRefusedException(StatusCodes.Status507InsufficientStorage, ProblemCodes.DiskFull, "The control plane's disk is full.", "Make room where its data folder is.");
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Removes every artifact that is not in <paramref name="keep"/> and was not uploaded within a day; gives how many.</summary>
    public int DeleteUnused(IReadOnlySet<string> keep)
    {
        if (!Directory.Exists(_folder)) return 0;
        var deleted = 0;
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            if (keep.Contains(file.Name.Split('.')[0]) || _time.GetUtcNow() - file.LastWriteTimeUtc < Grace) continue;
            file.Delete();
            deleted++;
        }

        return deleted;
    }

    private string PathOf(string digest) => Path.Combine(_folder, digest[..2], digest + ".tar.gz");

    private static async Task<string> WriteAsync(string path, Stream body, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous });
        var buffer = new byte[128 * 1024];
        long total = 0;
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            total += read;
            if (total > MaxBytes) throw new RequestRefusedException(StatusCodes.Status413PayloadTooLarge, ProblemCodes.TooLarge, $"An artifact is at most {MaxBytes} bytes.", "Leave out of the build what does not run.");
            hash.AppendData(buffer, 0, read);
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        await file.FlushAsync(cancellationToken);
        file.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
