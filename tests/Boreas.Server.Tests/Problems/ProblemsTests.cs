using System.Net;
using System.Text;
using System.Text.Json;

namespace Boreas.Server.Tests.Problems;

public class ProblemsTests
{
    [Fact]
    public async Task AnUnknownAddressIsAProblem()
    {
        await using var api = await ApiServer.StartAsync();

        Assert.Equal("not_found", (await api.Admin.GetAsync("/api/v1/nothing", HttpStatusCode.NotFound)).Text("code"));
    }

    [Fact]
    public async Task AWrongMethodSaysTheRightOnes()
    {
        await using var api = await ApiServer.StartAsync();

        Assert.Contains("POST", (await api.Admin.PatchAsync("/api/v1/apps", new { }, HttpStatusCode.MethodNotAllowed)).Text("advice"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "body")]
    [InlineData("", null)]
    [InlineData("null", null)]
    [InlineData("""{"healthCheck": {"startSeconds": "long"}}""", "healthCheck.startSeconds")]
    [InlineData("""{"limits": 3}""", "limits")]
    public async Task JsonThatCannotBeReadNamesTheField(string body, string? field)
    {
        await using var api = await ApiServer.StartAsync();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var answer = await api.Admin.RawAsync(HttpMethod.Post, "/api/v1/apps", content);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("invalid", problem.Text("code"));
        if (field is not null) Assert.Equal([field], problem.RefusedFields());
    }

    [Theory]
    [InlineData("/api/v1/deployments?limit=ten", "limit must be a whole number.")]
    [InlineData("/api/v1/deployments?limit=99999999999", "limit must be a whole number.")]
    [InlineData("/api/v1/apps/shop/logs?follow=maybe&tail=1.5", "tail must be a whole number. follow must be true or false.")]
    public async Task AParameterThatCannotBeReadIsNamed(string address, string detail)
    {
        await using var api = await ApiServer.StartAsync();

        var problem = await api.Admin.GetAsync(address, HttpStatusCode.BadRequest);

        Assert.Equal(("invalid", detail), (problem.Text("code"), problem.Text("detail")));
    }

    [Fact]
    public async Task WhatIsMissingIsNamed()
    {
        await using var api = await ApiServer.StartAsync();

        Assert.Equal("appId is missing.", (await api.Admin.PostAsync("/api/fun-ai/deploy/job/create", null, HttpStatusCode.BadRequest)).Text("detail"));
        Assert.Equal("The request has no body.", (await api.Admin.PostAsync("/api/v1/deployments", null, HttpStatusCode.BadRequest)).Text("detail"));
    }

    [Fact]
    public async Task AMissingPropertyIsNamed()
    {
        await using var api = await ApiServer.StartAsync();

        var problem = await api.As(null).PostAsync("/api/v1/login", new { name = "admin" }, HttpStatusCode.BadRequest);

        Assert.Contains("password", problem.Text("detail"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task ABodyOfAnotherTypeIsAProblem()
    {
        await using var api = await ApiServer.StartAsync();
        using var answer = await api.Admin.RawAsync(HttpMethod.Post, "/api/v1/apps", new StringContent("id=shop", Encoding.UTF8, "application/x-www-form-urlencoded"));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task ABodyThatIsTooLargeIsAProblem()
    {
        await using var api = await ApiServer.StartAsync(with: o => o with { MaxBodyBytes = 10_000 });

        var problem = await api.Admin.PostAsync("/api/v1/apps", new { id = "shop", name = new string('a', 20_000) }, HttpStatusCode.RequestEntityTooLarge);

        Assert.Equal("too_large", problem.Text("code"));
    }

    [Fact]
    public async Task WhatWasNotExpectedSaysNothingButATraceId()
    {
        await using var api = await ApiServer.StartAsync();

        var problem = await api.As(null).PostAsync("/test/fails", new { }, HttpStatusCode.InternalServerError);

        Assert.Equal("internal", problem.Text("code"));
        Assert.NotEmpty(problem.Text("traceId"));
        Assert.DoesNotContain("detail that nobody", problem.GetRawText(), StringComparison.Ordinal);
    }
}
