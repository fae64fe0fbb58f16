using System.Text.Json;
using Boreas.Runner.Jobs;

namespace Boreas.Runner.Executors;

/// <summary>
/// One kind of work. It is idempotent by (task, attempt): it finds what an earlier attempt left and goes on from it.
/// It ends by returning its result, by a <see cref="JobFailedException"/>, or by cancellation, and leaves no process
/// and no file behind in any of the three.
/// </summary>
internal interface IExecutor
{
    /// <summary>One of <see cref="Contracts.Jobs.ExecutorNames"/>.</summary>
    string Name { get; }

    Task<JsonElement?> RunAsync(JobContext context, CancellationToken cancellation);
}
