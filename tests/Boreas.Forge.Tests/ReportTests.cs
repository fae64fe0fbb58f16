namespace Boreas.Forge.Tests;

/// <summary>A push that Git has accepted is reported, whatever happens in between.</summary>
public sealed class ReportTests : IAsyncLifetime
{
    private ForgeUnderTest _forge = null!;

    public async Task InitializeAsync() => _forge = await ForgeUnderTest.StartAsync();

    public async Task DisposeAsync() => await _forge.DisposeAsync();

    [Fact]
    public async Task ABranchThatNobodyHeardOfIsReportedAtTheNextStart()
    {
        var client = await _forge.ClientAsync();
        await client.RunAsync("push", _forge.Remote("hello"), "main");
        await _forge.ControlPlane.ArrivedAsync();
        await _forge.StopForgeAsync();
        var commit = await client.CommitAsync("README", "accepted just before the crash\n");
        await client.RunAsync("tag", "v1");
        await client.RunAsync("push", "-q", _forge.Repository("hello"), "main", "v1");

        _forge.ControlPlane.Away = true;
        await _forge.StartForgeAsync();
        await _forge.ControlPlane.TurnedAwayAsync();
        _forge.ControlPlane.Away = false;

        var notice = await _forge.ControlPlane.ArrivedAsync();
        Assert.Equal(("hello", "refs/heads/main", commit), (notice.Repository, notice.Ref, notice.NewCommit));
        Assert.Equal(2, _forge.ControlPlane.Pushes.Count);
    }

    [Fact]
    public async Task APusherWhoGoesAwayIsStillReportedByName()
    {
        _forge.ControlPlane.Away = true;
        var client = await _forge.ClientAsync();
        using var going = new CancellationTokenSource();
        var pushing = client.RunUntilAsync(going.Token, "push", _forge.Remote("hello"), "main");
        await _forge.ControlPlane.TurnedAwayAsync();
        await going.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pushing);
        _forge.ControlPlane.Away = false;
        Assert.Equal("ada", (await _forge.ControlPlane.ArrivedAsync()).User);
    }

    [Fact]
    public async Task AFolderThatIsNoRepositoryHoldsNothingUp()
    {
        var client = await _forge.ClientAsync();
        await client.RunAsync("push", _forge.Remote("hello"), "main");
        await _forge.ControlPlane.ArrivedAsync();
        await _forge.StopForgeAsync();
        Directory.CreateDirectory(_forge.Repository("broken"));
        Directory.CreateDirectory(_forge.Repository("NotASlug"));
        await _forge.StartForgeAsync();
        Assert.Equal("hello", (await _forge.ControlPlane.ArrivedAsync()).Repository);
    }
}
