using Boreas.Server.Access;
using Boreas.Server.Jobs;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Artifacts;

internal static class ArtifactsApi
{
    private const string MediaType = "application/gzip";

    public static void MapArtifacts(this IEndpointRouteBuilder routes)
    {
        routes.MapApi("/deploy/jobs/{jobId}/artifacts", "Artifacts").MapPut("/{digest}", PutAsync).RequireAuthorization(Policies.Runner)
            .WithMetadata(new UploadLimit()).WithName("PutArtifact").WithSummary("Store a built folder under its SHA-256");
        var artifact = routes.MapApi("/artifacts/{digest}", "Artifacts").RequireAuthorization(Policies.Artifact);
        artifact.MapGet("", Get).Produces<Stream>(contentType: MediaType).Produces<Stream>(StatusCodes.Status206PartialContent, MediaType).WithName("GetArtifact").WithSummary("The bytes of a built folder, a gzipped tar, or a range of them");
        artifact.MapMethods("", [HttpMethods.Head], Get).Produces(StatusCodes.Status200OK).WithName("CheckArtifact").WithSummary("Whether a built folder is there, and its size");
    }

    private static async Task<NoContent> PutAsync(
        string jobId, string digest, [FromHeader(Name = "X-Boreas-Lease")] string lease, [FromHeader(Name = "X-Boreas-Epoch")] long epoch,
        Stream body, ArtifactStore artifacts, Journal journal, CancellationToken cancellationToken)
    {
        var job = JobLeases.Parse(jobId);
        await journal.WriteAsync(transaction => JobLeases.Demand(transaction, job, lease, epoch), cancellationToken);
        await artifacts.SaveAsync(digest, body, cancellationToken);
        return TypedResults.NoContent();
    }

    private static PhysicalFileHttpResult Get(string digest, ArtifactStore artifacts)
    {
        var path = artifacts.Find(digest) ?? throw RequestRefusedException.NotFound("artifact", digest);
        return TypedResults.PhysicalFile(path, MediaType, enableRangeProcessing: true);
    }

    private sealed class UploadLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => ArtifactStore.MaxBytes;
    }
}
