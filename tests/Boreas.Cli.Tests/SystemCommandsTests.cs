using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;

namespace Boreas.Cli.Tests;

/// <summary><c>boreas plan</c>: a system's file is checked and planned where no server is.</summary>
public sealed class SystemCommandsTests
{
    internal const string Shop =
        """
        apps:
          - id: front
            source: {repositoryUrl: "https://git.example.com/front.git"}
            replicas: 4
          - id: back
            source: {image: "registry.example.com/shop/back:1"}
        environments:
          - {name: test}
          - name: live
            requireConfirm: true
        version:
          name: v2
          apps:
            - {appId: front, ref: v2}
            - {appId: back, image: "registry.example.com/shop/back:2"}
        deploy:
          environments: [test, live]
          mustInOrder: [back, front]
          strategy:
            - {canaryRatio: 0.25, batchInterval: 300}
            - {canaryRatio: 1}
        """;

    [Fact]
    public async Task AFileIsPlannedWithoutAServer()
    {
        var outcome = await PlanAsync(Shop, "-o", "json");

        var plan = JsonSerializer.Deserialize<DeploymentPlan>(outcome.Out, BoreasJson.Options)!;
        Assert.Equal(["test", "live"], plan.Deployments.Select(d => d.Environment));
        Assert.Equal(["deploy 1 of 4, 25 % of traffic", "watch for 5 minutes", "deploy all"], plan.Deployments[0].Tasks.Where(t => t.AppId == "front").Select(t => t.Name).Skip(3).Take(3));
        Assert.Contains("back-health_check", plan.Deployments[0].Tasks.First(t => t.Id == "front-deploy").BlockBy, StringComparison.Ordinal);
        Assert.Equal([false, true], plan.Deployments.Select(d => d.Tasks.First(t => t.Id == "back-deploy").RequireConfirm));
        Assert.Equal([("front", "v2", 4), ("back", "registry.example.com/shop/back:2", 1)], plan.Changes.Take(2).Select(c => (c.AppId, c.After.Revision!, c.After.Instances)));
    }

    [Fact]
    public async Task TasksThatRunTogetherAreOfOneStep()
    {
        var outcome = await PlanAsync(Shop);

        Assert.Matches("(?s)1 +front-prepare .*1 +back-prepare .*2 +front-build", outcome.Out);
        Assert.Contains("deploy all, waits for a person", outcome.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("replicas: 4", "replicas: 400", "apps[0].replicas: must be 1 to 100")]
    [InlineData("replicas: 4", "replica: 4", "'apps[0].replica' is not known")]
    [InlineData("id: back", "id: front", "apps: has 'front' twice")]
    [InlineData("name: test", "name: Test Stage", "environments[0].name: ")]
    [InlineData("environments: [test, live]", "environment: prod", "deploy.environment: names 'prod', which is not an environment of this file")]
    [InlineData("ref: v2", "ref: ..", "version.apps[0].ref: ")]
    [InlineData("{appId: back, image:", "{appId: bakc, image:", "version.apps: names 'bakc', which is no app of this file")]
    [InlineData("canaryRatio: 0.25", "canaryRatio: 25", "deploy.strategy[0]: must have a canaryRatio of 0 to 1")]
    [InlineData("mustInOrder: [back, front]", "mustInOrder: [back, rear]", "'rear', which has no task in this deployment")]
    [InlineData("mustInOrder: [back, front]", "template: release", "deploy.template: ")]
    public async Task WhatIsWrongIsNamedByItsField(string written, string instead, string sentence)
    {
        var outcome = await PlanAsync(Shop.Replace(written, instead, StringComparison.Ordinal));

        Assert.Equal(2, outcome.Exit);
        Assert.Contains(sentence, outcome.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task AFileWithoutADeploymentIsChecked() => Assert.Contains("is right", (await PlanAsync("apps:\n  - {id: a, source: {embedded: true}}\n")).Out, StringComparison.Ordinal);

    private static async Task<Outcome> PlanAsync(string text, params string[] options)
    {
        using var typed = new Typed();
        var outcome = await typed.RunAsync(["plan", "-", .. options], text);
        return outcome;
    }
}
