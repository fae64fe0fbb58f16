using Boreas.Agent.Instances;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Jobs;

namespace Boreas.Agent.Tests.Instances;

public class InstanceLifeTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly JobFailure Exit = new(FailureKind.Failed, "app_exited", "exited");

    [Fact]
    public void PausesGrowFromOneSecondToThirty()
    {
        var life = new InstanceLife();
        var pauses = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            life = life.Started(Now).Ended(Now, 1, Exit);
            pauses.Add((life.StartAfter!.Value - Now).TotalSeconds);
        }

        Assert.Equal([1, 2, 4, 8, 16, 30, 30, 30], pauses);
        Assert.Equal(8, life.Restarts);
    }

    [Fact]
    public void AMinuteOfRunningForgivesWhatWasBefore()
    {
        var life = new InstanceLife();
        for (var i = 0; i < 5; i++) life = life.Started(Now).Ended(Now, 1, Exit);
        var later = Now.AddSeconds(60);
        life = life.Started(Now).Ended(later, 1, Exit);
        Assert.Equal(later.AddSeconds(1), life.StartAfter);
    }

    [Fact]
    public void WhyItEndedIsToldUntilALaterStartIsReady()
    {
        var life = new InstanceLife().Started(Now).Ended(Now, 3, Exit);
        Assert.Equal((InstanceState.Restarting, 3), (life.State, life.ExitCode));
        life = life.Started(Now);
        Assert.Equal(Exit, life.Failure);
        Assert.Null(life.BecameReady().Failure);
    }

    [Fact]
    public void WhatTryingAgainDoesNotChangeIsNotTriedAgain()
    {
        var failed = new InstanceLife().CouldNotStart(Now, Exit);
        Assert.Equal((InstanceState.Exited, (DateTimeOffset?)null), (failed.State, failed.StartAfter));
        var errored = new InstanceLife().CouldNotStart(Now, Exit with { Kind = FailureKind.Errored });
        Assert.Equal((InstanceState.Restarting, (DateTimeOffset?)Now.AddSeconds(1)), (errored.State, errored.StartAfter));
        Assert.Equal(0, errored.Restarts);
    }

    [Fact]
    public void AnInstanceOfAnAgentThatEndedStartsAgainAtOnce()
    {
        var life = new InstanceLife().Started(Now).BecameReady().Again();
        Assert.Null(life.StartAfter);
        Assert.True(life.EverReady);
        Assert.False(life.Ready);
    }
}
