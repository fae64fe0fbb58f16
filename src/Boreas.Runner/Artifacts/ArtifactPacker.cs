using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Boreas.Runner.Workspaces;

namespace Boreas.Runner.Artifacts;

/// <summary>A packed folder: its SHA-256 (lower-case hex) and its size in bytes.</summary>
internal sealed record PackedArtifact(string File, string Digest, long Size);

/// <summary>
/// Packs a folder so that the same files always give the same bytes: sorted by name, one fixed time and owner, and of the
/// modes only whether a file can be executed. Links that stay inside come along as links; others are left out.
/// </summary>
internal static class ArtifactPacker
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private static readonly DateTimeOffset Time = DateTimeOffset.UnixEpoch;

    /// <param name="isLeftOut">Whether a folder or file, by its path within <paramref name="folder"/>, stays out.</param>
    public static async Task<PackedArtifact> PackAsync(string folder, string file, Func<string, bool> isLeftOut, Action<string> onLeavingLink, CancellationToken cancellation)
    {
        await using (var stream = File.Create(file))
        await using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
        await using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            foreach (var (path, info) in Entries(new DirectoryInfo(folder), "", isLeftOut))
            {
                cancellation.ThrowIfCancellationRequested();
                if (info.LinkTarget is { } target)
                {
                    if (CheckoutPath.TryResolve(folder, path, out _)) await tar.WriteEntryAsync(Entry(TarEntryType.SymbolicLink, path, Executable, target), cancellation);
                    else onLeavingLink(path);
                }
                else if (info is DirectoryInfo)
                {
                    await tar.WriteEntryAsync(Entry(TarEntryType.Directory, path + "/", Executable), cancellation);
                }
                else
                {
                    await using var content = File.OpenRead(info.FullName);
                    var entry = Entry(TarEntryType.RegularFile, path, (info.UnixFileMode & UnixFileMode.UserExecute) != 0 ? Executable : Readable);
                    entry.DataStream = content;
                    await tar.WriteEntryAsync(entry, cancellation);
                }
            }
        }

        await using var packed = File.OpenRead(file);
        return new PackedArtifact(file, Convert.ToHexStringLower(await SHA256.HashDataAsync(packed, cancellation)), packed.Length);
    }

    private static PaxTarEntry Entry(TarEntryType type, string path, UnixFileMode mode, string? target = null)
    {
        var entry = new PaxTarEntry(type, path) { Mode = mode, ModificationTime = Time };
        if (target is not null) entry.LinkName = target;
        return entry;
    }

    private static IEnumerable<(string Path, FileSystemInfo Info)> Entries(DirectoryInfo folder, string prefix, Func<string, bool> isLeftOut)
    {
        foreach (var info in folder.EnumerateFileSystemInfos().OrderBy(info => info.Name, StringComparer.Ordinal))
        {
            var path = prefix + info.Name;
            if (info.Name == ".git" || isLeftOut(path)) continue;
            yield return (path, info);
            if (info is not DirectoryInfo inner || info.LinkTarget is not null) continue;
            foreach (var below in Entries(inner, path + "/", isLeftOut)) yield return below;
        }
    }
}
