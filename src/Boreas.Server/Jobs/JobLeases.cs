using Boreas.Contracts.Problems;
using Boreas.Engine.Runs;
using Boreas.Server.Problems;
using Boreas.Server.Storage;
using Microsoft.AspNetCore.Http;

namespace Boreas.Server.Jobs;

/// <summary>Whether a caller still holds the job that it speaks of; asked inside the transaction that acts on it.</summary>
internal static class JobLeases
{
    /// <summary>The run and the task whose running attempt this lease holds.</summary>
    /// <exception cref="RequestRefusedException">404 for an unknown job, 409 <c>stale_lease</c> when somebody else holds it or it has ended.</exception>
    public static (Run Run, RunTask Task) Demand(JournalTransaction transaction, JobId job, string lease, long epoch)
    {
        if (transaction.Find(job.RunId) is not { } run || run.TryFind(job.TaskId) is not { } task) throw RequestRefusedException.NotFound("job", job.ToString());
        if (task.Status != RunTaskStatus.Running || task.Epoch != epoch || task.Attempt != job.Attempt || task.Lease != lease) throw Stale(job);
        return (run, task);
    }

    /// <summary>Looks the id up, or answers 404 as for an unknown job.</summary>
    public static JobId Parse(string jobId) => JobId.TryParse(jobId, out var id) ? id : throw RequestRefusedException.NotFound("job", jobId);

    public static RequestRefusedException Stale(JobId job) =>
        new(StatusCodes.Status409Conflict, ProblemCodes.StaleLease, $"The lease on job {job} has ended.", "Stop the work and forget the job: nothing it did since is counted.");
}
