using Boreas.Server.Access;
using Boreas.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Artifacts;

internal static class ArtifactsApi
{
    public static void MapArtifacts(this IEndpointRouteBuilder routes)
    {
        routes.MapApi("/deploy/jobs/{jobId}/artifacts", "Artifacts").MapPut("/{digest}", PutAsync).RequireAuthorization(Policies.Runner)
            .WithMetadata(new UploadLimit()).WithName("PutArtifact").WithSummary("Store a built folder under its SHA-256");
        routes.MapApi("/artifacts", "Artifacts").MapMethods("/{digest}", [HttpMethods.Get, HttpMethods.Head], Get).RequireAuthorization(Policies.Artifact)
            .WithName("GetArtifact").WithSummary("The bytes of a built folder, a gzipped tar");
    }

    private static async Task<NoContent> PutAsync(string jobId, string digest, HttpContext context, ArtifactStore artifacts)
    {
        await artifacts.SaveAsync(digest, context.Request.Body, context.RequestAborted);
        return TypedResults.NoContent();
    }

    private static PhysicalFileHttpResult Get(string digest, ArtifactStore artifacts)
    {
        var path = artifacts.Find(digest) ?? throw RequestRefusedException.NotFound("artifact", digest);
        return TypedResults.PhysicalFile(path, "application/gzip", enableRangeProcessing: true);
    }

    private sealed class UploadLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => ArtifactStore.MaxBytes;
    }
}
