using System.Formats.Tar;
using System.IO.Compression;
using Boreas.Agent.Instances;
using Boreas.Contracts.Problems;

namespace Boreas.Agent.Artifacts;

/// <summary>
/// Unpacks a gzipped tar that a build of a stranger made. Nothing lands, and no link leads, outside the folder:
/// names are relative and without '..'; every parent of what is written is a real folder, never a link; a symbolic
/// link is relative, may climb only at its start and only up to the root, and so each link resolves inside by itself
/// whatever it passes through; devices, pipes and sockets are refused; bytes and entries are capped.
/// </summary>
internal sealed class ArtifactUnpacker(long maxBytes, int maxEntries)
{
    private const UnixFileMode FolderMode = (UnixFileMode)0b111_101_101;
    private const UnixFileMode Kept = (UnixFileMode)0b111_101_101;
    private const UnixFileMode Always = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes <paramref name="folder"/>, which must not exist, hold the content; it appears whole or not at all.</summary>
    public async Task UnpackAsync(Stream archive, string folder, CancellationToken ct)
    {
        var draft = folder + ".new";
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        Directory.CreateDirectory(draft, FolderMode);
        try
        {
            await using var gzip = new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true);
            await using var tar = new TarReader(gzip, leaveOpen: true);
            var (bytes, entries) = (0L, 0);
            while (await tar.GetNextEntryAsync(copyData: false, ct) is { } entry)
            {
                bytes += entry.Length;
                if (++entries > maxEntries) throw Refuse($"it has more than {maxEntries} entries");
                if (bytes > maxBytes) throw Refuse($"it unpacks to more than {maxBytes} bytes");
                await UnpackAsync(entry, draft, ct);
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw Refuse("it is not a gzipped tar: " + error.Message);
        }

        Directory.Move(draft, folder);
    }

    private static async Task UnpackAsync(TarEntry entry, string root, CancellationToken ct)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.GlobalExtendedAttributes:
                return;
            case TarEntryType.Directory:
                _ = Folder(root, Parts(entry.Name));
                return;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                var path = Place(root, entry.Name);
                var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = (entry.Mode & Kept) | Always };
                await using (var file = new FileStream(path, options))
                    if (entry.DataStream is { } data) await data.CopyToAsync(file, ct);
                return;
            case TarEntryType.SymbolicLink:
                File.CreateSymbolicLink(Place(root, entry.Name), Target(entry));
                return;
            case TarEntryType.HardLink:
                var original = Path.Combine(root, string.Join('/', Parts(entry.LinkName)));
                _ = Folder(root, Parts(entry.LinkName)[..^1]);
                if (new FileInfo(original) is not { Exists: true, LinkTarget: null }) throw Refuse($"the link '{entry.Name}' is to no file of it");
                File.Copy(original, Place(root, entry.Name));
                return;
            default:
                throw Refuse($"'{entry.Name}' is a {entry.EntryType}, and only files, folders and links are unpacked");
        }
    }

    private static string[] Parts(string name)
    {
        if (name.StartsWith('/') || name.Contains('\0', StringComparison.Ordinal)) throw Refuse($"the name '{name}' is absolute");
        var parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        return parts.Contains("..") ? throw Refuse($"the name '{name}' leads outside") : parts;
    }

    /// <summary>Where the file goes; what an earlier entry of the same name left is gone.</summary>
    private static string Place(string root, string name)
    {
        var parts = Parts(name);
        if (parts.Length == 0) throw Refuse($"the name '{name}' is no file");
        var path = Path.Combine(Folder(root, parts[..^1]), parts[^1]);
        if (new DirectoryInfo(path) is { Exists: true, LinkTarget: null }) throw Refuse($"'{name}' is a folder and a file");
        File.Delete(path);
        return path;
    }

    private static string Folder(string root, string[] parts)
    {
        var path = root;
        foreach (var part in parts)
        {
            path = Path.Combine(path, part);
            if (new FileInfo(path).LinkTarget is not null) throw Refuse($"'{part}' is a link and a folder");
            if (!Directory.Exists(path)) Directory.CreateDirectory(path, FolderMode);
        }

        return path;
    }

    private static string Target(TarEntry link)
    {
        var (depth, climbing, climbed) = (Parts(link.Name).Length - 1, true, 0);
        if (link.LinkName.Length == 0 || link.LinkName.StartsWith('/')) throw Refuse($"the link '{link.Name}' leads to '{link.LinkName}', outside");
        foreach (var part in link.LinkName.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."))
        {
            if (part != "..") climbing = false;
            else if (!climbing || ++climbed > depth) throw Refuse($"the link '{link.Name}' leads to '{link.LinkName}', outside");
        }

        return link.LinkName;
    }

    private static InstanceProblem Refuse(string why) =>
        InstanceProblem.Failed(ProblemCodes.Refused, $"The artifact was not unpacked: {why}.", "Build the version again from a repository without such files.");
}
