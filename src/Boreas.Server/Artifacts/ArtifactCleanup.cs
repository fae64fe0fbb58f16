using Boreas.Server.Operations;
using Boreas.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Boreas.Server.Artifacts;

/// <summary>Deletes artifacts that nothing needs any more.</summary>
internal sealed class ArtifactCleanup(Database database, ArtifactStore artifacts, TimeProvider time, ILogger<ArtifactCleanup> logger) : HourlyCleanup("artifacts", time, logger)
{
    internal override async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return artifacts.DeleteUnused(await ArtifactQueries.NeededAsync(connection));
    }
}
