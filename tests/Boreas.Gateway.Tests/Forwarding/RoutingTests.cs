using System.Net;
using System.Net.Http.Json;
using Boreas.Contracts;
using Boreas.Contracts.Gateways;
using Boreas.Contracts.Problems;
using Boreas.Gateway.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Boreas.Gateway.Tests.Forwarding;

public sealed class RoutingTests
{
    [Fact]
    public async Task ARequestReachesItsAppWithoutThePrefix()
    {
        await using var hello = await App.StartAsync("hello-1", EchoTargetAsync);
        await using var staging = await App.StartAsync("staging-1", context => context.Response.WriteAsync("staging"));
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteAsync(
            RunningGateway.Hello(hello.Weight(100)),
            new AppRoute("hello", "staging", "/runtime/hello.staging", [staging.Weight(100)]));

        Assert.Equal("/a/b?c=d&e=%2F", await gateway.Http.GetStringAsync("/runtime/hello/a/b?c=d&e=%2F"));
        Assert.Equal("/", await gateway.Http.GetStringAsync("/runtime/hello/"));
        Assert.Equal("staging", await gateway.Http.GetStringAsync("/runtime/hello.staging/x"));
        Assert.Equal("the host's own page", await gateway.Http.GetStringAsync("/api/v1/apps"));
    }

    [Fact]
    public async Task ThePathArrivesByteByByteAsItWasWritten()
    {
        await using var hello = await App.StartAsync("hello-1", EchoTargetAsync);
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteHelloAsync(hello.Weight(100));
        const string Path = "/a%20b/%41%3a:@!$&'()*+,;=~/%E4%BD%A0/x%2ey//z?q=%zz%2F..|\"";

        Assert.EndsWith("\r\n\r\n" + Path, await RawHttp.GetAsync(gateway.Address, "/runtime/hello" + Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFrontOfHttp2WorksLikeOneOfHttp1()
    {
        await using var hello = await App.StartAsync("hello-1", EchoTargetAsync);
        await using var gateway = await RunningGateway.StartAsync(protocols: HttpProtocols.Http2);
        await gateway.RouteHelloAsync(hello.Weight(100));

        Assert.Equal("/a%3Ab?c", await gateway.Http.GetStringAsync("/runtime/hello/a%3Ab?c"));
    }

    [Fact]
    public async Task TheAppLearnsWhereTheClientIsAndNotWhatTheClientClaims()
    {
        await using var hello = await App.StartAsync("hello-1", EchoHeadersAsync);
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteHelloAsync(hello.Weight(100));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/runtime/hello/");
        request.Headers.Add("X-Forwarded-For", "6.6.6.6");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Prefix", "/evil");
        request.Headers.Add("Forwarded", "for=6.6.6.6");
        request.Headers.Add("X-Mine", "kept");

        using var response = await gateway.Http.SendAsync(request);
        var headers = (await response.Content.ReadFromJsonAsync<Dictionary<string, string>>())!;

        Assert.Equal("127.0.0.1", headers["x-forwarded-for"]);
        Assert.Equal("http", headers["x-forwarded-proto"]);
        Assert.Equal(gateway.Address.Authority, headers["x-forwarded-host"]);
        Assert.Equal("/runtime/hello", headers["x-forwarded-prefix"]);
        Assert.Equal(gateway.Address.Authority, headers["host"]);
        Assert.Equal("kept", headers["x-mine"]);
        Assert.DoesNotContain("forwarded", headers.Keys);
    }

    [Fact]
    public async Task BehindAProxyOfOursItsHeadersAreContinued()
    {
        await using var hello = await App.StartAsync("hello-1", EchoHeadersAsync);
        await using var gateway = await RunningGateway.StartAsync(options => options with { TrustForwardedHeaders = true });
        await gateway.RouteHelloAsync(hello.Weight(100));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/runtime/hello/");
        request.Headers.Add("X-Forwarded-For", "10.1.2.3");
        request.Headers.Add("X-Forwarded-Proto", "https");

        using var response = await gateway.Http.SendAsync(request);
        var headers = (await response.Content.ReadFromJsonAsync<Dictionary<string, string>>())!;

        Assert.Equal("10.1.2.3, 127.0.0.1", headers["x-forwarded-for"]);
        Assert.Equal("https", headers["x-forwarded-proto"]);
    }

    [Fact]
    public async Task HopByHopHeadersStayOnTheirHop()
    {
        await using var hello = await App.StartAsync("hello-1", context =>
        {
            context.Response.Headers.KeepAlive = "timeout=5";
            context.Response.Headers["Proxy-Authenticate"] = "Basic";
            return EchoHeadersAsync(context);
        });
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteHelloAsync(hello.Weight(100));

        using var request = new HttpRequestMessage(HttpMethod.Get, "/runtime/hello/");
        foreach (var (name, value) in new[] { ("Connection", "X-Named, X-Forwarded-For"), ("X-Named", "dropped"), ("Keep-Alive", "timeout=9"), ("Proxy-Authorization", "Basic x"), ("X-Other", "kept") })
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await gateway.Http.SendAsync(request);
        var headers = (await response.Content.ReadFromJsonAsync<Dictionary<string, string>>())!;

        Assert.Equal("kept", headers["x-other"]);
        Assert.Equal("127.0.0.1", headers["x-forwarded-for"]);
        foreach (var name in new[] { "x-named", "keep-alive", "proxy-authorization" }) Assert.DoesNotContain(name, headers.Keys);
        foreach (var name in new[] { "Keep-Alive", "Proxy-Authenticate" }) Assert.False(response.Headers.Contains(name), name);
    }

    [Fact]
    public async Task TheSignInOfTheControlPlaneReachesNoApp()
    {
        await using var hello = await App.StartAsync("hello-1", EchoHeadersAsync);
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteHelloAsync(hello.Weight(100));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/runtime/hello/");
        request.Headers.Add("Cookie", "a=1; boreas_session=secret; __Host-boreas=secret; b=2");

        using var response = await gateway.Http.SendAsync(request);
        var headers = (await response.Content.ReadFromJsonAsync<Dictionary<string, string>>())!;

        Assert.Equal("a=1; b=2", headers["cookie"]);
    }

    [Theory]
    [InlineData("/runtime/nobody/")]
    [InlineData("/runtime/nobody")]
    [InlineData("/runtime/")]
    [InlineData("/runtime/Hello/")]
    public async Task AnUnknownAppIsNotFoundAndTheAnswerSaysWhatToDo(string path)
    {
        await using var hello = await App.StartAsync("hello-1");
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteHelloAsync(hello.Weight(100));

        using var response = await gateway.Http.GetAsync(path);

        await AssertProblemAsync(response, HttpStatusCode.NotFound, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task AnAppWithoutInstancesIsUnavailableForNow()
    {
        await using var hello = await App.StartAsync("hello-1");
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteHelloAsync(hello.Weight(0));

        using var response = await gateway.Http.GetAsync("/runtime/hello/");

        await AssertProblemAsync(response, HttpStatusCode.ServiceUnavailable, ProblemCodes.NoInstance);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task TheMissingSlashIsAddedAndTheQueryKept()
    {
        await using var hello = await App.StartAsync("hello-1");
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteHelloAsync(hello.Weight(100));

        using var response = await gateway.Http.GetAsync("/runtime/hello?a=1&b=%20");

        Assert.Equal(HttpStatusCode.PermanentRedirect, response.StatusCode);
        Assert.Equal("/runtime/hello/?a=1&b=%20", response.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("/runtime/hello/a%2fb")]
    [InlineData("/runtime/hello/../hello/")]
    [InlineData("/runtime/../api/v1/users")]
    [InlineData("/runtime/hello/%2e%2e/x")]
    [InlineData("/runtime/hello/a%5cb")]
    [InlineData("/runtime/hello/a%252fb")]
    [InlineData("/%72untime/hello/")]
    public async Task AnAmbiguousPathIsRefusedBeforeItIsRouted(string target)
    {
        var reached = false;
        await using var hello = await App.StartAsync("hello-1", context =>
        {
            reached = true;
            return Task.CompletedTask;
        });
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteHelloAsync(hello.Weight(100));

        var answer = await RawHttp.GetAsync(gateway.Address, target);

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.False(reached);
    }

    [Fact]
    public async Task AClientStaysWithItsInstanceWhileThatTakesTraffic()
    {
        await using var first = await App.StartAsync("hello-1");
        await using var second = await App.StartAsync("hello-2");
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.RouteAsync(RunningGateway.Hello(first.Weight(50), second.Weight(50)) with { Sticky = true });
        using var begin = await gateway.Http.GetAsync("/runtime/hello/");
        var own = await begin.Content.ReadAsStringAsync();
        var cookie = Assert.Single(begin.Headers.GetValues("Set-Cookie"));
        Assert.Contains("path=/runtime/hello/", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(own, cookie, StringComparison.Ordinal);

        for (var i = 0; i < 50; i++) Assert.Equal(own, await AgainAsync());
        await gateway.RouteAsync(RunningGateway.Hello(first.Weight(own == first.Id ? 0 : 50), second.Weight(own == second.Id ? 0 : 50)) with { Sticky = true });
        for (var i = 0; i < 10; i++) Assert.NotEqual(own, await AgainAsync());

        async Task<string> AgainAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/runtime/hello/");
            request.Headers.Add("Cookie", cookie.Split(';')[0]);
            using var response = await gateway.Http.SendAsync(request);
            return await response.Content.ReadAsStringAsync();
        }
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(Problem.MediaType, response.Content.Headers.ContentType?.MediaType);
        var problem = (await response.Content.ReadFromJsonAsync<Problem>(BoreasJson.Options))!;
        Assert.Equal(code, problem.Code);
        Assert.False(string.IsNullOrEmpty(problem.Advice));
    }

    private static Task EchoTargetAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        context.Response.ContentLength = target.Length;
        return context.Response.WriteAsync(target);
    }

    private static Task EchoHeadersAsync(HttpContext context) => context.Response.WriteAsJsonAsync(
        context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()));

}
