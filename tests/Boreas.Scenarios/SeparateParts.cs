using Boreas.Contracts.Deployments;
using Boreas.Contracts.Fleet;
using Boreas.Engine.Runs;
using Boreas.Scenarios.World;

namespace Boreas.Scenarios;

/// <summary>A control plane, two runners, two nodes, a gateway and a forge, each a process of its own.</summary>
public sealed class SeparateParts : IAsyncLifetime
{
    private Fleet _fleet = null!;

    public async Task InitializeAsync() => _fleet = await Fleet.StartAsync(runners: 2, agents: 2);

    public async Task DisposeAsync() => await _fleet.DisposeAsync();

    [Fact]
    public async Task TwoReplicasAreSpreadOverBothNodesAndBothAnswer()
    {
        using var repository = await _fleet.CreateAppAsync("hello", replicas: 2);
        await repository.ReplaceAsync("server.js", "<h1>Hello from Boreas</h1>", "<h1>${process.pid}</h1>");
        PushToRunning.AssertSucceeded(await _fleet.Api.WhenEndedAsync((await _fleet.DeployAsync(repository, "hello")).Id));
        await Eventually.TrueAsync("each node runs one of the two", async () =>
            (await _fleet.Api.GetAsync<Page<NodeInfo>>("/api/v1/nodes")).Items is { Count: 2 } nodes && nodes.All(n => n.Instances.Count == 1));
        Assert.Equal(2, _fleet.RunningInstances().Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await Eventually.TrueAsync("both instances answer", async () => seen.Add(PushToRunning.Headline(await _fleet.AskAsync("hello"))) && seen.Count == 2, otherwise: () => _fleet.Part("gateway").LogTail);
        var log = await _fleet.ControlPlane.RunAsync("logs", "--app", "hello");
        Assert.All(_fleet.RunningInstances(), instance => Assert.Contains($" {instance} │ ", log, StringComparison.Ordinal));
    }

    [Fact]
    public async Task APushToTheForgeIsServedByTheGateway()
    {
        await _fleet.ControlPlane.CreateAppAsync("pushed");
        using var repository = await AppRepository.CreateAsync(_fleet.ControlPlane, "pushed", forge: _fleet.Forge);
        PushToRunning.AssertSucceeded(await repository.DeployToEndAsync());
        Assert.Equal("Hello from Boreas", PushToRunning.Headline(await _fleet.AskAsync("pushed")));

        await repository.ReplaceAsync("server.js", "Hello from Boreas", "Hello again");
        PushToRunning.AssertSucceeded(await repository.DeployToEndAsync());
        Assert.Equal("Hello again", PushToRunning.Headline(await _fleet.AskAsync("pushed")));
    }

    [Fact]
    public async Task ARunnerThatIsKilledInABuildIsReplacedByTheOther()
    {
        using var repository = await _fleet.CreateAppAsync("hello");
        var gate = Path.Combine(repository.Folder, "gate");
        await repository.WriteAsync("boreas.yaml", "build: node build.js\nrun: node server.js\n");
        await repository.WriteAsync("build.js", $"const fs = require('fs');\nconst look = () => fs.existsSync({System.Text.Json.JsonSerializer.Serialize(gate)}) || setTimeout(look, 50);\nlook();\n");
        var deployment = await _fleet.DeployAsync(repository, "hello");
        var building = await _fleet.Api.WhenAsync(deployment.Id, "builds", d => d.Tasks.Any(t => t.Type == RunTaskType.Build && t.Status == RunTaskStatus.Running));
        var runner = building.Tasks.Single(t => t.Type == RunTaskType.Build).Runner!;
        await _fleet.Part(runner).KillAsync();
        await File.WriteAllTextAsync(gate, "");
        var ended = await _fleet.Api.WhenEndedAsync(deployment.Id);
        PushToRunning.AssertSucceeded(ended);
        Assert.NotEqual(runner, ended.Tasks.Single(t => t.Type == RunTaskType.Build).Runner);
        Assert.Equal("Hello from Boreas", PushToRunning.Headline(await _fleet.AskAsync("hello")));
    }

    [Fact]
    public async Task FailedDeploymentsTakeNoRoomOnANode()
    {
        await using var small = await Fleet.StartAsync(runners: 1, agents: 1, agentCapacity: 2);
        using var repository = await small.CreateAppAsync("hello");
        await repository.WriteAsync("boreas.yaml", "run: node server.js\n");
        await repository.ReplaceAsync("server.js", "server.listen(port,", "if (process.env.WELL !== 'yes') process.exit(1);\n  server.listen(port,");
        for (var i = 0; i < 3; i++) Assert.Equal(RunStatus.RolledBack, (await small.Api.WhenAsync((await small.DeployAsync(repository, "hello")).Id, "is rolled back", d => d.Status == RunStatus.RolledBack)).Status);
        await small.Api.SendAsync<object>(HttpMethod.Patch, "/api/v1/apps/hello", new { variables = new Dictionary<string, string> { ["WELL"] = "yes" } });
        PushToRunning.AssertSucceeded(await small.Api.WhenEndedAsync((await small.RequestAsync("hello")).Id));
    }
}
