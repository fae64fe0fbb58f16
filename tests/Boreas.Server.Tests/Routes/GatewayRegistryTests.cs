using Boreas.Contracts.Gateways;
using Boreas.Server.Routes;
using Boreas.Server.Storage;

namespace Boreas.Server.Tests.Routes;

/// <summary>Instances are stopped when every gateway that may send requests to them has the new routes.</summary>
public sealed class GatewayRegistryTests : IAsyncDisposable
{
    private readonly MovableTime _time = new();
    private readonly SqliteDatabase _database = new($"memory:{nameof(GatewayRegistryTests)}-{Guid.NewGuid():N}");

    public GatewayRegistryTests() => Migrations.Apply(_database);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task AGatewayThatIsSilentForLongIsNotWaitedFor()
    {
        var registry = new GatewayRegistry(_database, _time);
        await ReportAsync(registry, version: 1);
        Assert.False(await HaveAllAsync(registry, version: 2));

        _time.Advance(GatewayRegistry.LostAfter);
        Assert.True(await HaveAllAsync(registry, version: 2));
    }

    [Fact]
    public async Task AGatewayIsWaitedForAfterAStartUntilThereWasTimeToHearIt()
    {
        await ReportAsync(new GatewayRegistry(_database, _time), version: 1);
        _time.Advance(TimeSpan.FromMinutes(5));

        var started = new GatewayRegistry(_database, _time);
        Assert.False(await HaveAllAsync(started, version: 2));

        await ReportAsync(started, version: 2);
        Assert.True(await HaveAllAsync(started, version: 2));
    }

    [Fact]
    public async Task AGatewayIsWaitedForAfterTheClockWasSetForward()
    {
        var registry = new GatewayRegistry(_database, _time);
        _time.Advance(GatewayRegistry.LostAfter);
        await ReportAsync(registry, version: 1);

        _time.SetClock(TimeSpan.FromMinutes(5));
        Assert.False(await HaveAllAsync(registry, version: 2));

        _time.Advance(GatewayRegistry.LostAfter);
        Assert.True(await HaveAllAsync(registry, version: 2));
    }

    private static Task ReportAsync(GatewayRegistry registry, long version) => registry.ReportedAsync(new GatewayStatus("north", version, []), CancellationToken.None);

    private static async Task<bool> HaveAllAsync(GatewayRegistry registry, long version) => (await registry.StatusAsync(version, TimeSpan.Zero, CancellationToken.None)).Confirmed;
}
