using System.Globalization;
using Boreas.Server.Access;
using Boreas.Server.Jobs;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
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

    private static async Task<NoContent> PutAsync(string jobId, string digest, HttpContext context, ArtifactStore artifacts, Journal journal)
    {
        var (job, lease) = (JobLeases.Parse(jobId), context.Request.Headers["X-Boreas-Lease"].ToString());
        if (!long.TryParse(context.Request.Headers["X-Boreas-Epoch"], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)) throw JobLeases.Stale(job);
        await journal.WriteAsync(transaction => JobLeases.Demand(transaction, job, lease, epoch), context.RequestAborted);
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
