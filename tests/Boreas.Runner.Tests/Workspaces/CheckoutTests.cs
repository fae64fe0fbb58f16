using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Tests.World;

namespace Boreas.Runner.Tests.Workspaces;

public sealed class CheckoutTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Site = new() { ["index.html"] = "hello" };
    private GitServer _git = null!;
    private TestRunner _runner = null!;

    public async Task InitializeAsync() => (_git, _runner) = (await GitServer.StartAsync(), await TestRunner.StartAsync());

    public async Task DisposeAsync()
    {
        await _runner.DisposeAsync();
        await _git.DisposeAsync();
    }

    [Fact]
    public async Task ABranchATagAndACommitFullOrShortAreFound()
    {
        var first = await _git.CommitAsync("hello", Site);
        await _git.TagAsync("hello", "-m", "annotated", "v1", first);
        var second = await _git.CommitAsync("hello", new Dictionary<string, string> { ["other.html"] = "x" });
        await _git.CommitAsync("hello", new Dictionary<string, string> { ["third.html"] = "x" }, "feature/main");

        Assert.Equal(second, (await CheckOutAsync("main")).Commit);
        Assert.Equal(first, (await CheckOutAsync("v1")).Commit);
        Assert.Equal(first, (await CheckOutAsync(first)).Commit);
        Assert.Equal(first, (await CheckOutAsync(first[..9])).Commit);
        var result = await CheckOutAsync("refs/heads/main");
        Assert.Equal(second, result.Commit);
        Assert.Equal("Change other.html", result.Subject);
        Assert.Equal("Ada", result.Author);
        Assert.Equal(BuildKind.Static, result.Plan.Kind);
        Assert.Empty(_runner.Workspaces);
    }

    [Fact]
    public async Task AnOldCommitIsFoundWithoutItsBranch()
    {
        var first = await _git.CommitAsync("hello", Site);
        await _git.CommitAsync("hello", new Dictionary<string, string> { ["other.html"] = "x" });
        Assert.Equal(first, (await CheckOutAsync("main", commit: first)).Commit);
    }

    [Fact]
    public async Task AKnownCommitNeedsNoNetwork()
    {
        var commit = await _git.CommitAsync("hello", Site);
        await CheckOutAsync("main");
        var before = _git.Requests;
        await CheckOutAsync("main", commit: commit);
        Assert.Equal(before, _git.Requests);
    }

    [Theory]
    [InlineData("a;id")]
    [InlineData("a$(id)")]
    [InlineData("--upload-pack=touch /tmp/x")]
    [InlineData("--upload-pack=x")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData("+main:main")]
    [InlineData("")]
    public async Task AHostileRefIsRefusedBeforeGitSeesIt(string reference)
    {
        await _git.CommitAsync("hello", Site);
        var before = _git.Requests;
        await Offer(new SourceSpec(_git.UrlOf("hello"), reference)).FailsAsync(ProblemCodes.Invalid);
        Assert.Equal(before, _git.Requests);
    }

    [Fact]
    public async Task ABranchWithAHostileNameIsOnlyABranch()
    {
        // Git itself lets such branches exist; another branch beside it is fetched without harm.
        await _git.CommitAsync("hello", Site, "a;id");
        await _git.CommitAsync("hello", new Dictionary<string, string> { ["b.html"] = "x" }, "a$(id)");
        var main = await _git.CommitAsync("hello", new Dictionary<string, string> { ["c.html"] = "x" });
        Assert.Equal(main, (await CheckOutAsync("main")).Commit);
        Assert.Equal(main, (await CheckOutAsync(main[..8])).Commit);
    }

    [Theory]
    [InlineData("file:///etc")]
    [InlineData("ext::sh -c id")]
    [InlineData("/etc")]
    [InlineData("-oProxyCommand=id:x")]
    [InlineData("https://user:secret@host/x.git")]
    public async Task OtherTransportsAreRefused(string url) => await Offer(new SourceSpec(url, "main")).FailsAsync(ProblemCodes.Invalid);

    [Fact]
    public async Task AMissingRefIsNamed()
    {
        await _git.CommitAsync("hello", Site);
        var failure = await Offer(new SourceSpec(_git.UrlOf("hello"), "no-such-branch")).FailsAsync(ProblemCodes.RefNotFound);
        Assert.Contains("no-such-branch", failure.Message, StringComparison.Ordinal);
        await Offer(new SourceSpec(_git.UrlOf("hello"), "main", new string('a', 40))).FailsAsync(ProblemCodes.RefNotFound);
    }

    [Fact]
    public async Task TheCredentialIsShownAndNeverSeen()
    {
        await _git.CommitAsync("hello", Site);
        _git.Login = "git:tok3n-of-the-repository";
        var open = await Offer(new SourceSpec(_git.UrlOf("hello"), "main")).FailsAsync(ProblemCodes.RepositoryAccessDenied);
        Assert.Contains("has none", open.Message, StringComparison.Ordinal);

        var source = new SourceSpec(_git.UrlOf("hello"), "main", CredentialSecret: "REPO_TOKEN");
        var good = Offer(source, "tok3n-of-the-repository");
        await good.SucceedsAsync<CheckoutResult>();
        Assert.DoesNotContain("tok3n", good.Log, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(_runner.Data.FullName, "config", SearchOption.AllDirectories)) Assert.DoesNotContain("tok3n", await File.ReadAllTextAsync(file), StringComparison.Ordinal);

        var wrong = await Offer(source, "another-token").FailsAsync(ProblemCodes.RepositoryAccessDenied);
        Assert.Contains("refuses", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.Failed, wrong.Kind);
    }

    [Fact]
    public async Task AKnownCommitIsNotGivenToWhoHasNoCredential()
    {
        var commit = await _git.CommitAsync("hello", Site);
        _git.Login = "git:tok3n-of-the-repository";
        await Offer(new SourceSpec(_git.UrlOf("hello"), "main", CredentialSecret: "REPO_TOKEN"), "tok3n-of-the-repository").SucceedsAsync<CheckoutResult>();
        await Offer(new SourceSpec(_git.UrlOf("hello"), "main", commit)).FailsAsync(ProblemCodes.RepositoryAccessDenied);
    }

    [Fact]
    public async Task WhatIsFetchedIsKeptUnderTheNameThatStandsForChangingCredentials()
    {
        var commit = await _git.CommitAsync("hello", Site);
        var source = new SourceSpec(_git.UrlOf("hello"), "main", commit, CredentialSecret: "REPO_TOKEN", CachedAs: "embedded/hello");
        await Offer(source, "ticket-1").SucceedsAsync<CheckoutResult>();
        var before = _git.Requests;
        await Offer(source, "ticket-2").SucceedsAsync<CheckoutResult>();
        Assert.Equal(before, _git.Requests);
    }

    [Fact]
    public async Task WhatNobodyFetchedForTwoWeeksGoesWhenSomethingElseIsFetched()
    {
        await _git.CommitAsync("old", Site);
        await _git.CommitAsync("new", Site);
        await Offer(new SourceSpec(_git.UrlOf("old"), "main")).SucceedsAsync<CheckoutResult>();
        var caches = Path.Combine(_runner.Data.FullName, "git");
        var old = Assert.Single(Directory.GetDirectories(caches));
        Directory.SetLastWriteTimeUtc(old, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-15));
        await Offer(new SourceSpec(_git.UrlOf("new"), "main")).SucceedsAsync<CheckoutResult>();
        Assert.NotEqual(old, Assert.Single(Directory.GetDirectories(caches)));
    }

    [Fact]
    public async Task AMissingSecretIsNamed() =>
        Assert.Contains("REPO_TOKEN", (await Offer(new SourceSpec(_git.UrlOf("hello"), "main", CredentialSecret: "REPO_TOKEN")).FailsAsync(ProblemCodes.Invalid)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task WhatIsWrongWithAnUrlIsFoundByLooking()
    {
        Assert.Equal(FailureKind.Failed, (await Offer(new SourceSpec(_git.UrlOf("missing"), "main")).FailsAsync(ProblemCodes.RepositoryNotFound)).Kind);
        Assert.Contains("moved", (await Offer(new SourceSpec(_git.UrlOf("moved"), "main")).FailsAsync(ProblemCodes.RepositoryNotFound)).Message, StringComparison.Ordinal);
        Assert.Contains("web page", (await Offer(new SourceSpec(_git.UrlOf("page"), "main")).FailsAsync(ProblemCodes.RepositoryNotFound)).Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.Errored, (await Offer(new SourceSpec("http://127.0.0.1:1/x.git", "main")).FailsAsync(ProblemCodes.RepositoryUnreachable)).Kind);
        await Offer(new SourceSpec("http://no-such-host.invalid/x.git", "main")).FailsAsync(ProblemCodes.RepositoryUnreachable);
        Assert.Contains("127.0.0.1", (await Offer(new SourceSpec("ssh://git@127.0.0.1:1/x.git", "main")).FailsAsync(ProblemCodes.RepositoryUnreachable)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARepositoryThatIsTooLargeIsRefused()
    {
        await using var small = await TestRunner.StartAsync(change: options => options with { MaxRepositoryBytes = 1 << 20 });
        await _git.CommitAsync("large", new Dictionary<string, string> { ["index.html"] = new string('x', 2 << 20) });
        await small.Plane.Offer(ExecutorNames.Command, new CommandWork(["true"], new SourceSpec(_git.UrlOf("large"), "main"), new Dictionary<string, string>())).FailsAsync(ProblemCodes.RepositoryTooLarge);
    }

    [Fact]
    public async Task SubmodulesComeOnlyWhenAsked()
    {
        var inner = await _git.CommitAsync("inner", new Dictionary<string, string> { ["inside.txt"] = "from the submodule" });
        await _git.CommitAsync("outer", new Dictionary<string, string> { [".gitmodules"] = "[submodule \"lib\"]\n\tpath = lib\n\turl = ../inner.git\n", ["a.txt"] = "a" });
        var work = Path.Combine(_runner.Data.FullName, "clone");
        await GitServer.GitAsync(Path.GetTempPath(), "clone", "-q", _git.UrlOf("outer"), work);
        await GitServer.GitAsync(work, "update-index", "--add", "--cacheinfo", $"160000,{inner},lib");
        await GitServer.GitAsync(work, "commit", "-q", "-m", "Pin");
        var pinned = await GitServer.GitAsync(work, "rev-parse", "HEAD");
        await _git.FetchIntoAsync("outer", work);
        Directory.Delete(work, recursive: true);

        var without = Command(["cat", "lib/inside.txt"], new SourceSpec(_git.UrlOf("outer"), "main", pinned));
        Assert.Equal(JobOutcome.Failed, (await without.ReportAsync()).Status);
        var with = Command(["cat", "lib/inside.txt"], new SourceSpec(_git.UrlOf("outer"), "main", pinned, Submodules: true));
        await with.SucceedsAsync<CommandResult>();
        Assert.Contains("from the submodule", with.Lines);
    }

    private TestJob Command(IReadOnlyList<string> command, SourceSpec source) =>
        _runner.Plane.Offer(ExecutorNames.Command, new CommandWork(command, source, new Dictionary<string, string>()));

    private Task<CheckoutResult> CheckOutAsync(string reference, string? commit = null) => Offer(new SourceSpec(_git.UrlOf("hello"), reference, commit)).SucceedsAsync<CheckoutResult>();

    private TestJob Offer(SourceSpec source, string? token = null) =>
        _runner.Plane.Offer(ExecutorNames.Checkout, new CheckoutWork(source), token is null ? null : new Dictionary<string, string> { ["REPO_TOKEN"] = token });
}
