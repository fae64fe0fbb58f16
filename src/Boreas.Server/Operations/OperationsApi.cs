using System.Globalization;
using System.Text;
using Boreas.Engine.Runs;
using Boreas.Server.Storage;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Boreas.Server.Operations;

/// <summary>What operators' tools ask: whether the process lives, whether it can work, and its figures.</summary>
internal static class OperationsApi
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(5);

    public static void MapOperations(this IEndpointRouteBuilder app)
    {
        var operations = app.MapGroup("").WithTags("Operations").AllowAnonymous();
        operations.MapGet("/healthz", () => TypedResults.Text("ok")).Produces<string>(contentType: "text/plain").WithName("GetHealth").WithSummary("The process lives");
        operations.MapGet("/readyz", ReadyAsync).Produces<string>(contentType: "text/plain").Produces<string>(StatusCodes.Status503ServiceUnavailable, "text/plain")
            .WithName("GetReadiness").WithSummary("The journal takes commands");
        operations.MapGet("/metrics", MetricsAsync).Produces<string>(contentType: "text/plain").WithName("GetMetrics").WithSummary("Figures in the Prometheus text format");
    }

    private static async Task<ContentHttpResult> ReadyAsync(Journal journal, CancellationToken cancellationToken)
    {
        try
        {
            await journal.WriteAsync(_ => { }, cancellationToken).WaitAsync(ReadyWithin, cancellationToken);
            return TypedResults.Text("ready");
        }
        catch (Exception e) when (e is JournalUnavailableException or TimeoutException)
        {
            return TypedResults.Text("the journal does not take commands", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task<ContentHttpResult> MetricsAsync(Database database, Journal journal, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var runs = await connection.QueryAsync<StatusCount>("select status, count(*) as count from runs group by status");
        var tasks = await connection.QueryAsync<StatusCount>("select t.status, count(*) as count from tasks t join runs r on r.id = t.run_id where r.active group by t.status");
        var text = new StringBuilder();
        Write(text, "boreas_journal_sequence", "Sequence of the last recorded event.", "counter", [("", journal.Tail.Sequence)]);
        Write(text, "boreas_runs", "Runs by status.", "gauge", runs.Select(r => ($"{{status=\"{((RunStatus)r.Status).ToString().ToLowerInvariant()}\"}}", r.Count)));
        Write(text, "boreas_active_tasks", "Tasks of active runs by status.", "gauge", tasks.Select(t => ($"{{status=\"{((RunTaskStatus)t.Status).ToString().ToLowerInvariant()}\"}}", t.Count)));
        Write(text, "process_resident_memory_bytes", "Resident memory.", "gauge", [("", Environment.WorkingSet)]);
        return TypedResults.Text(text.ToString(), "text/plain; version=0.0.4");
    }

    private static void Write(StringBuilder text, string name, string help, string type, IEnumerable<(string Labels, long Value)> values)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
        foreach (var (labels, value) in values) text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {value}\n");
    }

    private sealed class StatusCount
    {
        public int Status { get; init; }

        public long Count { get; init; }
    }
}
