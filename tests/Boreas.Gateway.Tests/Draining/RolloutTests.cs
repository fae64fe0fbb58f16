using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using Boreas.Gateway.Tests.Forwarding;
using Boreas.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Boreas.Gateway.Tests.Draining;

public sealed class RolloutTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task AnInstanceIsDrainedWhenItsLastRequestHasEnded()
    {
        var begun = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        await using var old = await App.StartAsync("old", async context =>
        {
            await context.Response.WriteAsync("begin ");
            await context.Response.Body.FlushAsync();
            begun.SetResult();
            await finish.Task;
            await context.Response.WriteAsync("end");
        });
        await using var next = await App.StartAsync("next");
        await using var gateway = await RunningGateway.StartAsync(options => options with { StatusInterval = TimeSpan.FromSeconds(60) });
        await gateway.RouteHelloAsync(old.Weight(100));
        var asking = gateway.Http.GetStringAsync("/runtime/hello/");
        await begun.Task.WaitAsync(Deadline);

        var switched = await gateway.ControlPlane.ConfirmedAsync(gateway.ControlPlane.Route(RunningGateway.Hello(next.Weight(100))));
        Assert.Equal(1, switched.Instances.Single(instance => instance is { InstanceId: "old", Routed: false }).InFlight);
        Assert.Equal("next", await gateway.Http.GetStringAsync("/runtime/hello/"));
        finish.SetResult();

        // The next regular status is a minute away: this one is sent because the instance has drained.
        await gateway.ControlPlane.StatusAsync(status => status.Instances.Any(instance => instance is { InstanceId: "old", Routed: false, InFlight: 0, Requests: 1 }));
        Assert.Equal("begin end", await asking);
    }

    [Fact]
    public async Task AnOpenWebSocketKeepsItsInstanceFromBeingDrained()
    {
        await using var old = await App.StartAsync("old", StreamingTests.EchoSocketAsync);
        await using var next = await App.StartAsync("next");
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteHelloAsync(old.Weight(100));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{gateway.Address.Authority}/runtime/hello/"), CancellationToken.None).WaitAsync(Deadline);

        for (var i = 0; i < 3; i++)
        {
            var status = await gateway.ControlPlane.ConfirmedAsync(gateway.ControlPlane.Route(RunningGateway.Hello(next.Weight(100))));
            Assert.Equal(1, status.Instances.Single(instance => instance is { InstanceId: "old", Routed: false }).InFlight);
            Assert.Equal("still here", await StreamingTests.EchoAsync(socket, "still here"));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).WaitAsync(Deadline);
        await gateway.ControlPlane.StatusAsync(status => status.Instances.Any(instance => instance is { InstanceId: "old", InFlight: 0 }));
        await gateway.ControlPlane.StatusAsync(status => status.Instances.All(instance => instance.InstanceId != "old"));
    }

    [Fact]
    public async Task TrafficIsCountedPerInstance()
    {
        await using var hello = await App.StartAsync("hello-1", context =>
        {
            if (context.Request.Path == "/bad") context.Response.StatusCode = 503;
            return context.Response.WriteAsync("x");
        });
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteHelloAsync(hello.Weight(100));

        for (var i = 0; i < 5; i++) await gateway.Http.GetStringAsync("/runtime/hello/");
        using var bad = await gateway.Http.GetAsync("/runtime/hello/bad");
        using var missing = await gateway.Http.GetAsync("/runtime/hello/");

        var traffic = (await gateway.ControlPlane.StatusAsync(status => status.Instances is [{ Requests: 7, InFlight: 0 }])).Instances[0];
        Assert.Equal(1, traffic.Errors);
        Assert.Equal(7, traffic.LatencyMilliseconds.Sum());
        Assert.Equal(Contracts.Gateways.LatencyBuckets.Bounds.Count + 1, traffic.LatencyMilliseconds.Count);
    }

    /// <summary>
    /// The promise as a user sees it: instances are replaced again and again, each old one is killed at the moment its
    /// drain is confirmed, and nobody notices.
    /// </summary>
    [Fact]
    public async Task NoRequestFailsWhileInstancesAreReplacedUnderLoad()
    {
        const int Switches = 40;
        await using var gateway = await RunningGateway.StartAsync();
        var present = await StartAsync(0);
        await gateway.RouteHelloAsync(present.Weight(100));
        using var ending = new CancellationTokenSource();
        var failures = new ConcurrentQueue<string>();
        var served = 0;
        var clients = Enumerable.Range(0, 16).Select(client => Task.Run(() => LoopAsync(client))).ToArray();

        for (var i = 1; i <= Switches; i++)
        {
            var next = await StartAsync(i);
            var version = gateway.ControlPlane.Route(RunningGateway.Hello(next.Weight(100)));
            await gateway.ControlPlane.StatusAsync(status => status.Version == version && status.Instances.All(instance => instance.Routed || instance.InFlight == 0));
            await present.DisposeAsync();
            present = next;
        }

        await ending.CancelAsync();
        await Task.WhenAll(clients);
        await present.DisposeAsync();
        Assert.Empty(failures);
        Assert.True(served > Switches, $"{served} requests were served");

        Task<App> StartAsync(int number) => App.StartAsync($"instance-{number}", async context =>
            await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync() + "!"));

        async Task LoopAsync(int client)
        {
            while (!ending.IsCancellationRequested)
            {
                try
                {
                    using var response = client % 2 == 0 ? await gateway.Http.GetAsync("/runtime/hello/x") : await gateway.Http.PostAsync("/runtime/hello/x", new StringContent("hello"));
                    var text = await response.Content.ReadAsStringAsync();
                    if (response.StatusCode != HttpStatusCode.OK || text != (client % 2 == 0 ? "!" : "hello!")) failures.Enqueue($"{response.StatusCode} {text}");
                    Interlocked.Increment(ref served);
                }
                catch (HttpRequestException failure)
                {
                    failures.Enqueue(failure.ToString());
                }
            }
        }
    }
}
