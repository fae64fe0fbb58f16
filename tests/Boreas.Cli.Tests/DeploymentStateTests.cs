using Boreas.Cli.Follow;
using Boreas.Engine.Runs;

namespace Boreas.Cli.Tests;

public sealed class DeploymentStateTests
{
    [Fact]
    public void AChangeReplacesItsTasksAndKeepsTheOthers()
    {
        var known = Examples.Deployment("d1", RunStatus.Running, Examples.Task("a", RunTaskType.Build, RunTaskStatus.Running), Examples.Task("b", RunTaskType.Deploy, RunTaskStatus.Blocked));
        var change = Examples.Deployment("d1", RunStatus.Running, Examples.Task("a", RunTaskType.Build, RunTaskStatus.Success) with { UpdatedAt = Examples.Start.AddSeconds(1) }, Examples.Task("c", RunTaskType.Custom, RunTaskStatus.Pending));
        var merged = DeploymentState.Merge(known, change);
        Assert.Equal([("a", RunTaskStatus.Success), ("b", RunTaskStatus.Blocked), ("c", RunTaskStatus.Pending)], merged.Tasks.Select(task => (task.Id, task.Status)));
    }

    [Fact]
    public void AStaleMessageChangesNothing()
    {
        var known = Examples.Deployment("d1", RunStatus.Success, Examples.Task("a", RunTaskType.Build, RunTaskStatus.Success) with { UpdatedAt = Examples.Start.AddSeconds(9) }) with { UpdatedAt = Examples.Start.AddSeconds(9) };
        var late = Examples.Deployment("d1", RunStatus.Running, Examples.Task("a", RunTaskType.Build, RunTaskStatus.Running));
        var merged = DeploymentState.Merge(known, late);
        Assert.Equal(RunStatus.Success, merged.Status);
        Assert.Equal(RunTaskStatus.Success, Assert.Single(merged.Tasks).Status);
    }
}
