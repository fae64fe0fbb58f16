using Boreas.Engine.Graphs;
using Boreas.Engine.Planning;
using Boreas.Engine.Runs;

namespace Boreas.Engine.Tests.Planning;

public sealed class DeploymentPlannerTests
{
    private static readonly PlannedApp Shop = new("shop", RevisionKind.Source);

    [Theory]
    [InlineData(RevisionKind.Source, "shop-prepare shop-build shop-test shop-deploy shop-health_check")]
    [InlineData(RevisionKind.Image, "shop-prepare shop-deploy shop-health_check")]
    [InlineData(RevisionKind.Built, "shop-deploy shop-health_check")]
    public void AnAppIsPlannedFromWhereItsRevisionStands(RevisionKind revision, string expected)
    {
        var tasks = Plan(new PlanInput([Shop with { Revision = revision }], []));

        Assert.Equal(expected.Split(' '), tasks.Select(t => t.Id));
        Assert.Empty(tasks[0].BlockBy);
        for (var i = 1; i < tasks.Count; i++) Assert.Equal([tasks[i - 1].Id], tasks[i].BlockBy);
        Assert.Equal(Enumerable.Range(1, tasks.Count), tasks.Select(t => t.Order));
    }

    [Fact]
    public void AppsThatNothingOrdersRunInParallel()
    {
        var tasks = Plan(new PlanInput([Shop, new PlannedApp("pay", RevisionKind.Source)], []));

        Assert.DoesNotContain(tasks, t => t.BlockBy.Any(b => !b.StartsWith(t.AppId!, StringComparison.Ordinal)));
    }

    [Fact]
    public void AnAppsLabelsAreOnItsTasks()
    {
        var tasks = Plan(new PlanInput([Shop with { Labels = ["arm"] }, new PlannedApp("pay", RevisionKind.Built)], []));

        Assert.All(tasks.Where(t => t.AppId == "shop"), t => Assert.Equal(["arm"], t.Labels));
        Assert.All(tasks.Where(t => t.AppId == "pay"), t => Assert.Null(t.Labels));
    }

    [Fact]
    public void InOrderAppsWaitForTheHealthOfTheOneBeforeAndTheirBuildsDoNot()
    {
        var tasks = Plan(new PlanInput([Shop, new PlannedApp("pay", RevisionKind.Source), new PlannedApp("mail", RevisionKind.Image)], ["pay", "shop", "mail"]));

        Assert.Equal(["pay-health_check", "shop-test"], WaitsOf(tasks, "shop-deploy"));
        Assert.Equal(["mail-prepare", "shop-health_check"], WaitsOf(tasks, "mail-deploy"));
        Assert.Equal(["pay-test"], WaitsOf(tasks, "pay-deploy"));
        Assert.Empty(WaitsOf(tasks, "shop-prepare"));
        Assert.Equal(["shop-prepare"], WaitsOf(tasks, "shop-build"));
    }

    [Fact]
    public void AnOrderedAppThatDeploysNothingDoesNotBreakTheOrderAroundIt()
    {
        var tasks = Plan(new PlanInput([], ["a", "library", "b"], Tasks: [Written(RunTaskType.Deploy, "a"), Written(RunTaskType.Build, "library"), Written(RunTaskType.Deploy, "b")]));

        Assert.Equal(["a-deploy"], WaitsOf(tasks, "b-deploy"));
        Assert.Empty(WaitsOf(tasks, "library-build"));
    }

    /// <summary>The document of the specification: an order with explicit tasks.</summary>
    [Fact]
    public void TheOrderWithExplicitTasksIsTheChainThatItSays()
    {
        var tasks = Plan(new PlanInput(
            [new PlannedApp("user-service", RevisionKind.Source), new PlannedApp("order-service", RevisionKind.Built), new PlannedApp("payment-service", RevisionKind.Built)],
            ["user-service", "order-service", "payment-service"],
            Tasks:
            [
                Written(RunTaskType.Build, "user-service"),
                Written(RunTaskType.Deploy, "user-service", "user-service-build"),
                Written(RunTaskType.Deploy, "order-service", "user-service-deploy"),
                Written(RunTaskType.Deploy, "payment-service", "order-service-deploy"),
            ]));

        Assert.Equal(["user-service-build", "user-service-deploy", "order-service-deploy", "payment-service-deploy"], tasks.Select(t => t.Id));
        Assert.Empty(tasks[0].BlockBy);
        for (var i = 1; i < tasks.Count; i++) Assert.Equal([tasks[i - 1].Id], tasks[i].BlockBy);
    }

    [Fact]
    public void BlockByAppAndTypeMeansEveryTaskOfThatAppAndType()
    {
        var tasks = Plan(new PlanInput([], [], Tasks:
        [
            Written(RunTaskType.Build, "shop") with { Id = "amd64" },
            Written(RunTaskType.Build, "shop") with { Id = "arm64" },
            Written(RunTaskType.Custom, null, "shop-build") with { Id = "announce" },
        ]));

        Assert.Equal(["amd64", "arm64"], WaitsOf(tasks, "announce"));
    }

    [Fact]
    public void AnIdIsMeantBeforeAnAppAndType()
    {
        var tasks = Plan(new PlanInput([], [], Tasks:
        [
            Written(RunTaskType.Build, "shop") with { Id = "image" },
            Written(RunTaskType.Custom, null) with { Id = "shop-build" },
            Written(RunTaskType.Custom, null, "shop-build") with { Id = "announce" },
        ]));

        Assert.Equal(["shop-build"], WaitsOf(tasks, "announce"));
    }

    [Fact]
    public void SeveralTasksOfOneTypeGetIdsOfTheirOwnAndLeaveTheWrittenOnesAlone()
    {
        var tasks = Plan(new PlanInput([], [], Tasks:
        [
            Written(RunTaskType.Deploy, "shop"),
            Written(RunTaskType.Deploy, "shop"),
            Written(RunTaskType.Deploy, "shop") with { Id = "shop-deploy" },
        ]));

        Assert.Equal(["shop-deploy-2", "shop-deploy-3", "shop-deploy"], tasks.Select(t => t.Id));
    }

    [Fact]
    public void WhatIsNotWrittenHasADefaultAndWhatIsWrittenIsKept()
    {
        var tasks = Plan(new PlanInput([], [], Tasks:
        [
            Written(RunTaskType.HealthCheck, "shop"),
            new PlannedTask(RunTaskType.Build, "shop", "b", "compile", [], Order: 9, Payload: "{}", RequireConfirm: true, TimeoutSeconds: 5, MaxAttempts: 1),
        ]));

        Assert.Equal(("health check", "health_check", 1200, 3, false), (tasks[0].Name, tasks[0].Executor, tasks[0].TimeoutSeconds, tasks[0].MaxAttempts, tasks[0].RequireConfirm));
        Assert.Equal(("compile", "build", 5, 1, true, 9, "{}"), (tasks[1].Name, tasks[1].Executor, tasks[1].TimeoutSeconds, tasks[1].MaxAttempts, tasks[1].RequireConfirm, tasks[1].Order, tasks[1].Payload));
    }

    [Fact]
    public void ManualApprovalGuardsDeploysOnly()
    {
        var tasks = Plan(new PlanInput([Shop], [], ManualApproval: true));

        Assert.Equal("shop-deploy", tasks.Single(t => t.RequireConfirm).Id);
    }

    [Fact]
    public void OnlyDeploysAreTakenBack()
    {
        var tasks = Plan(new PlanInput([Shop], []));

        Assert.Equal("restore", tasks.Single(t => t.Undo is not null).Undo!.Executor);
        Assert.Equal(RunTaskType.Deploy, tasks.Single(t => t.Undo is not null).Type);
    }

    [Fact]
    public void AnUnknownNameInBlockByIsRefused() =>
        Refused("'nobody'", [Written(RunTaskType.Deploy, "shop", "nobody")]);

    [Fact]
    public void ATypeOfAnAppNeedsTheApp() => Refused("needs an appId", [Written(RunTaskType.Deploy, null)]);

    [Fact]
    public void TwoTasksWithOneIdAreRefused() =>
        Refused("two tasks have the id 'x'", [Written(RunTaskType.Custom, null) with { Id = "x" }, Written(RunTaskType.Custom, null) with { Id = "x" }]);

    [Fact]
    public void AnOrderThatNamesAnAppTwiceIsRefused() => Refused("twice", [Written(RunTaskType.Deploy, "shop")], "shop", "shop");

    [Fact]
    public void AnOrderThatNamesAnAppWithoutATaskIsRefused() => Refused("'ghost'", [Written(RunTaskType.Deploy, "shop")], "shop", "ghost");

    [Fact]
    public void ADependencyAgainstTheOrderOfTypesIsACycleWithItsPath()
    {
        var problem = Refused("circle", [Written(RunTaskType.Build, "shop", "shop-deploy"), Written(RunTaskType.Deploy, "shop")]);

        Assert.True(problem.IsCycle);
        Assert.Contains("shop-build → shop-deploy → shop-build", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADependencyAgainstTheOrderOfAppsIsACycle() =>
        Assert.True(Refused("circle", [Written(RunTaskType.Deploy, "a", "b-deploy"), Written(RunTaskType.Deploy, "b")], "a", "b").IsCycle);

    [Fact]
    public void ADeploymentOfNothingIsRefused() => Refused("at least one task", []);

    private static PlannedTask Written(RunTaskType type, string? app, params string[] blockBy) => new(type, app, null, null, blockBy);

    private static string[] WaitsOf(IReadOnlyList<TaskSpec> tasks, string id) => [.. tasks.Single(t => t.Id == id).BlockBy.Order(StringComparer.Ordinal)];

    private static IReadOnlyList<TaskSpec> Plan(PlanInput input)
    {
        var tasks = DeploymentPlanner.Plan(input, out var problems);
        Assert.Empty(problems);
        return tasks!;
    }

    private static GraphProblem Refused(string because, IReadOnlyList<PlannedTask> tasks, params string[] mustInOrder)
    {
        Assert.Null(DeploymentPlanner.Plan(new PlanInput([], mustInOrder, Tasks: tasks), out var problems));
        var problem = Assert.Single(problems);
        Assert.Contains(because, problem.Message, StringComparison.Ordinal);
        return problem;
    }
}
