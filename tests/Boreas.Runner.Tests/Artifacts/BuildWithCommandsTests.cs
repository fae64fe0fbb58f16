using System.Formats.Tar;
using System.IO.Compression;
using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Runner.Tests.World;

namespace Boreas.Runner.Tests.Artifacts;

public sealed class BuildWithCommandsTests : IAsyncLifetime
{
    private GitServer _git = null!;
    private TestRunner _runner = null!;

    public async Task InitializeAsync() => (_git, _runner) = (await GitServer.StartAsync(), await TestRunner.StartAsync());

    public async Task DisposeAsync()
    {
        await _runner.DisposeAsync();
        await _git.DisposeAsync();
    }

    [Fact]
    public async Task TheBuiltFolderIsStoredAndTestedAndTheSameTreeHasTheSameDigest()
    {
        await _git.CommitAsync("hello", new Dictionary<string, string>
        {
            ["boreas.yaml"] = "build:\n  - sh -c 'mkdir -p out && printf built-$MODE > out/result && chmod +x out/result && ln -s result out/link && ln -s /etc/passwd out/leaves'\ntest: grep -q built-fast out/link\nrun: ./serve\n",
            ["folder/Ä file"] = "content",
        });
        var plan = (await _runner.Plane.Offer(ExecutorNames.Checkout, new CheckoutWork(Source("hello"))).SucceedsAsync<CheckoutResult>()).Plan;
        var variables = new Dictionary<string, string> { ["MODE"] = "fast" };

        var build = _runner.Plane.Offer(ExecutorNames.Build, new BuildWork("hello", Source("hello"), plan, null, "localhost/hello:1", variables));
        var result = await build.SucceedsAsync<BuildResult>();
        Assert.Null(result.Image);
        Assert.Contains(build.Lines, line => line.Contains("out/leaves leads out", StringComparison.Ordinal));
        var again = await _runner.Plane.Offer(ExecutorNames.Build, new BuildWork("hello", Source("hello"), plan, null, "localhost/hello:1", variables)).SucceedsAsync<BuildResult>();
        Assert.Equal(result.Artifact, again.Artifact);

        var names = await EntriesAsync(_runner.Plane.Artifacts[result.Artifact!.Digest]);
        Assert.Contains("out/result", names);
        Assert.Contains("folder/Ä file", names);
        Assert.DoesNotContain("out/leaves", names);

        var test = _runner.Plane.Offer(ExecutorNames.Test, new TestWork("hello", plan, result, new Dictionary<string, string>()));
        Assert.Equal(1, (await test.SucceedsAsync<TestResult>()).Ran);
        var failing = plan with { Test = [["grep", "-q", "something else", "out/result"]] };
        await _runner.Plane.Offer(ExecutorNames.Test, new TestWork("hello", failing, result, new Dictionary<string, string>())).FailsAsync(ProblemCodes.TestsFailed);
        Assert.Empty(_runner.Workspaces);
    }

    [Fact]
    public async Task WithoutTestsNothingRunsAndThatIsSaid()
    {
        var job = _runner.Plane.Offer(ExecutorNames.Test, new TestWork("hello", new BuildPlan(BuildKind.Commands, "x", [], []), new BuildResult(null, new BuiltArtifact(new string('0', 64), 1)), new Dictionary<string, string>()));
        Assert.Equal(0, (await job.SucceedsAsync<TestResult>()).Ran);
        Assert.Contains("declares no tests", job.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailingBuildCommandIsTheUsersFault()
    {
        await _git.CommitAsync("hello", new Dictionary<string, string> { ["boreas.yaml"] = "build: sh -c 'echo compile error >&2; exit 2'\nrun: ./serve\n" });
        var plan = (await _runner.Plane.Offer(ExecutorNames.Checkout, new CheckoutWork(Source("hello"))).SucceedsAsync<CheckoutResult>()).Plan;
        var job = _runner.Plane.Offer(ExecutorNames.Build, Build(plan));
        Assert.Equal(FailureKind.Failed, (await job.FailsAsync(ProblemCodes.BuildFailed)).Kind);
        Assert.Contains("compile error", job.Lines);
    }

    [Theory]
    [InlineData("-> ../../..")]
    [InlineData("-> /etc")]
    public async Task AStaticFolderThatIsALinkToOutsideIsRefused(string link)
    {
        await _git.CommitAsync("hello", new Dictionary<string, string> { ["boreas.yaml"] = "static: site\n", ["site"] = link });
        var plan = (await _runner.Plane.Offer(ExecutorNames.Checkout, new CheckoutWork(Source("hello"))).SucceedsAsync<CheckoutResult>()).Plan;
        await _runner.Plane.Offer(ExecutorNames.Build, Build(plan)).FailsAsync(ProblemCodes.PathOutsideRepository);
    }

    [Fact]
    public async Task ABuildContextThatIsALinkToOutsideIsRefused()
    {
        await _git.CommitAsync("hello", new Dictionary<string, string> { ["index.html"] = "x", ["inner/index.html"] = "x", ["outside"] = "-> ../../../../.." });
        var plan = new BuildPlan(BuildKind.Static, "index.html", [], [], null, ".");
        await _runner.Plane.Offer(ExecutorNames.Build, Build(plan, Source("hello") with { BuildContext = "outside/etc" })).FailsAsync(ProblemCodes.PathOutsideRepository);
    }

    private SourceSpec Source(string name) => new(_git.UrlOf(name), "main");

    private BuildWork Build(BuildPlan plan, SourceSpec? source = null) => new("hello", source ?? Source("hello"), plan, null, "localhost/hello:1", new Dictionary<string, string>());

    private static async Task<List<string>> EntriesAsync(byte[] bytes)
    {
        var names = new List<string>();
        await using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        await using var tar = new TarReader(gzip);
        while (await tar.GetNextEntryAsync() is { } entry)
        {
            names.Add(entry.Name);
            Assert.Equal(DateTimeOffset.UnixEpoch, entry.ModificationTime);
        }

        return names;
    }
}
