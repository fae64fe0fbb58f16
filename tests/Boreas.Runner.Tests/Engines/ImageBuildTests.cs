using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Processes;
using Boreas.Runner.Tests.World;

namespace Boreas.Runner.Tests.Engines;

public sealed class ImageBuildTests : IAsyncLifetime
{
    private const string Dockerfile = "FROM scratch\nARG GREETING\nCOPY busybox /bin/busybox\nCOPY greeting.txt /greeting.txt\nENV GREETING=$GREETING\nEXPOSE 8080\nENTRYPOINT [\"/bin/busybox\"]\nCMD [\"httpd\", \"-f\", \"-p\", \"8080\"]\n";
    private readonly string _name = "localhost/boreas-test-" + Guid.NewGuid().ToString("N")[..8] + ":1";
    private GitServer _git = null!;
    private TestRunner _runner = null!;

    public async Task InitializeAsync() => (_git, _runner) = (await GitServer.StartAsync(), await TestRunner.StartAsync(EnginePreference.Podman));

    public async Task DisposeAsync()
    {
        await _runner.DisposeAsync();
        await _git.DisposeAsync();
        if (ProgramPath.Find("podman") is not null) await ProgramRunner.RunAsync(new ProgramStart("podman", ["rmi", "--force", "--", _name]));
    }

    [PodmanFact]
    public async Task AnImageIsBuiltTestedAndKeptLocally()
    {
        await CommitAsync();
        Assert.Contains("podman", (await _runner.Plane.FirstClaim).Labels);
        var plan = await PlanAsync();
        Assert.Equal(BuildKind.Dockerfile, plan.Kind);
        var job = Build(plan, null);
        var image = (await job.SucceedsAsync<BuildResult>()).Image!;
        Assert.Equal((_name, false, 8080), (image.Reference, image.Pushed, image.ExposedPort!.Value));
        Assert.Matches("^sha256:[0-9a-f]{64}$", image.Digest);

        var test = plan with { Test = [["/bin/busybox", "grep", "-q", "hello", "/greeting.txt"], ["/bin/busybox", "sh", "-c", "test \"$GREETING\" = \"two words\" && test \"$MODE\" = ci"]] };
        var ran = _runner.Plane.Offer(ExecutorNames.Test, new TestWork("hello", test, new BuildResult(image, null), new Dictionary<string, string> { ["MODE"] = "ci" }));
        Assert.Equal(2, (await ran.SucceedsAsync<TestResult>()).Ran);
        await _runner.Plane.Offer(ExecutorNames.Test, new TestWork("hello", plan with { Test = [["/bin/busybox", "false"]] }, new BuildResult(image, null), new Dictionary<string, string>())).FailsAsync(ProblemCodes.TestsFailed);
    }

    [PodmanFact]
    public async Task APushedImageIsNamedByTheDigestThatTheRegistryHas()
    {
        await using var registry = await TestRegistry.StartAsync(login: false);
        await CommitAsync();
        var target = new ImageTarget($"{registry.Host}/shop/apps/app-hello:1", PlainHttp: true);
        var image = (await Build(await PlanAsync(), target).SucceedsAsync<BuildResult>()).Image!;
        Assert.True(image.Pushed);
        Assert.Equal($"{registry.Host}/shop/apps/app-hello@{image.Digest}", image.Reference);
        var found = await _runner.Plane.Offer(ExecutorNames.Checkout, new CheckoutWork(null, target)).SucceedsAsync<CheckoutResult>();
        Assert.Equal(image.Digest, found.Digest);
        Assert.Equal(BuildKind.Image, found.Plan.Kind);
        await _runner.Plane.Offer(ExecutorNames.Checkout, new CheckoutWork(null, target with { Reference = $"{registry.Host}/shop/apps/app-hello:missing" })).FailsAsync(ProblemCodes.ImageNotFound);

        var undeclared = await Build(await PlanAsync(), target with { PlainHttp = false }).FailsAsync(ProblemCodes.RegistryPlainHttp);
        Assert.Equal(FailureKind.Failed, undeclared.Kind);
        await _runner.Plane.Offer(ExecutorNames.Checkout, new CheckoutWork(null, target with { PlainHttp = false })).FailsAsync(ProblemCodes.RegistryPlainHttp);
    }

    [PodmanFact]
    public async Task ALoginIsUsedAndItsAbsenceAndItsRefusalAreNamed()
    {
        await using var registry = await TestRegistry.StartAsync(login: true);
        await CommitAsync();
        var plan = await PlanAsync();
        var target = new ImageTarget($"{registry.Host}/shop/apps/app-hello:1", PlainHttp: true, UserName: "robot", PasswordSecret: "REGISTRY");
        var job = Build(plan, target, TestRegistry.Password);
        var image = (await job.SucceedsAsync<BuildResult>()).Image!;
        Assert.DoesNotContain(TestRegistry.Password, job.Log, StringComparison.Ordinal);
        Assert.Equal(image.Digest, (await _runner.Plane.Offer(ExecutorNames.Checkout, new CheckoutWork(null, target), new Dictionary<string, string> { ["REGISTRY"] = TestRegistry.Password }).SucceedsAsync<CheckoutResult>()).Digest);

        await Build(plan, target with { UserName = null, PasswordSecret = null }).FailsAsync(ProblemCodes.RegistryLoginMissing);
        await Build(plan, target, "wrong-password").FailsAsync(ProblemCodes.RegistryAccessDenied);
        await _runner.Plane.Offer(ExecutorNames.Checkout, new CheckoutWork(null, target with { UserName = null, PasswordSecret = null })).FailsAsync(ProblemCodes.RegistryLoginMissing);
    }

    [PodmanFact]
    public async Task ARegistryThatIsAwayMayComeBack()
    {
        await CommitAsync();
        var failure = await Build(await PlanAsync(), new ImageTarget("127.0.0.1:1/shop/hello:1", PlainHttp: true)).FailsAsync(ProblemCodes.RegistryUnreachable);
        Assert.Equal(FailureKind.Errored, failure.Kind);
    }

    [PodmanFact]
    public async Task ABrokenDockerfileIsTheUsersFaultAndALinkToOutsideIsRefused()
    {
        await _git.CommitAsync("broken", new Dictionary<string, string> { ["Dockerfile"] = "FROM scratch\nCOPY no-such-file /\n" });
        var plan = new BuildPlan(BuildKind.Dockerfile, "Dockerfile", [], []);
        var failure = await _runner.Plane.Offer(ExecutorNames.Build, new BuildWork("hello", new SourceSpec(_git.UrlOf("broken"), "main"), plan, null, _name, new Dictionary<string, string>())).FailsAsync(ProblemCodes.BuildFailed);
        Assert.Contains("no-such-file", failure.Message, StringComparison.Ordinal);

        await _git.CommitAsync("linked", new Dictionary<string, string> { ["Dockerfile"] = "-> ../../../../../../etc/hostname" });
        await _runner.Plane.Offer(ExecutorNames.Build, new BuildWork("hello", new SourceSpec(_git.UrlOf("linked"), "main"), plan, null, _name, new Dictionary<string, string>())).FailsAsync(ProblemCodes.PathOutsideRepository);
    }

    [Fact]
    public async Task WithoutAnEngineADockerfileCannotBeBuiltAndThatIsSaid()
    {
        await using var without = await TestRunner.StartAsync(EnginePreference.None);
        await _git.CommitAsync("hello", new Dictionary<string, string> { ["Dockerfile"] = "FROM scratch" });
        await without.Plane.Offer(ExecutorNames.Build, new BuildWork("hello", new SourceSpec(_git.UrlOf("hello"), "main"), new BuildPlan(BuildKind.Dockerfile, "Dockerfile", [], []), null, _name, new Dictionary<string, string>())).FailsAsync(ProblemCodes.EngineUnreachable);
    }

    private Task CommitAsync() => _git.CommitAsync("hello", new Dictionary<string, string> { ["Dockerfile"] = Dockerfile, ["greeting.txt"] = "hello", ["busybox"] = "@" + ProgramPath.Find("busybox") });

    private async Task<BuildPlan> PlanAsync() => (await _runner.Plane.Offer(ExecutorNames.Checkout, new CheckoutWork(new SourceSpec(_git.UrlOf("hello"), "main"))).SucceedsAsync<CheckoutResult>()).Plan;

    private TestJob Build(BuildPlan plan, ImageTarget? target, string? password = null) => _runner.Plane.Offer(
        ExecutorNames.Build, new BuildWork("hello", new SourceSpec(_git.UrlOf("hello"), "main"), plan, target, _name, new Dictionary<string, string> { ["GREETING"] = "two words" }),
        password is null ? null : new Dictionary<string, string> { ["REGISTRY"] = password });
}
