using Boreas.Agent.Containers;
using Boreas.Agent.Instances;
using Boreas.Agent.Tests.Fixtures;
using Boreas.Contracts.Jobs;
using Boreas.Processes;

namespace Boreas.Agent.Tests.Containers;

public class ContainerProgramTests
{
    private static readonly Dictionary<string, string> Variables = new() { ["PORT"] = "3000", ["API_KEY"] = "s3cr3t", ["LD_PRELOAD"] = "/tmp/evil.so", ["HTTPS_PROXY"] = "http://proxy" };

    [Fact]
    public void PodmanIsToldEverythingByNameAndNothingByValue()
    {
        var start = Run(ContainerProgram.Podman, new LimitsSpec(256, 0.5, 100), "127.0.0.1");
        Assert.Equal(
            "podman run --detach --name boreas-hello-1 --pull=never --restart=no --stop-timeout=10 --security-opt=no-new-privileges --publish=127.0.0.1:20001:3000/tcp"
            + " --log-driver=k8s-file --log-opt=path=/data/container.log --log-opt=max-size=1000 --memory=256m --memory-swap=256m --cpus=0.5 --pids-limit=100"
            + " --label boreas.instance=hello-1 --label boreas.agent=agent-1 --label boreas.app=hello --label boreas.environment=production --label boreas.version=v1"
            + " --label traefik.enable=true --label traefik.http.routers.hello.rule=PathPrefix(`/runtime/hello`) --label traefik.http.routers.hello.middlewares=hello-strip"
            + " --label traefik.http.middlewares.hello-strip.stripprefix.prefixes=/runtime/hello --label traefik.http.services.hello.loadbalancer.server.port=3000"
            + " --env API_KEY --env PORT --env-file=/data/variables.env -- sha256:1 serve --port 3000",
            start.Program + " " + string.Join(' ', start.Arguments));
        Assert.Equal("s3cr3t", start.Environment["API_KEY"]);
    }

    [Fact]
    public void NoVariableOfAnAppReachesTheEngineProgramItself()
    {
        var start = Run(ContainerProgram.Docker, new LimitsSpec(0, 0, 0), "::1");
        Assert.False(start.Environment.ContainsKey("LD_PRELOAD"));
        Assert.NotEqual("http://proxy", start.Environment.GetValueOrDefault("HTTPS_PROXY"));
        Assert.Contains("--publish=[::1]:20001:3000/tcp", start.Arguments);
        Assert.Contains("--log-driver=json-file", start.Arguments);
        Assert.DoesNotContain(start.Arguments, argument => argument.StartsWith("--memory", StringComparison.Ordinal) || argument.StartsWith("--cpus", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("registry.example:5000/team/apps/app-hello:1", "registry.example:5000")]
    [InlineData("localhost/hello:1", null)]
    [InlineData("localhost:5000/hello", "localhost:5000")]
    [InlineData("library/nginx", null)]
    public void TheRegistryIsReadFromTheReference(string reference, string? registry) => Assert.Equal(registry, ImageName.Registry(reference));

    [Fact]
    public void ADigestTakesThePlaceOfTheTag()
    {
        var digest = "sha256:" + new string('a', 64);
        Assert.Equal("r:5000/a/b@" + digest, ImageName.WithDigest("r:5000/a/b:tag", digest));
        Assert.Equal("r:5000/a/b@" + digest, ImageName.WithDigest("r:5000/a/b", digest));
        Assert.NotNull(ImageName.Problem("--privileged"));
        Assert.NotNull(ImageName.Problem("a@sha256:short"));
        Assert.NotNull(ImageName.Problem("a b"));
        Assert.Null(ImageName.Problem("r:5000/a/b@" + digest));
    }

    private static ProgramStart Run(ContainerProgram engine, LimitsSpec limits, string bind)
    {
        var release = AgentClient.Release(new BuiltArtifact("", 0)) with { Artifact = null, Image = new ImageTarget("localhost/hello:1"), Command = ["serve", "--port", "$PORT"], Limits = limits };
        var record = new InstanceRecord("hello-1", release, null, true, DateTimeOffset.UnixEpoch, new InstanceLife(), Port: 20001);
        return engine.Run(record, "sha256:1", bind, Variables, "/data/variables.env", "/data/container.log", "agent-1", 1000);
    }
}
