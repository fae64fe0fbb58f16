using Boreas.Contracts.Deployments;
using Boreas.Contracts.Fleet;
using Boreas.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Runners;

internal static class RunnersApi
{
    public static void MapRunners(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/v1/runners", async (Caller caller, RunnerRegistry runners, CancellationToken cancellationToken) =>
                TypedResults.Ok(new Page<RunnerInfo>(await runners.ListAsync(Scope.Of(caller), cancellationToken), null)))
            .RequireAuthorization(Policies.Viewer).WithTags("Fleet").WithName("ListRunners").WithSummary("Runners and what they do");
}
