using Boreas.Contracts.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Boreas.Server.Problems;

/// <summary>What all groups of endpoints of the API have in common.</summary>
public static class ApiGroup
{
    /// <summary>
    /// A group under <paramref name="prefix"/>: one tag in the OpenAPI document, problems as errors, and
    /// <see cref="ServerOptions.MaxBodyBytes"/> as the cap on a body. The caller adds the policy.
    /// </summary>
    public static RouteGroupBuilder MapApi(this IEndpointRouteBuilder routes, string prefix, string tag)
    {
        var options = routes.ServiceProvider.GetRequiredService<ServerOptions>();
        return routes.MapGroup(prefix)
            .WithTags(tag)
            .WithMetadata(new BodyLimit(options.MaxBodyBytes))
            .WithMetadata(Problem(400), Problem(401), Problem(403), Problem(404), Problem(409), Problem(429), Problem(503));
    }

    private static ProducesResponseTypeMetadata Problem(int status) => new(status, typeof(Problem), [Contracts.Problems.Problem.MediaType]);

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
