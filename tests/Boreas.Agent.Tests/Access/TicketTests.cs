using System.Net;
using Boreas.Agent.Tests.Fixtures;
using Boreas.Contracts.Agents;
using Boreas.Contracts.Problems;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Boreas.Agent.Tests.Access;

public class TicketTests
{
    [Fact]
    public async Task NobodyGetsInWithoutAGenuineTicket()
    {
        await using var agent = await TestAgent.StartAsync();
        var now = TimeProvider.System.GetUtcNow();
        string?[] refused =
        [
            null, "", "hello-1", "*.99999999999.AAAA",
            AgentTicket.Issue(new byte[32], "*", now.AddMinutes(5)),
            AgentTicket.Issue(agent.Client.Key, "*", now.AddSeconds(-5)),
            agent.Client.Ticket("hello-1").Replace("hello-1", "hello-2", StringComparison.Ordinal),
        ];
        foreach (var ticket in refused)
        {
            foreach (var (method, path) in new[] { ("GET", "/agent/apps"), ("GET", "/agent/apps/hello-1"), ("GET", "/agent/apps/hello-1/logs"), ("POST", "/agent/apps/hello-1/stop"), ("POST", "/agent/apps/deploy") })
            {
                using var answer = await agent.Client.SendAsync(new HttpMethod(method), path, ticket);
                Assert.Equal((HttpStatusCode.Unauthorized, path), (answer.StatusCode, path));
                Assert.Equal(ProblemCodes.Unauthenticated, (await AgentClient.ReadAsync<Problem>(answer)).Code);
                Assert.Equal(Problem.MediaType, answer.Content.Headers.ContentType!.MediaType);
            }
        }
    }

    [Fact]
    public async Task ATicketIsGoodForItsInstanceOnly()
    {
        await using var agent = await TestAgent.StartAsync();
        var ticket = agent.Client.Ticket("hello-1");
        foreach (var (method, path) in new[] { ("GET", "/agent/apps"), ("GET", "/agent/apps/hello-2"), ("POST", "/agent/apps/hello-2/stop") })
        {
            using var answer = await agent.Client.SendAsync(new HttpMethod(method), path, ticket);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        using var other = await agent.Client.SendAsync(HttpMethod.Post, "/agent/apps/deploy", ticket, agent.Request("hello-2"));
        Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
        Assert.Empty(await agent.Client.ListAsync());
    }

    [Fact]
    public async Task EveryEndpointIsMarked()
    {
        await using var agent = await TestAgent.StartAsync();
        var endpoints = agent.Services.GetRequiredService<EndpointDataSource>().Endpoints;
        Assert.Equal(5, endpoints.Count);
        Assert.All(endpoints, endpoint => Assert.NotNull(endpoint.Metadata.GetMetadata<AgentTicketPolicy>()));
    }

    [Fact]
    public async Task EverythingWrongWithARequestIsToldAtOnce()
    {
        await using var agent = await TestAgent.StartAsync();
        var good = agent.Request("hello-1");
        var bad = good with
        {
            ArtifactUrl = "file:///etc/passwd",
            Release = good.Release with
            {
                AppId = "../x", StaticFolder = "../..", ContainerPort = 0, SecretNames = ["MISSING"],
                Artifact = good.Release.Artifact! with { Digest = "../../etc" },
                Variables = new Dictionary<string, string> { ["A=B"] = "x" },
            },
        };
        using var answer = await agent.Client.SendAsync(HttpMethod.Post, "/agent/apps/deploy", agent.Client.Ticket("hello-1"), bad);
        var problem = await AgentClient.ReadAsync<Problem>(answer);
        Assert.Equal((HttpStatusCode.BadRequest, ProblemCodes.Invalid), (answer.StatusCode, problem.Code));
        Assert.Equal(
            ["artifactUrl", "release.appId", "release.artifact.digest", "release.containerPort", "release.staticFolder", "release.variables.A=B", "secrets.MISSING"],
            problem.Errors!.Select(error => error.Field).Order(StringComparer.Ordinal));
    }
}
