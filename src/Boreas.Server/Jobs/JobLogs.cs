using System.IO.Compression;
using System.Text.Json;
using Boreas.Contracts;
using Boreas.Contracts.Deployments;
using Boreas.Contracts.Jobs;
using Boreas.Server.Storage;
using Dapper;

namespace Boreas.Server.Jobs;

/// <summary>
/// Log lines of tasks, in gzipped chunks keyed by their first line's number: sending a chunk again changes nothing. A
/// task keeps at most <see cref="MaxLines"/> lines per attempt, and its last line says so.
/// </summary>
internal static class JobLogs
{
    public const long MaxLines = 200_000;

    /// <summary>Lines of one attempt follow those of the one before it: line n of attempt a has the sequence <c>a × 2²⁴ + n</c>.</summary>
    private const int AttemptShift = 24;

    public static void Append(JournalTransaction transaction, JobId job, long firstLine, IReadOnlyList<LogLine> lines)
    {
        if (lines.Count == 0 || firstLine >= MaxLines) return;
        var kept = lines.Take((int)Math.Min(lines.Count, MaxLines - firstLine)).ToList();
        if (firstLine + kept.Count == MaxLines) kept[^1] = new LogLine(kept[^1].Timestamp, LogLevel.Warn, $"The log is cut here: a task keeps {MaxLines} lines.");
        transaction.Execute(
            """
            insert into log_chunks (run_id, task_id, attempt, first_line, lines, body) values (@RunId, @TaskId, @Attempt, @firstLine, @Count, @body)
            on conflict (run_id, task_id, attempt, first_line) do nothing
            """,
            new { job.RunId, job.TaskId, job.Attempt, firstLine, kept.Count, body = Pack(kept) });
    }

    /// <summary>Lines after sequence <paramref name="after"/> (0: from the start), at most <paramref name="limit"/>.</summary>
    public static async Task<IReadOnlyList<TaskLogLine>> ReadAsync(Database database, string runId, string taskId, long after, LogLevel level, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var (attempt, line) = ((int)(after >> AttemptShift), after & ((1L << AttemptShift) - 1));
        var chunks = await connection.QueryAsync<Chunk>(
            """
            select attempt, first_line, body from log_chunks
            where run_id = @runId and task_id = @taskId and (attempt > @attempt or (attempt = @attempt and first_line + lines > @line))
            order by attempt, first_line limit 200
            """,
            new { runId, taskId, attempt, line });
        var found = new List<TaskLogLine>();
        foreach (var chunk in chunks)
        {
            var sequence = ((long)chunk.Attempt << AttemptShift) + chunk.FirstLine;
            foreach (var entry in Unpack(chunk.Body))
            {
                sequence++;
                if (sequence > after && entry.Level >= level) found.Add(new TaskLogLine(sequence, chunk.Attempt, entry.Timestamp, entry.Level, entry.Message));
                if (found.Count == limit) return found;
            }
        }

        return found;
    }

    private static byte[] Pack(IReadOnlyList<LogLine> lines)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest)) JsonSerializer.Serialize(gzip, lines, BoreasJson.Options);
        return memory.ToArray();
    }

    private static IReadOnlyList<LogLine> Unpack(byte[] body)
    {
        using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<IReadOnlyList<LogLine>>(gzip, BoreasJson.Options) ?? [];
    }

    private sealed class Chunk
    {
        public int Attempt { get; init; }

        public long FirstLine { get; init; }

        public byte[] Body { get; init; } = [];
    }
}
