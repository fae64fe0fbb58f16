using System.Net;
using Boreas.Contracts.Deployments;
using Boreas.Engine.Runs;
using Boreas.Scenarios.World;

namespace Boreas.Scenarios;

/// <summary>
/// <c>kill -9</c> at any moment, while requests and pushes go on. Afterwards everything that was accepted has ended one way,
/// the last good version serves, and exactly the wanted instances run.
/// </summary>
public sealed class KillAnything
{
    private const string App = "hello";

    [Theory]
    [InlineData(7)]
    public async Task TheWholeServerIsKilledEightTimesAndNothingIsLostOrDoubled(int seed)
    {
        var moments = new Random(seed);
        await using var server = await BoreasServer.StartAsync();
        await server.CreateAppAsync(App);
        using var repository = await AppRepository.CreateAsync(server, App);
        PushToRunning.AssertSucceeded(await repository.DeployToEndAsync());
        await using var stream = RequestStream.Start(new Uri(server.Address, $"/runtime/{App}/"), PushToRunning.Headline);
        for (var kill = 1; kill <= 8; kill++)
        {
            await SayAsync(repository, kill);
            var pushing = repository.PushAsync();
            await stream.FlowAsync(moments.Next(1, 400));
            await server.Process.KillAsync();
            await pushing;
            await server.StartAgainAsync();
            await Eventually.TrueAsync("the app serves again", () => server.AskAsync(App).ContinueWith(a => a.IsCompletedSuccessfully, TaskScheduler.Default), otherwise: () => server.Process.LogTail);
        }

        await SayAsync(repository, 99);
        await Eventually.TrueAsync("the last version is accepted", async () => (await repository.PushAsync()).Succeeded);
        await EverythingEndsAsync(server.Api, seed);
        await Eventually.TrueAsync("the last version serves", async () => PushToRunning.Headline(await server.AskAsync(App)) == "Version 99", otherwise: () => $"seed {seed}");
        await OnlyWantedInstancesRunAsync(server.Api, () => ProcessesIn.InstancesOf(Path.Combine(server.Data, "agent")), seed);
    }

    [Theory]
    [InlineData(11)]
    public async Task EachPartIsKilledThreeTimesAndWithoutTheGatewaysDeathsNoRequestFails(int seed)
    {
        var moments = new Random(seed);
        await using var fleet = await Fleet.StartAsync(runners: 1, agents: 1, controlPlane: ["--lease", "3s"]);
        using var repository = await fleet.CreateAppAsync(App);
        PushToRunning.AssertSucceeded(await fleet.Api.WhenEndedAsync((await fleet.DeployAsync(repository, App)).Id));
        await using (var stream = Stream(fleet))
        {
            var victims = (string[])["control-plane", "control-plane", "control-plane", "runner-1", "runner-1", "runner-1", "node-1", "node-1", "node-1"];
            moments.Shuffle(victims);
            for (var kill = 0; kill < victims.Length; kill++) await KillAsync(victims[kill], kill);
            await stream.FlowAsync();
            stream.AssertUnbroken();

            async Task KillAsync(string victim, int number)
            {
                await RequestAsync(fleet, repository, number);
                await stream.FlowAsync(moments.Next(1, 500));
                var part = victim == "control-plane" ? fleet.ControlPlane.Process : fleet.Part(victim);
                await part.KillAsync();
                await stream.FlowAsync(moments.Next(1, 200));
                if (victim == "control-plane") await fleet.ControlPlane.StartAgainAsync();
                else part.Start();
            }
        }

        await using (var stream = Stream(fleet))
        {
            for (var kill = 0; kill < 3; kill++)
            {
                await RequestAsync(fleet, repository, 20 + kill);
                await stream.FlowAsync(moments.Next(1, 400));
                await fleet.Part("gateway").KillAsync();
                fleet.Part("gateway").Start();
            }
        }

        await EverythingEndsAsync(fleet.Api, seed);
        await SayAsync(repository, 99);
        Assert.True((await repository.PushAsync()).Succeeded);
        PushToRunning.AssertSucceeded(await fleet.Api.WhenEndedAsync((await fleet.RequestAsync(App)).Id));
        Assert.Equal("Version 99", PushToRunning.Headline(await fleet.AskAsync(App)));
        await OnlyWantedInstancesRunAsync(fleet.Api, fleet.RunningInstances, seed);
    }

    private static RequestStream Stream(Fleet fleet) => RequestStream.Start(new Uri(fleet.Gateway, $"/runtime/{App}/"), PushToRunning.Headline);

    /// <summary>Asks for a deployment of a new version; one that is under way is a good answer too.</summary>
    private static async Task RequestAsync(Fleet fleet, AppRepository repository, int number)
    {
        await SayAsync(repository, number);
        Assert.True((await repository.PushAsync()).Succeeded);
        try
        {
            await fleet.RequestAsync(App);
        }
        catch (ApiException refused) when (refused.Status == HttpStatusCode.Conflict)
        {
            // The one before it goes on, and is killed once more.
        }
    }

    private static async Task SayAsync(AppRepository repository, int number)
    {
        await repository.SayAsync($"Version {number}");
        await repository.CommitAsync();
    }

    private static async Task EverythingEndsAsync(Api api, int seed)
    {
        IReadOnlyList<Deployment> all = [];
        await Eventually.TrueAsync("every deployment has ended", async () => (all = await api.DeploymentsAsync(App)).All(HasEnded), seconds: 120,
            otherwise: () => $"seed {seed}\n{string.Join('\n', all.Where(d => !HasEnded(d)).Select(d => $"{d.Id} {d.Status} {d.WaitingFor}"))}");
    }

    private static bool HasEnded(Deployment d) => d.Status is RunStatus.Success or RunStatus.Failed or RunStatus.RolledBack or RunStatus.Cancelled;

    private static Task OnlyWantedInstancesRunAsync(Api api, Func<IReadOnlyList<string>> running, int seed) =>
        Eventually.TrueAsync("exactly the wanted instance runs, once", async () =>
            (await api.GetAsync<Boreas.Contracts.Fleet.RoutesInfo>("/api/v1/routes")).Routes.Single(r => r.AppId == App).Targets.Select(t => t.InstanceId).SequenceEqual(running()),
            otherwise: () => $"seed {seed}: {string.Join(", ", running())}");
}
