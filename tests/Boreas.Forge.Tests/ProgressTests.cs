using Boreas.Contracts.Deployments;
using Boreas.Contracts.Pushes;
using Boreas.Engine.Runs;
using static Boreas.Forge.Tests.TestControlPlane;

namespace Boreas.Forge.Tests;

public sealed class ProgressTests : IAsyncLifetime
{
    private ForgeUnderTest _forge = null!;

    public async Task InitializeAsync()
    {
        _forge = await ForgeUnderTest.StartAsync();
        _forge.ControlPlane.Answer = new PushResult("d-1", "Boreas deploys hello");
    }

    public async Task DisposeAsync() => await _forge.DisposeAsync();

    [Fact]
    public async Task ThePusherSeesTheDeploymentFromStartToAddress()
    {
        _forge.ControlPlane.States =
        [
            Deployment(RunStatus.Pending),
            Deployment(RunStatus.Running, Task("build", RunTaskType.Build, RunTaskStatus.Running), Task("deploy", RunTaskType.Deploy, RunTaskStatus.Blocked)),
            Deployment(RunStatus.Running, Task("build", RunTaskType.Build, RunTaskStatus.Success, 1.24), Task("deploy", RunTaskType.Deploy, RunTaskStatus.Running)),
            Deployment(RunStatus.Success, Task("build", RunTaskType.Build, RunTaskStatus.Success, 1.24), Task("deploy", RunTaskType.Deploy, RunTaskStatus.Success, 65)) with { Urls = ["http://localhost:5080/runtime/hello/"] },
        ];
        _forge.ControlPlane.Logs["t-build"] = ["step one", "\e[32mstep\e[0m two\a"];
        Assert.Equal(
            ["Boreas deploys hello", "▸ build", "    step one", "    step two?", "✓ build 1.2 s", "▸ deploy", "✓ deploy 1 min 5 s", "✓ v1 is live in production: http://localhost:5080/runtime/hello/"],
            await RemoteLinesAsync());
    }

    [Fact]
    public async Task AFailureIsShownWithCodeMessageAndAdvice()
    {
        var failure = new TaskFailure("build_failed", "npm ended with exit code 1", "Read the lines above.");
        _forge.ControlPlane.States = [Deployment(RunStatus.Failed, Task("build", RunTaskType.Build, RunTaskStatus.Failed, 0.5, failure)) with { ErrorMessage = "build failed" }];
        _forge.ControlPlane.Logs["t-build"] = ["npm ERR!"];
        Assert.Equal(
            [
                "Boreas deploys hello", "▸ build", "    npm ERR!", "✗ build 0.5 s", "    build_failed: npm ended with exit code 1", "    Read the lines above.",
                "✗ The push was accepted, the deployment failed: build failed", "  What ran before still runs.",
            ],
            await RemoteLinesAsync());
    }

    [Fact]
    public async Task ADeploymentThatWaitsForAPersonDoesNotHoldTheTerminal()
    {
        _forge.ControlPlane.States = [Deployment(RunStatus.WaitingConfirm) with { WaitingFor = "bob or an approver confirms 'deploy'" }];
        Assert.Contains("… A person decides how it goes on: bob or an approver confirms 'deploy'", await RemoteLinesAsync());
    }

    [Fact]
    public async Task AControlPlaneThatComesBackInTimeIsTold()
    {
        _forge.ControlPlane.Away = true;
        _forge.ControlPlane.Answer = new PushResult(null, "not the deploy branch");
        var pushing = RemoteLinesAsync();
        await _forge.ControlPlane.TurnedAwayAsync();
        _forge.ControlPlane.Away = false;
        Assert.Equal(["not the deploy branch"], await pushing);
    }

    private async Task<IReadOnlyList<string>> RemoteLinesAsync()
    {
        var client = await _forge.ClientAsync();
        var result = await client.TryAsync("push", _forge.Remote("hello"), "main");
        Assert.True(result.Succeeded, result.ErrorTail);
        return [.. result.ErrorTail.Split('\n').Where(line => line.StartsWith("remote: ", StringComparison.Ordinal)).Select(line => line["remote: ".Length..].TrimEnd())];
    }
}
