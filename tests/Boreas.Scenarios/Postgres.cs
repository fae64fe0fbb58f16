using Boreas.Contracts.Deployments;
using Boreas.Scenarios.World;
using Boreas.Testing;

namespace Boreas.Scenarios;

/// <summary>The same on PostgreSQL, and what only it can: several control planes on one database.</summary>
public sealed class Postgres
{
    [PostgresFact]
    public async Task PushToRunningIsTheSameOnPostgres()
    {
        await using var database = await TestDatabase.CreateAsync("postgres");
        await using var server = await BoreasServer.StartAsync("--database", database.Target);
        await server.CreateAppAsync("hello");
        using var repository = await AppRepository.CreateAsync(server, "hello");
        PushToRunning.AssertSucceeded(await repository.DeployToEndAsync());
        await using var stream = RequestStream.Start(new Uri(server.Address, "/runtime/hello/"), PushToRunning.Headline);
        await repository.ReplaceAsync("server.js", "<h1>Hello from Boreas</h1>", "<h1>Hello again</h1>");
        PushToRunning.AssertSucceeded(await repository.DeployToEndAsync());
        await stream.FlowAsync();
        stream.AssertUnbroken();
        Assert.True(stream.Saw("Hello again"));
        await server.Process.KillAsync();
        await server.StartAgainAsync();
        await Eventually.TrueAsync("the app serves after a kill", async () => PushToRunning.Headline(await server.AskAsync("hello")) == "Hello again");
    }

    [PostgresFact]
    public async Task OfTwoControlPlanesOnOneDatabaseEitherMayDie()
    {
        await using var database = await TestDatabase.CreateAsync("postgres");
        await using var fleet = await Fleet.StartAsync(runners: 1, agents: 1, controlPlane: ["--database", database.Target]);
        await using var second = await fleet.ControlPlane.StartBesideAsync("second", "--control-plane-only", "--database", database.Target);
        using var repository = await fleet.CreateAppAsync("hello");
        var first = await fleet.DeployAsync(repository, "hello");
        PushToRunning.AssertSucceeded(await second.Api.WhenEndedAsync(first.Id));

        await repository.ReplaceAsync("server.js", "<h1>Hello from Boreas</h1>", "<h1>Hello again</h1>");
        await repository.CommitAsync();
        Assert.True((await repository.PushAsync()).Succeeded);
        await second.Process.KillAsync();
        PushToRunning.AssertSucceeded(await fleet.Api.WhenEndedAsync((await fleet.RequestAsync("hello")).Id));
        Assert.Equal("Hello again", PushToRunning.Headline(await fleet.AskAsync("hello")));

        // Asked of the one that has just come back, done by parts that know only the other.
        await second.StartAgainAsync();
        var asked = (await second.Api.PostAsync<DeploymentsCreated>("/api/v1/deployments", new CreateDeployment(ApplicationIds: ["hello"]))).Id;
        PushToRunning.AssertSucceeded(await fleet.Api.WhenEndedAsync(asked));
        Assert.Equal((await fleet.Api.DeploymentsAsync("hello")).Select(d => (d.Id, d.Status)), (await second.Api.DeploymentsAsync("hello")).Select(d => (d.Id, d.Status)));
    }
}
