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
    /// A group under <paramref name="prefix"/>: one tag in the OpenAPI document, and
    /// <see cref="ServerOptions.MaxBodyBytes"/> as the cap on a body. The caller adds the policy.
    /// </summary>
    public static RouteGroupBuilder MapApi(this IEndpointRouteBuilder routes, string prefix, string tag)
    {
        var options = routes.ServiceProvider.GetRequiredService<ServerOptions>();
        return routes.MapGroup(prefix)
            .WithTags(tag)
            .WithMetadata(new BodyLimit(options.MaxBodyBytes));
    }

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
