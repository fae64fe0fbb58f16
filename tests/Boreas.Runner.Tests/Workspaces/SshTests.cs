using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Tests.World;

namespace Boreas.Runner.Tests.Workspaces;

public sealed class SshTests : IAsyncLifetime
{
    private GitServer _git = null!;
    private TestRunner _runner = null!;

    public async Task InitializeAsync() => (_git, _runner) = (await GitServer.StartAsync(), await TestRunner.StartAsync());

    public async Task DisposeAsync()
    {
        await _runner.DisposeAsync();
        await _git.DisposeAsync();
    }

    [SshFact]
    public async Task AKeyAndAKnownHostLetTheRunnerIn()
    {
        await using var sshd = await SshServer.StartAsync();
        var commit = await _git.CommitAsync("hello", new Dictionary<string, string> { ["index.html"] = "hello" });
        var source = new SourceSpec(sshd.UrlOf(_git.PathOf("hello")), "main", CredentialSecret: "DEPLOY_KEY", KnownHosts: sshd.KnownHosts);
        var job = Offer(source, sshd.Key);
        Assert.Equal(commit, (await job.SucceedsAsync<CheckoutResult>()).Commit);
        Assert.DoesNotContain("PRIVATE KEY", job.Log, StringComparison.Ordinal);
        Assert.Empty(_runner.Workspaces);
    }

    [SshFact]
    public async Task WhatKeepsItOutIsNamed()
    {
        await using var sshd = await SshServer.StartAsync();
        await _git.CommitAsync("hello", new Dictionary<string, string> { ["index.html"] = "hello" });
        var source = new SourceSpec(sshd.UrlOf(_git.PathOf("hello")), "main", CredentialSecret: "DEPLOY_KEY", KnownHosts: sshd.KnownHosts);

        var stranger = await Offer(source with { KnownHosts = "" }, sshd.Key).FailsAsync(ProblemCodes.RepositoryHostKeyUnknown);
        Assert.Contains("ssh-keyscan", stranger.Advice, StringComparison.Ordinal);
        await Offer(source with { KnownHosts = sshd.OutdatedKnownHosts }, sshd.Key).FailsAsync(ProblemCodes.RepositoryHostKeyUnknown);
        await Offer(source, sshd.OtherKey).FailsAsync(ProblemCodes.RepositoryAccessDenied);
        await Offer(source, "no key at all").FailsAsync(ProblemCodes.RepositoryAccessDenied);
        await Offer(source with { CredentialSecret = null }, null).FailsAsync(ProblemCodes.RepositoryAccessDenied);
        await Offer(source with { RepositoryUrl = sshd.UrlOf("/no/such/repository.git") }, sshd.Key).FailsAsync(ProblemCodes.RepositoryNotFound);
    }

    private TestJob Offer(SourceSpec source, string? key) =>
        _runner.Plane.Offer(ExecutorNames.Checkout, new CheckoutWork(source), key is null ? null : new Dictionary<string, string> { ["DEPLOY_KEY"] = key });
}
