using Boreas.Contracts.Gateways;
using Boreas.Gateway.Draining;
using Boreas.Gateway.Routes;
using Boreas.Gateway.Tests.Support;

namespace Boreas.Gateway.Tests.Draining;

[Collection(nameof(Alone))]
public sealed class RouteSwitchTests
{
    /// <summary>
    /// Threads enter and leave as fast as they can while instances are replaced. Each instance is declared stopped the
    /// moment a status says that it drained; whoever is inside one then, or enters it later, has broken the promise.
    /// </summary>
    [Fact]
    public async Task NobodyIsInsideAnInstanceThatWasConfirmedAsDrained()
    {
        const int Replacements = 20_000;
        var routes = new RouteSwitch();
        var stopped = new int[Replacements + 1];
        var inside = new int[Replacements + 1];
        var broken = 0;
        var entered = 0L;
        routes.Apply(TableOf(0));
        using var ending = new CancellationTokenSource();
        var threads = Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();

        for (var number = 1; number <= Replacements; number++)
        {
            routes.Apply(TableOf(number));
            var old = number - 1;
            GatewayStatus status;
            while (true)
            {
                status = routes.Status("gw");
                Assert.Equal(number, status.Version);
                if (status.Instances.Single(instance => instance.InstanceId == $"{old}") is { Routed: false, InFlight: 0 }) break;
                Thread.Yield();
            }

            Volatile.Write(ref stopped[old], 1);
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref inside[old]) != 0) Interlocked.Increment(ref broken);
            routes.Forget(status);
        }

        await ending.CancelAsync();
        await Task.WhenAll(threads);
        Assert.Equal(0, broken);
        Assert.True(entered > Replacements / 100, $"{entered} requests entered");
        Assert.Equal([$"{Replacements}"], routes.Status("gw").Instances.Select(instance => instance.InstanceId));
        Assert.All(routes.Status("gw").Instances, instance => Assert.Equal(0, instance.InFlight));

        void Work()
        {
            while (!ending.IsCancellationRequested)
            {
                var target = routes.Enter("hello", new Preference(0), out _)!;
                var number = int.Parse(target.Instance.Id, System.Globalization.CultureInfo.InvariantCulture);
                Interlocked.Increment(ref inside[number]);
                if (Volatile.Read(ref stopped[number]) != 0) Interlocked.Increment(ref broken);
                Interlocked.Decrement(ref inside[number]);
                target.Instance.Leave();
                Interlocked.Increment(ref entered);
            }
        }
    }

    [Fact]
    public async Task TheLastOneToLeaveARetiredInstanceAsksForAStatus()
    {
        var routes = new RouteSwitch();
        routes.Apply(TableOf(0));
        var target = routes.Enter("hello", new Preference(0), out _)!;
        routes.Apply(TableOf(1));
        await routes.NewsAsync(TimeSpan.FromSeconds(60), CancellationToken.None);
        var news = routes.NewsAsync(TimeSpan.FromSeconds(60), CancellationToken.None);
        Assert.False(news.IsCompleted);

        target.Instance.Leave();

        await news;
        Assert.Equal(0, routes.Status("gw").Instances.Single(instance => !instance.Routed).InFlight);
    }

    [Fact]
    public void AnInstanceThatComesBackKeepsItsCounts()
    {
        var routes = new RouteSwitch();
        routes.Apply(TableOf(0));
        var target = routes.Enter("hello", new Preference(0), out _)!;
        target.Instance.Count(error: true);
        routes.Apply(TableOf(1));
        routes.Forget(routes.Status("gw"));
        routes.Apply(TableOf(0));

        var again = routes.Status("gw").Instances.Single(instance => instance.InstanceId == "0");
        Assert.Equal((true, 1, 1L, 1L), (again.Routed, again.InFlight, again.Requests, again.Errors));
    }

    [Fact]
    public void ARefusedTableLeavesTheOldOneWhole()
    {
        var routes = new RouteSwitch();
        routes.Apply(TableOf(5));
        var good = TableOf(6).Routes[0];

        Assert.Throws<FormatException>(() => routes.Apply(new(6, [good, good])));
        Assert.Throws<FormatException>(() => routes.Apply(new(6, [null!])));
        Assert.Throws<FormatException>(() => routes.Apply(new(6, [good with { Targets = [null!] }])));
        Assert.Throws<FormatException>(() => routes.Apply(new(6, [good with { Prefix = "/runtime/a/b" }])));
        Assert.Throws<FormatException>(() => routes.Apply(new(6, [good with { Prefix = "/runtime/.." }])));
        Assert.Throws<FormatException>(() => routes.Apply(new(6, [good with { Targets = [new("x", "http://host/path", 1)] }])));
        Assert.Throws<FormatException>(() => routes.Apply(new(6, [good with { Targets = [new("x", "http://host", 1001)] }])));

        Assert.Equal(5, routes.Current.Version);
        Assert.Equal(["5"], routes.Status("gw").Instances.Select(instance => instance.InstanceId));
    }

    private static RouteTable TableOf(int number) =>
        new(number, [new("hello", "production", "/runtime/hello", [new($"{number}", "http://127.0.0.1:1", 100)])]);
}
