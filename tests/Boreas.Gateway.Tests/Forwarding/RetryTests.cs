using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Boreas.Contracts;
using Boreas.Contracts.Problems;
using Boreas.Gateway.Forwarding;
using Boreas.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Boreas.Gateway.Tests.Forwarding;

public sealed class RetryTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task AnInstanceThatRefusesTheConnectionCostsNoRequest()
    {
        using var dead = new DeadInstance();
        using var alsoDead = new DeadInstance();
        await using var alive = await App.StartAsync("alive", async context =>
            await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync()));
        await using var gateway = await RunningGateway.StartAsync(options => options with { SuspectTime = TimeSpan.Zero });
        await gateway.RouteHelloAsync(dead.Target("dead", 1000), alsoDead.Target("also-dead", 1000), alive.Weight(10));

        for (var i = 0; i < 50; i++)
        {
            using var response = await gateway.Http.PostAsync("/runtime/hello/", new StringContent($"body {i}"));
            Assert.Equal($"body {i}", await response.Content.ReadAsStringAsync());
        }

        var status = await gateway.ControlPlane.StatusAsync(status => status.Instances.Any(instance => instance is { InstanceId: "alive", Requests: 50, InFlight: 0 }));
        Assert.All(status.Instances.Where(instance => instance.InstanceId != "alive"), instance => Assert.True(instance.Errors > 0 && instance.Errors == instance.Requests));
    }

    [Fact]
    public async Task AnInstanceThatRefusedOnceIsPassedOverForAWhile()
    {
        using var dead = new DeadInstance();
        await using var alive = await App.StartAsync("alive");
        var logs = new Lines();
        await using var gateway = await RunningGateway.StartAsync(options => options with { SuspectTime = TimeSpan.FromSeconds(60) }, logs: logs);
        await gateway.RouteHelloAsync(dead.Target("dead"), alive.Weight(100));

        for (var i = 0; i < 100; i++) Assert.Equal("alive", await gateway.Http.GetStringAsync("/runtime/hello/"));

        var status = await gateway.ControlPlane.StatusAsync(status => status.Instances.Any(instance => instance is { InstanceId: "alive", Requests: 100 }));
        Assert.Equal(1, status.Instances.Single(instance => instance.InstanceId == "dead").Requests);
        Assert.Single(logs.Written, line => line.Contains("dead", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhenNobodyAcceptsTheConnectionTheClientIsToldWhatToDo()
    {
        using var dead = new DeadInstance();
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteHelloAsync(dead.Target("dead"));

        using var response = await gateway.Http.GetAsync("/runtime/hello/");

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(ProblemCodes.AppNotListening, (await response.Content.ReadFromJsonAsync<Problem>(BoreasJson.Options))!.Code);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("POST", "a body")]
    [InlineData("PUT", "a body")]
    [InlineData("POST", null)]
    [InlineData("PATCH", null)]
    public async Task WhatWasSentIsNotSentAgain(string method, string? body)
    {
        // Both keep the connection of the warm-up and close it on what comes next.
        await using var first = new BareServer(Closing);
        await using var second = new BareServer(Closing);
        await using var gateway = await RunningGateway.StartAsync(options => options with { IdleConnectionTimeout = TimeSpan.FromMinutes(1) });
        await gateway.RouteHelloAsync(first.Target("first"), second.Target("second"));
        while (first.Heads.IsEmpty || second.Heads.IsEmpty) await gateway.Http.GetStringAsync("/runtime/hello/warm");

        for (var order = 1; order <= 6; order++)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "/runtime/hello/order") { Content = body is null ? null : new StringContent(body) };
            using var response = await gateway.Http.SendAsync(request);

            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
            Assert.Equal(ProblemCodes.AppAnswerBroken, (await response.Content.ReadFromJsonAsync<Problem>(BoreasJson.Options))!.Code);
            Assert.Equal(order, first.Heads.Concat(second.Heads).Count(head => head.StartsWith(method + " /order", StringComparison.Ordinal)));
        }

        static string? Closing(int number, string head) => head.StartsWith("GET /warm", StringComparison.Ordinal) ? Ok : null;
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("DELETE")]
    public async Task ARequestThatMayBeRepeatedSurvivesAnIdleConnectionThatIsClosedUnderIt(string method)
    {
        // The first request warms the connection, the second finds it closed, the third is the second again.
        await using var closing = new BareServer((number, head) => number == 2 ? null : head.StartsWith("HEAD", StringComparison.Ordinal) ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" : Ok);
        await using var gateway = await RunningGateway.StartAsync(options => options with { IdleConnectionTimeout = TimeSpan.FromMinutes(1) });
        await gateway.RouteHelloAsync(closing.Target("closing"));
        await gateway.Http.GetStringAsync("/runtime/hello/warm");

        using var response = await gateway.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/runtime/hello/"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3, closing.Heads.Count);
    }

    [Fact]
    public async Task AnAnswerThatIsCutShortIsCutForTheClientTooAndCountsAsAnError()
    {
        await using var cutting = new BareServer((_, _) => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nonly this");
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteHelloAsync(cutting.Target("cutting"));

        await Assert.ThrowsAsync<HttpRequestException>(() => gateway.Http.GetStringAsync("/runtime/hello/"));
        Assert.Equal(1, (await gateway.ControlPlane.StatusAsync(status => status.Instances is [{ Requests: 1 }])).Instances[0].Errors);
    }

    [Fact]
    public async Task AConnectionThatIsLostAsSoonAsItIsMadeCountsAsNotMade()
    {
        using var client = new HttpMessageInvoker(new InstanceConnections.LostAtOnce(new NotConnected()));
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://instance.invalid/");
        var failure = await Assert.ThrowsAsync<InstanceUnreachableException>(() => client.SendAsync(request, CancellationToken.None));
        Assert.False(failure.Refused);
    }

    /// <summary>What SocketsHttpHandler does then; Boreas.Contracts.Tests sees it with a real one.</summary>
    private sealed class NotConnected : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new SocketException((int)SocketError.NotConnected);
    }
}
