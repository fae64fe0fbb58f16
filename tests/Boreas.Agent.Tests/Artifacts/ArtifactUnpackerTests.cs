using System.Formats.Tar;
using Boreas.Agent.Artifacts;
using Boreas.Agent.Instances;
using Boreas.Agent.Tests.Fixtures;
using Boreas.Contracts.Problems;

namespace Boreas.Agent.Tests.Artifacts;

public sealed class ArtifactUnpackerTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("boreas-unpack-").FullName;

    private string App => Path.Combine(_root, "app");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task FilesFoldersModesAndInnerLinksArrive()
    {
        const UnixFileMode SetUser = UnixFileMode.SetUser | UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherWrite;
        await UnpackAsync(Archive.Folder("./"), Archive.File("./run.sh", "#!/bin/sh", SetUser), Archive.File("lib/a/b.js", "b"), Archive.Link("bin/b", "../lib/a/b.js"), Archive.Link("lib/here", "a"), Archive.HardLink("copy.js", "lib/a/b.js"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(App + "/run.sh"));
        Assert.Equal("b", await File.ReadAllTextAsync(App + "/bin/b"));
        Assert.Equal("b", await File.ReadAllTextAsync(App + "/lib/here/b.js"));
        Assert.Equal("b", await File.ReadAllTextAsync(App + "/copy.js"));
    }

    public static TheoryData<string> Escapes => [.. Attacks.Keys];

    [Theory]
    [MemberData(nameof(Escapes))]
    public async Task NothingLandsOrLeadsOutside(string attack)
    {
        await File.WriteAllTextAsync(Path.Combine(_root, "victim"), "untouched");
        var problem = await Assert.ThrowsAsync<InstanceProblem>(() => UnpackAsync(Attacks[attack]()));
        Assert.Equal(ProblemCodes.Refused, problem.Failure.Code);
        Assert.False(Directory.Exists(App));
        Assert.Equal("untouched", await File.ReadAllTextAsync(Path.Combine(_root, "victim")));
        Assert.Equal(["app.new", "victim"], Directory.EnumerateFileSystemEntries(_root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task TooMuchIsRefused()
    {
        await Assert.ThrowsAsync<InstanceProblem>(() => UnpackAsync(new ArtifactUnpacker(10, 100), Archive.File("big", new string('x', 11))));
        await Assert.ThrowsAsync<InstanceProblem>(() => UnpackAsync(new ArtifactUnpacker(100, 1), Archive.File("a", "1"), Archive.File("b", "2")));
    }

    [Fact]
    public async Task WhatIsNoArchiveIsRefused()
    {
        using var noise = new MemoryStream("<html>not found</html>"u8.ToArray());
        await Assert.ThrowsAsync<InstanceProblem>(() => new ArtifactUnpacker(1000, 10).UnpackAsync(noise, App, CancellationToken.None));
    }

    private static readonly Dictionary<string, Func<TarEntry[]>> Attacks = new()
    {
        ["climbing name"] = () => [Archive.File("../victim", "x")],
        ["climbing inside a name"] = () => [Archive.File("a/../../victim", "x")],
        ["absolute name"] = () => [Archive.File("/tmp/boreas-victim", "x")],
        ["absolute link"] = () => [Archive.Link("out", "/etc")],
        ["climbing link"] = () => [Archive.Link("out", "../victim")],
        ["link that climbs too far from a folder"] = () => [Archive.Link("a/b/out", "../../../victim")],
        ["link that climbs through a link"] = () => [Archive.Folder("d"), Archive.Link("p/x", "../d"), Archive.Link("out", "p/x/../..")],
        ["file through a link"] = () => [Archive.Folder("real"), Archive.Link("door", "real"), Archive.File("door/file", "x")],
        ["hard link outside"] = () => [Archive.HardLink("copy", "../victim")],
        ["hard link through a link"] = () => [Archive.Folder("real"), Archive.File("real/f", "x"), Archive.Link("door", "real"), Archive.HardLink("copy", "door/f")],
        ["pipe"] = () => [Archive.Pipe("pipe")],
        ["link in the place of a folder"] = () => [Archive.File("a/b", "x"), Archive.Link("a", ".")],
    };

    private Task UnpackAsync(params TarEntry[] entries) => UnpackAsync(new ArtifactUnpacker(1 << 20, 100), entries);

    private async Task UnpackAsync(ArtifactUnpacker unpacker, params TarEntry[] entries)
    {
        using var archive = new MemoryStream(Archive.Of(entries));
        await unpacker.UnpackAsync(archive, App, CancellationToken.None);
    }
}
