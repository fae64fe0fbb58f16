using Boreas.Contracts.Values;
using Boreas.Runner.Jobs;
using Boreas.Runner.Registries;
using Boreas.Runner.Workspaces;

namespace Boreas.Runner.Tests.Workspaces;

public sealed class SafetyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("boreas safety");

    [Fact]
    public void GitIsGivenCredentialsByEnvironmentAndForOneHostOnly()
    {
        using var workspace = new Workspace(Path.Combine(_folder.FullName, "w"));
        var remote = new GitRemote(ParsedValue.Parse<RepositoryUrl>("https://git.example.org:8443/team/app.git"), "token-1234", "git", null);
        var environment = GitAccess.RemoteEnvironment(remote, workspace);
        var key = environment.Single(pair => pair.Value == "http.https://git.example.org:8443/.extraHeader").Key;
        Assert.StartsWith("Authorization: Basic ", environment[key.Replace("KEY", "VALUE", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Equal("/dev/null", environment["GIT_CONFIG_GLOBAL"]);
        Assert.Equal("0", environment["GIT_TERMINAL_PROMPT"]);
        Assert.DoesNotContain(GitAccess.LocalEnvironment().Values, value => value.Contains("Authorization", StringComparison.Ordinal));
    }

    [Fact]
    public void SshIsFixedWordsAndFilesThatOnlyWeCanRead()
    {
        using var workspace = new Workspace(Path.Combine(_folder.FullName, "w"));
        var remote = new GitRemote(ParsedValue.Parse<RepositoryUrl>("git@git.example.org:team/app.git"), "-----BEGIN KEY-----\r\nabc\r\n-----END KEY-----", "git", "git.example.org ssh-ed25519 AAAA");
        var command = GitAccess.RemoteEnvironment(remote, workspace)["GIT_SSH_COMMAND"];
        var key = Path.Combine(workspace.Private, "ssh-key");
        Assert.Contains("StrictHostKeyChecking=yes", command, StringComparison.Ordinal);
        Assert.Contains($"IdentityFile='{key}'", command, StringComparison.Ordinal);
        Assert.Contains($"UserKnownHostsFile='{Path.Combine(workspace.Private, "known-hosts")}'", command, StringComparison.Ordinal);
        Assert.DoesNotContain("example.org", command, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        Assert.Equal("-----BEGIN KEY-----\nabc\n-----END KEY-----\n", File.ReadAllText(key));
    }

    [Theory]
    [InlineData("plain/file", true)]
    [InlineData("missing/below", true)]
    [InlineData("inside", true)]
    [InlineData("inside/file", true)]
    [InlineData("up", false)]
    [InlineData("up/etc/passwd", false)]
    [InlineData("absolute", false)]
    [InlineData("twice", false)]
    [InlineData("loop", false)]
    [InlineData("back", true)]
    public void LinksAreFollowedInsideOnly(string path, bool allowed)
    {
        var root = _folder.CreateSubdirectory("root").FullName;
        Directory.CreateDirectory(Path.Combine(root, "plain"));
        File.WriteAllText(Path.Combine(root, "plain", "file"), "x");
        File.CreateSymbolicLink(Path.Combine(root, "inside"), "plain");
        File.CreateSymbolicLink(Path.Combine(root, "up"), "../../..");
        File.CreateSymbolicLink(Path.Combine(root, "absolute"), "/etc");
        File.CreateSymbolicLink(Path.Combine(root, "twice"), "plain/../up");
        File.CreateSymbolicLink(Path.Combine(root, "loop"), "loop");
        File.CreateSymbolicLink(Path.Combine(root, "back"), "plain/../plain/file");
        Assert.Equal(allowed, CheckoutPath.TryResolve(root, path, out var resolved));
        if (allowed) Assert.StartsWith(root, resolved, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nginx", "docker.io", "library/nginx", "latest")]
    [InlineData("team/app:1.2", "docker.io", "team/app", "1.2")]
    [InlineData("localhost:5000/a/b:x", "localhost:5000", "a/b", "x")]
    [InlineData("registry.example.org/p/apps/app-hello:abc", "registry.example.org", "p/apps/app-hello", "abc")]
    public void ImageReferencesAreTakenApart(string text, string host, string repository, string manifest)
    {
        var address = ImageAddress.Parse(text);
        Assert.Equal((host, repository, manifest), (address.Host, address.Repository, address.Manifest));
    }

    [Theory]
    [InlineData("--tls-verify=false")]
    [InlineData("host.example/UPPER")]
    [InlineData("host.example/a b")]
    [InlineData("host.example/../a")]
    [InlineData("user@host.example/a")]
    [InlineData("host.example/a@sha256:123")]
    [InlineData("-host.example/a")]
    [InlineData("")]
    public void WhatIsNoReferenceIsRefused(string text) => Assert.Throws<JobFailedException>(() => ImageAddress.Parse(text));

    public void Dispose() => _folder.Delete(recursive: true);
}
