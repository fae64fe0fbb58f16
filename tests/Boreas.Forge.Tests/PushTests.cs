using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Boreas.Forge.Tests;

[SupportedOSPlatform("linux")]
public sealed class PushTests : IAsyncLifetime
{
    private ForgeUnderTest _forge = null!;

    public async Task InitializeAsync() => _forge = await ForgeUnderTest.StartAsync();

    public async Task DisposeAsync() => await _forge.DisposeAsync();

    [Fact]
    public async Task WhatWasPushedCanBeCloned()
    {
        var client = await _forge.ClientAsync();
        await client.RunAsync("push", _forge.Remote("hello"), "main");
        await client.RunAsync("clone", "-q", _forge.Remote("hello", TestControlPlane.Reader), "../copy");
        Assert.Equal("hello\n", await File.ReadAllTextAsync(Path.Combine(_forge.Folder, "copy", "README")));
    }

    [Fact]
    public async Task AnAcceptedBranchIsReportedWithItsPusher()
    {
        var client = await _forge.ClientAsync();
        var commit = await client.HeadAsync();
        await client.RunAsync("push", _forge.Remote("hello"), "main");
        var notice = Assert.Single(_forge.ControlPlane.Pushes);
        Assert.Equal(("hello", "refs/heads/main", TestControlPlane.FirstCommit, commit, "ada"), (notice.Repository, notice.Ref, notice.OldCommit, notice.NewCommit, notice.User));
    }

    [Fact]
    public async Task AnEmptyRepositoryCanBeCloned()
    {
        var client = await _forge.ClientAsync();
        await client.RunAsync("clone", "-q", _forge.Remote("hello", TestControlPlane.Reader), "../copy");
        Assert.True(Directory.Exists(Path.Combine(_forge.Folder, "copy", ".git")));
    }

    [Fact]
    public async Task ARefusedBranchIsNotReported()
    {
        var client = await _forge.ClientAsync();
        await client.RunAsync("push", _forge.Remote("hello"), "main");
        await client.RunAsync("commit", "--amend", "-q", "-m", "another history");
        await client.RunAsync("branch", "fine");
        var result = await client.TryAsync("push", _forge.Remote("hello"), "main", "fine");
        Assert.False(result.Succeeded);
        Assert.Equal(["refs/heads/main", "refs/heads/fine"], _forge.ControlPlane.Pushes.Select(push => push.Ref));
    }

    [Fact]
    public async Task AForcedPushIsReported()
    {
        var client = await _forge.ClientAsync();
        var before = await client.HeadAsync();
        await client.RunAsync("push", _forge.Remote("hello"), "main");
        await client.RunAsync("commit", "--amend", "-q", "-m", "another history");
        await client.RunAsync("push", "--force", _forge.Remote("hello"), "main");
        Assert.Equal((before, await client.HeadAsync()), (_forge.ControlPlane.Pushes.Last().OldCommit, _forge.ControlPlane.Pushes.Last().NewCommit));
    }

    [Fact]
    public async Task ABranchCanBeDeletedAndNothingIsReported()
    {
        var client = await _forge.ClientAsync();
        await client.RunAsync("push", _forge.Remote("hello"), "main", "main:side");
        await client.RunAsync("push", _forge.Remote("hello"), ":side");
        Assert.Equal(2, _forge.ControlPlane.Pushes.Count);
        Assert.DoesNotContain("side", await client.RunAsync("ls-remote", _forge.Remote("hello")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheDeployBranchCannotBeDeleted()
    {
        var client = await _forge.ClientAsync();
        await client.RunAsync("push", _forge.Remote("hello"), "main", "main:side");
        Assert.False((await client.TryAsync("push", _forge.Remote("hello"), ":main")).Succeeded);
        Assert.Contains("refs/heads/main", await client.RunAsync("ls-remote", _forge.Remote("hello")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TagsAreKeptAndNotReported()
    {
        var client = await _forge.ClientAsync();
        await client.RunAsync("tag", "-a", "v1", "-m", "one");
        await client.RunAsync("push", _forge.Remote("hello"), "v1");
        Assert.Empty(_forge.ControlPlane.Pushes);
        Assert.Contains("refs/tags/v1", await client.RunAsync("ls-remote", _forge.Remote("hello")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task APushInChunksArrivesWhole()
    {
        var client = await _forge.ClientAsync();
        await client.CommitAsync("large", Convert.ToBase64String(RandomNumberGenerator.GetBytes(600_000)));
        await client.RunAsync("-c", "http.postBuffer=65536", "push", _forge.Remote("hello"), "main");
        Assert.Equal(await client.HeadAsync(), Assert.Single(_forge.ControlPlane.Pushes).NewCommit);
    }

    [Fact]
    public async Task TwoPushesAtTheSameTimeAreBothKept()
    {
        var (one, two) = (await _forge.ClientAsync("one"), await _forge.ClientAsync("two"));
        await Task.WhenAll(one.RunAsync("push", _forge.Remote("hello"), "main:one"), two.RunAsync("push", _forge.Remote("hello"), "main:two"));
        Assert.Equal(["refs/heads/one", "refs/heads/two"], _forge.ControlPlane.Pushes.Select(push => push.Ref).Order());
    }

    [Fact]
    public async Task OneOfTwoPushesToTheSameBranchWins()
    {
        var (one, two) = (await _forge.ClientAsync("one"), await _forge.ClientAsync("two"));
        await two.CommitAsync("README", "different\n");
        var results = await Task.WhenAll(one.TryAsync("push", _forge.Remote("hello"), "main"), two.TryAsync("push", _forge.Remote("hello"), "main"));
        var winner = results[0].Succeeded ? one : two;
        Assert.Contains(results, result => result.Succeeded);
        Assert.Contains(await winner.HeadAsync(), _forge.ControlPlane.Pushes.Select(push => push.NewCommit));
    }

    [Fact]
    public async Task APushAboveTheCapIsRefusedInClearWordsAndChangesNothing()
    {
        _forge.ControlPlane.MaxPushBytes = 100_000;
        var client = await _forge.ClientAsync();
        await client.CommitAsync("large", Convert.ToBase64String(RandomNumberGenerator.GetBytes(3_000_000)));
        var result = await client.TryAsync("push", _forge.Remote("hello"), "main");
        Assert.False(result.Succeeded);
        Assert.Contains("remote: Boreas refuses this push: it is larger than 97 kB", result.ErrorTail, StringComparison.Ordinal);
        Assert.Empty(_forge.ControlPlane.Pushes);
        Assert.Equal("", await client.RunAsync("ls-remote", _forge.Remote("hello")));
    }

    [Fact]
    public async Task HooksNeverRun()
    {
        var client = await _forge.ClientAsync();
        await client.RunAsync("push", _forge.Remote("hello"), "main");
        var ran = Path.Combine(_forge.Folder, "ran");
        foreach (var folder in new[] { Path.Combine(_forge.Repository("hello"), "hooks"), Path.Combine(client.Folder, "hooks") })
        {
            foreach (var hook in new[] { "pre-receive", "update", "post-receive", "post-update", "reference-transaction" })
            {
                Directory.CreateDirectory(folder);
                await File.WriteAllTextAsync(Path.Combine(folder, hook), $"#!/bin/sh\necho {hook} >> '{ran}'\n");
                File.SetUnixFileMode(Path.Combine(folder, hook), UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }
        }

        await client.CommitAsync("more", "more\n");
        await client.RunAsync("push", _forge.Remote("hello"), "main");
        Assert.Equal(2, _forge.ControlPlane.Pushes.Count);
        Assert.False(File.Exists(ran));
    }
}
