using System.Text.Json;
using Boreas.Contracts.Jobs;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Executors;

/// <summary>Succeeds at once.</summary>
internal sealed class NothingExecutor : IExecutor
{
    public string Name => ExecutorNames.Nothing;

    public Task<JsonElement?> RunAsync(JobContext context, CancellationToken cancellation) => Task.FromResult<JsonElement?>(null);
}
