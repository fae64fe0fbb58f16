using Boreas.Contracts;
using Boreas.Contracts.Gateways;
using Boreas.Gateway.Tests.Support;
using System.Text.Json;

namespace Boreas.Gateway.Tests.Routes;

public sealed class ControlPlaneTests
{
    [Fact]
    public async Task AConfirmedVersionRoutesEveryRequestThatFollows()
    {
        await using var first = await App.StartAsync("first");
        await using var second = await App.StartAsync("second");
        await using var gateway = await RunningGateway.StartAsync();
        for (var i = 0; i < 50; i++)
        {
            var (present, gone) = i % 2 == 0 ? (first, second) : (second, first);
            var version = gateway.ControlPlane.Route(RunningGateway.Hello(present.Weight(100)));
            var status = await gateway.ControlPlane.ConfirmedAsync(version);

            Assert.Equal(present.Id, await gateway.Http.GetStringAsync("/runtime/hello/"));
            Assert.Contains(status.Instances, instance => instance.InstanceId == present.Id && instance.Routed);
            Assert.DoesNotContain(status.Instances, instance => instance.InstanceId == gone.Id && instance.Routed);
        }
    }

    [Fact]
    public async Task WithoutTheControlPlaneTheGatewayServesOnAndComesBackToIt()
    {
        var logs = new Lines();
        await using var hello = await App.StartAsync("hello-1");
        await using var later = await App.StartAsync("hello-2");
        await using var gateway = await RunningGateway.StartAsync(logs: logs);
        await gateway.RouteHelloAsync(hello.Weight(100));

        await gateway.ControlPlane.GoAwayAsync();
        for (var i = 0; i < 20; i++) Assert.Equal("hello-1", await gateway.Http.GetStringAsync("/runtime/hello/"));
        var version = gateway.ControlPlane.Route(RunningGateway.Hello(later.Weight(100)));
        await gateway.ControlPlane.ComeBackAsync();
        await gateway.ControlPlane.ConfirmedAsync(version);

        Assert.Equal("hello-2", await gateway.Http.GetStringAsync("/runtime/hello/"));
        Assert.Single(logs.Written, line => line.Contains("is away", StringComparison.Ordinal));
        Assert.DoesNotContain(logs.Written, line => line.Contains(ControlPlane.Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ARestartWithoutTheControlPlaneServesTheLastRoutes()
    {
        var folder = Directory.CreateTempSubdirectory("boreas-gateway-");
        await using var hello = await App.StartAsync("hello-1");
        await using var controlPlane = await ControlPlane.StartAsync();
        await using (var before = await RunningGateway.StartAsync(controlPlane: controlPlane, folder: folder.FullName)) await before.RouteHelloAsync(hello.Weight(100));
        await controlPlane.GoAwayAsync();

        await using var after = await RunningGateway.StartAsync(controlPlane: controlPlane, folder: folder.FullName);

        Assert.Equal("hello-1", await after.Http.GetStringAsync("/runtime/hello/"));
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("{\"version\": 7, \"routes\": [")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"version\": 7, \"routes\": [{\"appId\": \"hello\", \"environment\": \"p\", \"prefix\": \"/other\", \"targets\": []}]}")]
    public async Task BrokenSavedRoutesAreSetAsideAndTheGatewayStartsEmpty(string text)
    {
        var folder = Directory.CreateTempSubdirectory("boreas-gateway-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "routes.json"), text);
        await using var hello = await App.StartAsync("hello-1");
        var logs = new Lines();
        await using (var gateway = await RunningGateway.StartAsync(folder: folder.FullName, logs: logs))
        {
            await gateway.ControlPlane.ConfirmedAsync(0);
            Assert.Equal(text, await File.ReadAllTextAsync(Path.Combine(folder.FullName, "routes.json.broken")));
            Assert.Single(logs.Written, line => line.Contains("are broken", StringComparison.Ordinal));

            await gateway.RouteHelloAsync(hello.Weight(100));
            Assert.Equal("hello-1", await gateway.Http.GetStringAsync("/runtime/hello/"));
        }

        var saved = JsonSerializer.Deserialize<RouteTable>(await File.ReadAllTextAsync(Path.Combine(folder.FullName, "routes.json")), BoreasJson.Options);
        Assert.Equal(1, saved!.Version);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task AControlPlaneThatWasResetIsFollowed()
    {
        await using var hello = await App.StartAsync("hello-1");
        await using var other = await App.StartAsync("other-1");
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.ControlPlane.ConfirmedAsync(gateway.ControlPlane.Publish(new(100, [RunningGateway.Hello(hello.Weight(100))])));

        await gateway.ControlPlane.GoAwayAsync();
        gateway.ControlPlane.Publish(new(3, [RunningGateway.Hello(other.Weight(100))]));
        await gateway.ControlPlane.ComeBackAsync();
        await gateway.ControlPlane.ConfirmedAsync(3);

        Assert.Equal("other-1", await gateway.Http.GetStringAsync("/runtime/hello/"));
    }

    [Fact]
    public async Task ATableThatCannotBeServedChangesNothing()
    {
        await using var hello = await App.StartAsync("hello-1");
        var logs = new Lines();
        await using var gateway = await RunningGateway.StartAsync(logs: logs);
        await gateway.RouteHelloAsync(hello.Weight(100));

        gateway.ControlPlane.Route(RunningGateway.Hello(new RouteTarget("evil", "file:///etc", 100)));
        var status = await gateway.ControlPlane.StatusAsync(_ => logs.Written.Any(line => line.Contains("is refused", StringComparison.Ordinal)));
        Assert.Equal(1, status.Version);
        Assert.Equal("hello-1", await gateway.Http.GetStringAsync("/runtime/hello/"));

        await gateway.RouteHelloAsync(hello.Weight(50));
    }

    [Fact]
    public async Task AGatewayWhoseTokenBecomesKnownLaterBeginsThenAndNeverLogsIt()
    {
        var token = "";
        var logs = new Lines();
        await using var controlPlane = await ControlPlane.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(options => options with { Token = () => Volatile.Read(ref token) }, controlPlane, logs: logs);
        var confirmed = controlPlane.ConfirmedAsync(0);
        Assert.False(confirmed.IsCompleted);

        Volatile.Write(ref token, ControlPlane.Token);
        await confirmed;

        Assert.DoesNotContain(logs.Written, line => line.Contains(ControlPlane.Token, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryOptionOutOfRangeIsNamedAtOnce()
    {
        var options = new GatewayOptions
        {
            ControlPlane = new Uri("ftp://x"), Token = () => "", Name = " ", DataDirectory = "", PollSeconds = 0, ActivityTimeout = TimeSpan.Zero,
        };

        var refused = Assert.Throws<ArgumentException>(options.Checked);

        foreach (var name in new[] { "ControlPlane", "Name", "DataDirectory", "PollSeconds", "ActivityTimeout" }) Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }
}
