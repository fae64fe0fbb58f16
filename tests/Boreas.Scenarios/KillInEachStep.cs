using Boreas.Contracts.Deployments;
using Boreas.Contracts.Fleet;
using Boreas.Engine.Planning;
using Boreas.Engine.Runs;
using Boreas.Scenarios.World;

namespace Boreas.Scenarios;

/// <summary>
/// <c>kill -9</c> of one part in the middle of every step of every strategy. The deployment goes on to its end as if
/// nothing had happened, each step takes effect once, and but for the gateway's own death no request fails.
/// </summary>
public sealed class KillInEachStep : IAsyncLifetime
{
    private const string App = "hello";
    private const int Replicas = 2;

    private static readonly (string Name, IReadOnlyList<DeployStep> Steps)[] Strategies =
    [
        ("blue-green", [new DeployStep()]),
        ("canary", [new DeployStep(CanaryRatio: 0.5, BatchInterval: 3, Watch: new WatchPolicy(MaxLatencyRatio: 1000)), new DeployStep(CanaryRatio: 1)]),
        ("rolling", [new DeployStep(BatchSize: 1)]),
    ];

    private Fleet _fleet = null!;
    private AppRepository _repository = null!;

    public async Task InitializeAsync()
    {
        _fleet = await Fleet.StartAsync(runners: 1, agents: 1, controlPlane: ["--lease", "3s"]);
        _repository = await _fleet.CreateAppAsync(App, Replicas);
        PushToRunning.AssertSucceeded(await _fleet.Api.WhenEndedAsync((await _fleet.DeployAsync(_repository, App)).Id));
    }

    public async Task DisposeAsync()
    {
        await _fleet.DisposeAsync();
        _repository.Dispose();
    }

    [Theory]
    [InlineData("control-plane", 3)]
    [InlineData("runner-1", 5)]
    [InlineData("node-1", 7)]
    [InlineData("gateway", 9)]
    public async Task TheDeploymentGoesOn(string victim, int seed)
    {
        var moments = new Random(seed);
        var part = victim == "control-plane" ? _fleet.ControlPlane.Process : _fleet.Part(victim);
        await using var stream = RequestStream.Start(new Uri(_fleet.Gateway, $"/runtime/{App}/"), PushToRunning.Headline);
        foreach (var (name, steps) in Strategies)
        {
            await _repository.SayAsync(name);
            await _repository.CommitAsync();
            Assert.True((await _repository.PushAsync()).Succeeded);
            var id = (await _fleet.Api.PostAsync<DeploymentsCreated>("/api/v1/deployments", new CreateDeployment(ApplicationIds: [App], Strategy: steps))).Id;
            await KillInEachAsync(id);
            PushToRunning.AssertSucceeded(await _fleet.Api.WhenEndedAsync(id));
            await OnlyRunsAsync(name);
        }

        await stream.FlowAsync();
        if (victim != "gateway") stream.AssertUnbroken();

        async Task KillInEachAsync(string id)
        {
            var killed = new HashSet<string>(StringComparer.Ordinal);
            while (true)
            {
                var running = await _fleet.Api.WhenAsync(id, "begins a step or ends", d => d.CompletedAt is not null || d.Tasks.Any(IsNew), seconds: 120);
                if (running.CompletedAt is not null) break;
                killed.Add(running.Tasks.First(IsNew).Id);
                await Task.Delay(moments.Next(1, 60));
                await part.KillAsync();
                if (victim == "control-plane") await _fleet.ControlPlane.StartAgainAsync();
                else part.Start();
            }

            Assert.NotEmpty(killed);

            bool IsNew(DeploymentTask task) => task is { Status: RunTaskStatus.Running, Type: RunTaskType.Deploy or RunTaskType.Custom or RunTaskType.HealthCheck } && !killed.Contains(task.Id);
        }
    }

    private async Task OnlyRunsAsync(string headline)
    {
        await Eventually.TrueAsync($"only {headline} answers, from as many instances as are routed to", async () =>
        {
            var routed = (await _fleet.Api.GetAsync<RoutesInfo>("/api/v1/routes")).Routes.Single().Targets.Where(t => t.Weight > 0).Select(t => t.InstanceId).Order(StringComparer.Ordinal);
            return PushToRunning.Headline(await _fleet.AskAsync(App)) == headline && _fleet.RunningInstances() is { Count: Replicas } running && running.SequenceEqual(routed);
        }, otherwise: () => string.Join(", ", _fleet.RunningInstances()));
    }
}
