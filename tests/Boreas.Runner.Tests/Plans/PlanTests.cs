using Boreas.Contracts.Jobs;
using Boreas.Contracts.Problems;
using Boreas.Processes;
using Boreas.Runner.Jobs;
using Boreas.Runner.Plans;

namespace Boreas.Runner.Tests.Plans;

public sealed class PlanTests
{
    private static readonly SourceSpec Source = new("https://example.org/x.git", "main");

    [Fact]
    public async Task ADockerfileWinsWhenAnEngineWorks()
    {
        var files = new Dictionary<string, string> { ["Dockerfile"] = "FROM scratch", ["package.json"] = """{"scripts":{"start":"node x.js"}}""" };
        Assert.Equal(BuildKind.Dockerfile, (await FindAsync(files)).Plan.Kind);
        var without = await FindAsync(files, engine: false);
        Assert.Equal(BuildKind.Commands, without.Plan.Kind);
        Assert.Contains("no container engine", without.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BoreasYamlBesideADockerfileAddsTestPortAndHealth()
    {
        var plan = (await FindAsync(new() { ["Dockerfile"] = "FROM scratch", ["boreas.yaml"] = "test: /app/check --all\nport: 8080\nhealth: /ready/\n" })).Plan;
        Assert.Equal((BuildKind.Dockerfile, 8080, "/ready/"), (plan.Kind, plan.Port!.Value, plan.HealthPath!));
        Assert.Equal([["/app/check", "--all"]], plan.Test);
    }

    [Theory]
    [InlineData("services/a/Dockerfile", "services/a", "services/a/Dockerfile")]
    [InlineData("Dockerfile", "services/a", "services/a/Dockerfile")]
    [InlineData("docker/Dockerfile", ".", "docker/Dockerfile")]
    [InlineData("docker/Dockerfile", "services/a", "docker/Dockerfile")]
    public async Task TheDockerfileIsNamedFromTheRootOrFromTheContext(string path, string context, string expected)
    {
        var files = new Dictionary<string, string> { ["Dockerfile"] = "", ["services/a/Dockerfile"] = "", ["docker/Dockerfile"] = "" };
        var plan = (await FindAsync(files, source: Source with { DockerfilePath = path, BuildContext = context })).Plan;
        Assert.Equal(expected, plan.Origin);
    }

    [Fact]
    public async Task BoreasYamlDecides()
    {
        var plan = (await FindAsync(new() { ["boreas.yaml"] = "build:\n  - npm ci\n  - [npm, run, 'build all']\nrun: node server.js --port $PORT\n", ["package.json"] = "{}" })).Plan;
        Assert.Equal([["npm", "ci"], ["npm", "run", "build all"]], plan.Build);
        Assert.Equal(["node", "server.js", "--port", "$PORT"], plan.Run);
        Assert.Equal("boreas.yaml", plan.Origin);
        Assert.Equal("site", (await FindAsync(new() { ["boreas.yaml"] = "static: site/\n" })).Plan.StaticFolder);
    }

    [Fact]
    public async Task TheFileOfAWholeSystemSaysNothingAboutABuild() =>
        Assert.Equal("index.html", (await FindAsync(new() { ["boreas.yaml"] = "apps:\n  - {id: a, source: {embedded: true}}\ndeploy: {}\n", ["index.html"] = "" })).Plan.Origin);

    [Theory]
    [InlineData("runn: x", "line 1: 'runn' is not a key", "did you mean 'run'")]
    [InlineData("run: x\nport: many", "line 2: 'port' must be a number", "1 to 65535")]
    [InlineData("run: x\nport: [1]", "line 2: 'port'", "number")]
    [InlineData("run:\n  a: b", "line 2: 'run' must be a command", "list")]
    [InlineData("run: a && b", "line 1: 'run' ", "shell")]
    [InlineData("run: x\nhealth: health", "line 2: 'health' must start with", "/")]
    [InlineData("static: ../etc", "line 1: 'static' must not", "'..'")]
    [InlineData("run: x\nstatic: y", "exclude each other", "line 2")]
    [InlineData("build: x", "'build' needs 'run' or 'static'", "line 1")]
    [InlineData("run: 'x", "not YAML", "line 1")]
    [InlineData("- run", "key: value", "line 1")]
    public void AMistakeInBoreasYamlIsNamedWithLineAndFix(string text, string what, string fix)
    {
        var failure = Assert.Throws<JobFailedException>(() => BoreasYaml.Parse(text)).Failure;
        Assert.Equal(ProblemCodes.BuildPlanInvalid, failure.Code);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
        Assert.Contains(fix, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AllMistakesAreNamedAtOnce()
    {
        var message = Assert.Throws<JobFailedException>(() => BoreasYaml.Parse("foo: 1\nport: x\nhealth: y")).Message;
        Assert.Contains("line 1", message, StringComparison.Ordinal);
        Assert.Contains("line 2", message, StringComparison.Ordinal);
        Assert.Contains("line 3", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AProcfileRunsItsWebLine()
    {
        var plan = (await FindAsync(new() { ["Procfile"] = "release: ./migrate\nweb: ./server -p $PORT\n" })).Plan;
        Assert.Equal(["./server", "-p", "$PORT"], plan.Run);
        await RefusedAsync(new() { ["Procfile"] = "web: a | b" }, ProblemCodes.BuildPlanInvalid);
    }

    [Fact]
    public async Task ANodeAppIsInstalledBuiltTestedAndStarted()
    {
        var plan = (await FindAsync(new()
        {
            ["package.json"] = """{"dependencies":{"a":"1"},"scripts":{"build":"tsc","test":"node --test","start":"next start"}}""",
            ["package-lock.json"] = "{}",
        })).Plan;
        Assert.Equal([["npm", "ci"], ["npm", "run", "build"]], plan.Build);
        Assert.Equal([["npm", "test"]], plan.Test);
        Assert.Equal(["npm", "start"], plan.Run);
    }

    [Theory]
    [InlineData("""{"scripts":{"start":"node server.js"}}""", "x", new string[] { }, new[] { "node", "server.js" })]
    [InlineData("""{"main":"./app.js","dependencies":{"a":"1"},"scripts":{"test":"echo \"Error: no test specified\" && exit 1"}}""", "app.js", new[] { "npm install" }, new[] { "node", "app.js" })]
    public async Task TheLockFileAndTheScriptsDecide(string json, string file, string[] build, string[] run)
    {
        var plan = (await FindAsync(new() { ["package.json"] = json, [file] = "" })).Plan;
        Assert.Equal(build, plan.Build.Select(command => string.Join(' ', command)));
        Assert.Equal(run, plan.Run);
        Assert.Empty(plan.Test);
    }

    [Theory]
    [InlineData("yarn.lock", "yarn")]
    [InlineData("pnpm-lock.yaml", "pnpm")]
    public async Task AnotherManagersLockFileIsHeededWhereThatManagerIsInstalled(string file, string manager)
    {
        var plan = (await FindAsync(new() { ["package.json"] = """{"dependencies":{"a":"1"},"scripts":{"start":"node x.js"}}""", [file] = "" })).Plan;
        string[] expected = ProgramPath.Find(manager) is null ? ["npm", "install"] : [manager, "install", "--frozen-lockfile"];
        Assert.Equal([expected], plan.Build);
    }

    [Fact]
    public async Task ADevServerIsNotWhatServes()
    {
        var plan = (await FindAsync(new() { ["package.json"] = """{"dependencies":{"react-scripts":"5"},"scripts":{"start":"react-scripts start","build":"react-scripts build","test":"react-scripts test"}}""" })).Plan;
        Assert.Equal((BuildKind.Static, "build"), (plan.Kind, plan.StaticFolder!));
        Assert.Equal([["npm", "test", "--", "--passWithNoTests"]], plan.Test);
    }

    [Fact]
    public async Task ABundledSiteIsServedFromWhereTheBundlerPutsIt()
    {
        var plan = (await FindAsync(new() { ["package.json"] = """{"devDependencies":{"vite":"7"},"scripts":{"build":"vite build"}}""", ["index.html"] = "" })).Plan;
        Assert.Equal((BuildKind.Static, "dist"), (plan.Kind, plan.StaticFolder!));
        Assert.Equal([["npm", "install"], ["npm", "run", "build"]], plan.Build);
    }

    [Fact]
    public async Task TheOneWebProjectIsPublished()
    {
        var plan = (await FindAsync(new()
        {
            ["App.sln"] = "", ["src/Shop/Shop.csproj"] = """<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><AssemblyName>Shop.Web</AssemblyName></PropertyGroup></Project>""",
            ["src/Tool/Tool.csproj"] = """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType></PropertyGroup></Project>""",
            ["tests/Shop.Tests/Shop.Tests.csproj"] = """<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><PackageReference Include="Microsoft.NET.Test.Sdk" /></ItemGroup></Project>""",
        })).Plan;
        Assert.Equal([["dotnet", "publish", "src/Shop/Shop.csproj", "-c", "Release", "-o", ".boreas/publish"]], plan.Build);
        Assert.Equal([["dotnet", "test", "tests/Shop.Tests/Shop.Tests.csproj", "-c", "Release"]], plan.Test);
        Assert.Equal(".boreas/publish/Shop.Web.dll", plan.Run![^1]);
        Assert.Contains("ASPNETCORE_HTTP_PORTS=$PORT", plan.Run);
    }

    [Fact]
    public async Task SeveralWebProjectsAreAQuestion()
    {
        const string Web = """<Project Sdk="Microsoft.NET.Sdk.Web" />""";
        var failure = await RefusedAsync(new() { ["a/A.csproj"] = Web, ["b/B.csproj"] = Web }, ProblemCodes.BuildPlanInvalid);
        Assert.Contains("a/A.csproj, b/B.csproj", failure.Message, StringComparison.Ordinal);
        Assert.Equal("B.csproj", (await FindAsync(new() { ["a/A.csproj"] = Web, ["b/B.csproj"] = Web }, source: Source with { BuildContext = "b" })).Plan.Origin);
    }

    [Theory]
    [InlineData("index.html", ".")]
    [InlineData("public/index.html", "public")]
    [InlineData("dist/index.html", "dist")]
    [InlineData("docs/index.html", "docs")]
    public async Task AnIndexIsASite(string file, string folder) =>
        Assert.Equal((BuildKind.Static, folder), ((await FindAsync(new() { [file] = "" })).Plan is var plan ? plan.Kind : default, plan.StaticFolder!));

    [Fact]
    public async Task NothingIsSaidWithWhatWouldDo()
    {
        var failure = await RefusedAsync(new() { ["README"] = "" }, ProblemCodes.BuildPlanMissing);
        Assert.Contains("boreas.yaml", failure.Advice, StringComparison.Ordinal);
        var dockerfile = await Assert.ThrowsAsync<JobFailedException>(() => FindAsync(new() { ["Dockerfile"] = "" }, engine: false));
        Assert.Contains("no container engine", dockerfile.Message, StringComparison.Ordinal);
        await RefusedAsync(new() { ["README"] = "" }, ProblemCodes.BuildPlanMissing, Source with { BuildContext = "no/such" });
        await RefusedAsync(new() { ["README"] = "" }, ProblemCodes.Invalid, Source with { BuildContext = "../up" });
    }

    private static async Task<JobFailure> RefusedAsync(Dictionary<string, string> files, string code, SourceSpec? source = null)
    {
        var failure = (await Assert.ThrowsAsync<JobFailedException>(() => FindAsync(files, source: source))).Failure;
        Assert.Equal(code, failure.Code);
        return failure;
    }

    private static Task<FoundPlan> FindAsync(Dictionary<string, string> files, bool engine = true, SourceSpec? source = null) =>
        PlanFinder.FindAsync(new FileTree(files.Keys, (path, _) => Task.FromResult<string?>(files[path])), source ?? Source, engine, CancellationToken.None);
}
