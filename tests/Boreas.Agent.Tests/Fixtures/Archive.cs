using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Boreas.Agent.Tests.Fixtures;

/// <summary>Makes gzipped tars, also ones that no honest build makes.</summary>
internal static class Archive
{
    public static byte[] Of(params TarEntry[] entries)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
            foreach (var entry in entries) tar.WriteEntry(entry);
        return result.ToArray();
    }

    public static TarEntry File(string name, string content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite) =>
        new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)), Mode = mode };

    public static TarEntry Link(string name, string target) => new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target };

    public static TarEntry HardLink(string name, string target) => new PaxTarEntry(TarEntryType.HardLink, name) { LinkName = target };

    public static TarEntry Folder(string name) => new PaxTarEntry(TarEntryType.Directory, name);

    public static TarEntry Pipe(string name) => new PaxTarEntry(TarEntryType.Fifo, name);
}
