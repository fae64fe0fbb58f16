using Boreas.Server.Operations;

namespace Boreas.Server.Tests.Operations;

public sealed class ListeningTests
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    private readonly MovableTime _time = new();

    [Fact]
    public void NobodyIsLostBeforeThereWasTimeToHearHim()
    {
        var listening = new Listening(_time);
        Assert.False(listening.HasLasted(Silence));

        _time.Advance(Silence);
        Assert.True(listening.HasLasted(Silence));

        listening.BeginAnew();
        Assert.False(listening.HasLasted(Silence));
    }

    [Fact]
    public void AClockThatIsSetForwardIsNoTimeThatPasses()
    {
        var listening = new Listening(_time);
        _time.Advance(Silence);
        Assert.True(listening.HasLasted(Silence));

        _time.SetClock(TimeSpan.FromMinutes(10));
        Assert.False(listening.HasLasted(Silence));

        _time.Advance(Silence);
        Assert.True(listening.HasLasted(Silence));
    }

    [Fact]
    public void AClockThatIsSetBackMakesNobodySeemSilent()
    {
        var listening = new Listening(_time);
        _time.Advance(Silence);
        _time.SetClock(-TimeSpan.FromMinutes(10));

        Assert.True(listening.HasLasted(Silence));
    }
}
